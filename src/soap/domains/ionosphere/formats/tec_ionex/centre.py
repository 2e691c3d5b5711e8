"""Which analysis centre and product a map file is: the header's word first, the IGS file name where that is finer.

A platform is the four letters that IGS file names begin with (`codg`: CODE final, `corg`: CODE rapid). Headers name
the centre, seldom the product. So: a header that pins the product down decides alone; else a file name of the IGS
pattern chooses among the products of the header's centre; else the centre's own three letters are the platform.
A header that names no known centre leaves it to the file name, and without one the platform is `unknown`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from soap.domains.ionosphere.formats.tec_ionex.header import Header

PLATFORM_REMARK = "PLATFORM: "
"""Beginning of the COMMENT with which our own files say what they are."""

_SHORT_NAME = re.compile(r"([a-z][a-z0-9]{3})\d{3}[a-z0-9]\.\d{2}i", re.IGNORECASE)
_LONG_NAME = re.compile(r"([A-Z]{3})\d[A-Z]{3}(FIN|RAP|PRD)_\d{11}_\w{3}_\w{3}_GIM\.", re.IGNORECASE)


@dataclass(frozen=True)
class Centre:
    """The platform of a file, the maturity of its maps ("" where unknown), and what was contradictory."""

    platform: str
    maturity: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Rule:
    """`mark` in the header names the centre; `products` are its four-letter codes; `certain` picks one by content."""

    centre: str
    mark: re.Pattern[str]
    products: re.Pattern[str]
    certain: tuple[tuple[re.Pattern[str], str], ...] = ()


def _rule(centre: str, mark: str, products: str, **certain: str) -> _Rule:
    picks = tuple((re.compile(pattern, re.MULTILINE), product) for product, pattern in certain.items())
    return _Rule(centre, re.compile(mark), re.compile(products), picks)


_RULES = (
    _rule("ckm", r"KLOBUCHAR-STYLE", "ckmg", ckmg=r"KLOBUCHAR-STYLE"),
    _rule("gps", r"BROADCAST IONOSPHERE MODEL", "gpsg", gpsg=r"BROADCAST IONOSPHERE MODEL"),
    _rule(
        "igs", r"COMBINED IGS|Combined TEC calculated as weighted mean", "ig[a-z0-9]g",
        igrg=r"^(cor|esr|jpr|upr)g$", igsg=r"^(codg|jplg|upcg|esag)$",
    ),
    _rule("cod", r"AIUB|at CODE\b|CODE'S", "c[o12x][a-z]g", corg=r"^CODE'S RAPID", codg=r"middle day of a 3-day"),
    _rule("upc", r"UPC", "u[a-z0-9]{2}g"),
    _rule("esa", r"ESOC|\bESA\b", "e[sh0-9][a-z]g"),
    _rule("cas", r"Chinese Academy of Sciences|GIM_AOE", "c(as|ar|[0-9]p|rt)g"),
    _rule("jpl", r"\bJPL\b", "jp[a-z0-9]g"),
    _rule("whu", r"Wuhan|\bWHU\b", "wh[a-z0-9]g"),
    _rule("emr", r"NRCan|\bEMR\b", "em[a-z0-9]g"),
)  # fmt: skip


def identify(header: Header, file_name: str) -> Centre:
    """The centre of a file with this header and name; see the module's text."""
    for remark in header.remarks:
        own = re.fullmatch(PLATFORM_REMARK + r"([a-z0-9_]{2,24})", remark)
        if own:
            return Centre(own[1], "")
    named = _named(file_name)
    text = "\n".join((header.program, header.agency, header.observables, *header.remarks))
    for rule in _RULES:
        if rule.mark.search(text):
            return _chosen(rule, text, named)
    if named:
        return _centre(named, f"The header names no analysis centre known here; {named} is taken from the file's name.")
    return Centre("unknown", "", ("Neither header nor file name tells the analysis centre.",))


def _named(file_name: str) -> str:
    """Four-letter code in a file name of the IGS patterns, short or long; "" in others."""
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    if short := _SHORT_NAME.match(base):
        return short[1].lower()
    if long := _LONG_NAME.match(base):
        centre, solution = long[1].lower(), long[2].upper()
        return {"FIN": centre + "g", "RAP": centre[:2] + "rg", "PRD": centre[:2] + "pg"}[solution]
    return ""


def _chosen(rule: _Rule, text: str, named: str) -> Centre:
    certain = next((product for pattern, product in rule.certain if pattern.search(text)), "")
    if certain and named and named != certain:
        return _centre(certain, f"The header is that of {certain}; the file's name says {named}.")
    if certain:
        return _centre(certain)
    if named and rule.products.fullmatch(named):
        return _centre(named)
    if named:
        return Centre(rule.centre, "", (f"The header names the centre {rule.centre}; the file's name says {named}.",))
    return Centre(
        rule.centre, "", (f"The header names the centre {rule.centre}, but not which of its products it is.",)
    )


def _centre(product: str, *notes: str) -> Centre:
    maturity = {"r": "rapid", "p": "predicted"}.get(product[2], "final" if product not in ("ckmg", "gpsg") else "")
    return Centre(product, maturity, notes)
