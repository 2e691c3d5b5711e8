"""What the HAPI specification, version 3.3.0, says that answers must be; written from its tables and text.

`verify` asks a server as the specification's own verifier does: every endpoint, then every dataset by old and new
names, by both kinds of dates, with and without the header, one parameter at a time, in every format.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jsonschema

DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME = rf"^{DATE}(T[0-2][0-9](:[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?)?Z$"
DURATION = r"^P(?!$)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$"
WORDS = {"type": "string", "minLength": 1}
STATUS = {
    "type": "object",
    "required": ["code", "message"],
    "additionalProperties": False,
    "properties": {"code": {"enum": [1200, 1201, *range(1400, 1414), 1500, 1501]}, "message": WORDS},
}


def _object(required: str, optional: str = "", **properties: Any) -> dict[str, Any]:
    """A JSON object with these keys and no others but those that begin with `x_`."""
    known = {name: properties.get(name, True) for name in (required + " " + optional).split()}
    return {
        "type": "object", "required": required.split(), "properties": known, "patternProperties": {"^x_": True},
        "additionalProperties": False,
    }  # fmt: skip


NUMBERED = {"HAPI": {"const": "3.3"}, "status": STATUS}
PARAMETER = {
    **_object(
        "name type units fill",
        "length size description label stringType coordinateSystemName vectorComponents bins",
        name={"type": "string", "pattern": "^[_a-zA-Z][_a-zA-Z0-9]{0,60}$"},
        type={"enum": ["string", "double", "integer", "isotime"]},
        units={"type": ["string", "null"], "minLength": 1},
        fill={"type": ["string", "null"]},
        length={"type": "integer", "minimum": 1},
        description=WORDS,
        label=WORDS,
        vectorComponents={"enum": ["x", "y", "z", "r", "rho", "latitude", "colatitude", "longitude", "longitude0",
                                   "altitude", "other"]},
    ),
    "if": {"properties": {"type": {"enum": ["string", "isotime"]}}},
    "then": {"required": ["length"]},
    "else": {"not": {"required": ["length"]}},
}  # fmt: skip
MOMENT = {"type": "string", "pattern": TIME}
INFO_KEYS = (
    "timeStampLocation cadence sampleStartDate sampleStopDate maxRequestDuration description unitsSchema location"
    " coordinateSystemSchema geoLocation resourceURL resourceID creationDate datasetCitation licenseURL provenance"
    " modificationDate contact contactID additionalMetadata note warning"
)
INFO_OF = {
    "startDate": MOMENT,
    "stopDate": MOMENT,
    "modificationDate": MOMENT,
    "cadence": {"type": "string", "pattern": DURATION},
    "timeStampLocation": {"enum": ["begin", "center", "end", "other"]},
    "unitsSchema": {"enum": ["udunits2", "astropy3", "cdf-cluster", "vounits1.1"]},
    "geoLocation": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3},
    "licenseURL": {"type": "string", "pattern": "^https?://"},
    "description": WORDS,
    "datasetCitation": WORDS,
    "additionalMetadata": {
        "type": "array",
        "items": {"anyOf": [{"required": ["content"]}, {"required": ["contentURL"]}]},
    },
    "parameters": {"type": "array", "items": PARAMETER, "minItems": 1},
}
BARE_INFO = _object("startDate stopDate parameters", INFO_KEYS, **INFO_OF)
SCHEMAS = {
    "about": _object("HAPI status id title contact", "description contactID resourceID serverCitation note warning"
                     " dataTest", **NUMBERED, id=WORDS, title={**WORDS, "maxLength": 40}, contact=WORDS),
    "capabilities": _object(
        "HAPI status outputFormats", "catalogDepthOptions", **NUMBERED,
        outputFormats={"type": "array", "items": {"enum": ["csv", "binary", "json"]}, "contains": {"const": "csv"}},
        catalogDepthOptions={"const": ["dataset", "all"]},
    ),
    "catalog": _object(
        "HAPI status catalog", **NUMBERED,
        catalog={"type": "array", "uniqueItems": True, "items": _object(
            "id", "title info", id={"type": "string", "pattern": "^[^,\\x00-\\x1f]+$"}, info=BARE_INFO,
            title={**WORDS, "maxLength": 40})},
    ),
    "info": _object("HAPI status startDate stopDate parameters", INFO_KEYS, **NUMBERED, **INFO_OF),
    "header": _object("HAPI status format startDate stopDate parameters", INFO_KEYS, **NUMBERED, **INFO_OF,
                      format={"enum": ["csv", "binary", "json"]}),
    "error": _object("HAPI status", **NUMBERED),
}  # fmt: skip

Get = Callable[[str], Any]


def told(get: Get, path: str, part: str, status: int = 200) -> dict[str, Any]:
    """A JSON answer that keeps its schema, with the headers that every answer has."""
    answer = get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    check_headers(answer)
    content = answer.json()
    jsonschema.validate(content, SCHEMAS[part], jsonschema.Draft202012Validator)
    return content


def check_headers(answer) -> None:
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]


def verify(get: Get) -> int:
    """Every check on a server; gives the number of datasets that were checked."""
    about = told(get, "/hapi/about", "about")
    formats = told(get, "/hapi/capabilities", "capabilities")["outputFormats"]
    page = get("/hapi")
    assert (page.status_code, page.headers["content-type"][:9]) == (200, "text/html")
    assert told(get, "/hapi/info?id=a_test_of_an_invalid_id", "error", 404)["status"]["code"] == 1406
    plain = told(get, "/hapi/catalog", "catalog")
    whole = told(get, "/hapi/catalog?depth=all", "catalog")
    assert plain == told(get, "/hapi/catalog?depth=dataset", "catalog")
    assert [one["id"] for one in plain["catalog"]] == [one["id"] for one in whole["catalog"]]
    assert about["HAPI"] == plain["HAPI"]
    for one in whole["catalog"]:
        info = told(get, f"/hapi/info?dataset={one['id']}", "info")
        assert {name: value for name, value in info.items() if name not in ("HAPI", "status")} == one["info"]
        verify_dataset(get, one["id"], info, formats)
    return len(plain["catalog"])


def verify_dataset(get: Get, name: str, info: dict[str, Any], formats: list[str]) -> None:
    """One dataset: its parameters, then its data in every way they can be asked for."""
    parameters = info["parameters"]
    first, names = parameters[0], [one["name"] for one in parameters]
    assert (first["type"], first["units"], first["fill"]) == ("isotime", "UTC", None)
    assert len({one.lower() for one in names}) == len(names)
    assert told(get, f"/hapi/info?id={name}", "info") == info
    assert told(get, f"/hapi/info?id={name}&parameters=&resolve_references=false", "info") == info
    for parameter in parameters[1:]:
        part = told(get, f"/hapi/info?dataset={name}&parameters={parameter['name']}", "info")["parameters"]
        assert part == [first, parameter]
    start, stop = info["startDate"], info["stopDate"]
    text = rows_of(get, f"dataset={name}&start={start}&stop={stop}")
    for asked in (
        f"id={name}&time.min={start}&time.max={stop}",
        f"dataset={name}&start={by_day_of_year(start)}&stop={by_day_of_year(stop)}",
        f"id={name}&parameters=&time.min={start[:-1]}&time.max={stop[:-1]}",
        f"dataset={name}&start={start}&stop={stop}&parameters={','.join(names)}&format=csv",
    ):
        assert rows_of(get, asked) == text
    table = list(csv.reader(io.StringIO(text)))
    check_rows(table, parameters, start, stop)
    check_header(get, name, info, text)
    for number, parameter in enumerate(parameters):
        some = list(csv.reader(io.StringIO(rows_of(get, f"dataset={name}&start={start}&stop={stop}"
                                                        f"&parameters={parameter['name']}"))))  # fmt: skip
        assert some == [row[:1] if number == 0 else [row[0], row[number]] for row in table]
    if "json" in formats:
        check_json(get, name, info, table)
    if "binary" in formats:
        check_binary(get, name, info, table)
    check_nothing(get, name, table[0][0])


def rows_of(get: Get, asked: str) -> str:
    answer = get(f"/hapi/data?{asked}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    check_headers(answer)
    return answer.text


def check_rows(table: list[list[str]], parameters: list[dict[str, Any]], start: str, stop: str) -> None:
    """Times rise, of one length, in the window; every cell is of its parameter's type and length."""
    assert table
    times = [row[0] for row in table]
    assert all(len(one) == parameters[0]["length"] and re.match(TIME, one) for one in times)
    assert times == sorted(set(times))
    plain = [one.rstrip("Z").ljust(29, "0") if "." in one else one.rstrip("Z") + ".000000000" for one in (start, stop)]
    assert plain[0] <= (times[0].rstrip("Z") + ".000000000")[:29]
    assert (times[-1].rstrip("Z") + ".000000000")[:29] < plain[1]
    for row in table:
        assert len(row) == len(parameters)
        for cell, parameter in zip(row[1:], parameters[1:], strict=True):
            check_cell(cell, parameter)


def check_cell(cell: str, parameter: dict[str, Any]) -> None:
    if parameter["type"] == "double":
        assert cell == parameter["fill"] or re.fullmatch(r"[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?", cell)
    elif parameter["type"] == "integer":
        assert re.fullmatch(r"-?[0-9]+", cell)
        assert -(2**31) <= int(cell) < 2**31
    else:
        assert len(cell.encode()) <= parameter["length"]


def check_header(get: Get, name: str, info: dict[str, Any], text: str) -> None:
    """Lines that begin with # are the info, with the format; the rest is as without them."""
    lines = rows_of(get, f"dataset={name}&start={info['startDate']}&stop={info['stopDate']}&include=header").splitlines(
        True
    )
    ahead = [line for line in lines if line.startswith("#")]
    assert "".join(lines[len(ahead) :]) == text
    header = json.loads("".join(line[1:] for line in ahead))
    jsonschema.validate(header, SCHEMAS["header"], jsonschema.Draft202012Validator)
    assert header.pop("format") == "csv"
    assert header == info


def check_json(get: Get, name: str, info: dict[str, Any], table: list[list[str]]) -> None:
    answer = get(f"/hapi/data?dataset={name}&start={info['startDate']}&stop={info['stopDate']}&format=json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    content = json.loads(answer.text, parse_constant=refused)
    assert list(content)[-1] == "data"
    records = content.pop("data")
    assert content.pop("format") == "json"
    assert content == info
    for row, record in zip(table, records, strict=True):
        assert [same(cell, value) for cell, value in zip(row, record, strict=True)] == [True] * len(row)


def refused(word: str) -> None:
    raise AssertionError(f"JSON has no {word}")


def same(cell: str, value: Any) -> bool:
    if value is None:
        return cell == "NaN"
    return cell == value if isinstance(value, str) else float(cell) == value


def check_binary(get: Get, name: str, info: dict[str, Any], table: list[list[str]]) -> None:
    """Records without a gap, least significant byte first, texts padded with zero bytes; numbers as in the CSV."""
    answer = get(f"/hapi/data?dataset={name}&start={info['startDate']}&stop={info['stopDate']}&format=binary")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
    codes = {"double": "d", "integer": "i"}
    record = struct.Struct("<" + "".join(codes.get(one["type"], f"{one.get('length')}s") for one in info["parameters"]))
    assert len(answer.content) == record.size * len(table)
    for row, values in zip(table, record.iter_unpack(answer.content), strict=True):
        for cell, value in zip(row, values, strict=True):
            if isinstance(value, bytes):
                assert value.rstrip(b"\0").decode() == cell
            else:
                assert float(cell) == value or (cell == "NaN" and value != value)


def check_nothing(get: Get, name: str, first: str) -> None:
    """Between two times there is nothing: an empty body, or a header that says so."""
    asked = f"dataset={name}&start={first[:19]}.000000001Z&stop={first[:19]}.000000002Z"
    assert rows_of(get, asked) == ""
    answer = get(f"/hapi/data?{asked}&format=json")
    assert answer.status_code == 200
    assert (answer.json()["status"]["code"], answer.json()["data"]) == (1201, [])


def by_day_of_year(text: str) -> str:
    """The same time by the day of its year."""
    date = datetime.fromisoformat(text[:10])
    day = (date - datetime(date.year, 1, 1)) // timedelta(days=1) + 1
    return f"{date.year}-{day:03}{text[10:]}"
