"""`soap stations`: what a station's operator reads there."""

from __future__ import annotations

import json

import pytest

from soap.testing.tiny import tiny

LISTED = [
    {"code": "KAK", "latitude": 36.232, "longitude": 140.186, "name": "Kakioka", "place_grade": "list"},
    {"code": "GUA", "latitude": 13.59, "longitude": 144.87, "name": "Guam", "place_grade": "list"},
]


@pytest.fixture
def held(soap, tmp_path):
    day = [30_000 + 0.1 * (number % 7) for number in range(1440)]
    files = {
        "list": tiny(stations=LISTED),
        "kak": tiny(code="kak", start="2016-04-13", step=60, cadence="PT1M", values=[*day[:1428], *[None] * 12]),
        "abg": tiny(code="abg", start="2016-04-01", step=60, cadence="PT1M", values=[*day[:100], 99_999, *day[101:]]),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert soap("ingest", *(tmp_path / name for name in files))[0] == 0


def test_the_table(held, soap):
    code, out, _ = soap("stations")
    head, abg, kak, gua = out.splitlines()
    assert code == 0
    assert head.split()[:3] == ["code", "latitude", "longitude"]
    assert abg.split()[:4] == ["ABG", "geomagnetism.abg.pt1m", "2016-04-01", "23:59"]
    assert "100.0 %" in abg
    assert "0.07 %" in abg  # 1 of 1440, rounded up
    assert kak.split()[:3] == ["KAK", "36.232", "140.186"]
    assert "99.1 %" in kak  # 1428 of 1440 is 99.17 %, rounded down
    assert "2016-04-13 23:47" in kak
    assert "years" in kak
    assert "b_north 0.1 nT" in kak
    assert gua.split() == ["GUA", "13.590", "144.870"]


def test_json(held, soap):
    abg, kak, gua = json.loads(soap("stations", "--json")[1])
    assert set(abg) == set(kak) == set(gua)
    assert (abg["name"], abg["platform"], gua["collection_id"]) == (None, "abg", None)
    assert (kak["name"], kak["completeness"], kak["days"]) == ("Kakioka", pytest.approx(1428 / 1440), 1)
    assert kak["last_seen"] == "2016-04-13T23:47:00Z"
    (one,) = json.loads(soap("stations", "--collection", "geomagnetism.kak.pt1m", "--json")[1])
    assert one == kak


def test_a_window(held, soap):
    (kak, *_) = json.loads(soap("stations", "--start", "2016-04-12", "--stop", "2016-04-14", "--json")[1])
    assert (kak["days"], kak["days_with_values"], kak["completeness"]) == (2, 1, pytest.approx(0.5 * 1428 / 1440))
    code, _, err = soap("stations", "--start", "2016-04-12", "--stop", "2016-04-12")
    assert (code, "is empty" in err) == (2, True)


def test_a_guest_is_told_nothing(held, soap):
    assert json.loads(soap("stations", "--as", "guest", "--json")[1]) == []
