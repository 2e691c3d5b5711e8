"""Finality: how far a source's own word for maturity is from its last word."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_ORDER: tuple[tuple[str, ...], ...] = (
    ("unknown",),
    (
        "variation",
        "reported",
        "real-time",
        "realtime",
        "near-real-time",
        "predicted",
        "preliminary",
        "rapid",
        "quick-look",
        "quicklook",
        "auto",
        "automatic",
    ),
    ("provisional", "adjusted"),
    ("quasi-definitive", "quasidefinitive"),
    ("definitive", "final", "manual", "reviewed"),
)
_RANK = {word: rank for rank, words in enumerate(_ORDER) for word in words}
WORDS = tuple(_RANK)
"""The words that are known, from the least final on."""
UNKNOWN = 0


@lru_cache(maxsize=1024)
def finality(maturity: str) -> int:
    """0 (unknown) … 4 (definitive) of a maturity in its source's words; several words count as the least of them."""
    words = [word.strip().lower().replace("_", "-").replace(" ", "-") for word in maturity.split(",")]
    return min(_RANK.get(word, UNKNOWN) for word in words)


def words_of(maturities: Iterable[str], ranks: Iterable[int]) -> str:
    """The words, of those given, whose finality occurs in `ranks`; from the least final on, comma-separated."""
    present = set(ranks)
    words = {word.strip() for maturity in maturities for word in maturity.split(",") if word.strip()}
    kept = sorted((word for word in words if finality(word) in present), key=lambda word: (finality(word), word))
    return ", ".join(kept)
