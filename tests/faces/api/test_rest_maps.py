"""What maps are drawn of, over HTTP: grids, the dip equator, half-orbits, and the radius of a preparation zone."""

from __future__ import annotations

import pytest

from soap.services.composition import Composition
from soap.testing import policy_worlds as made
from soap.testing.policy_worlds import File
from soap.testing.web import application, signed

STEPS = (File("", "map", count=5), File("", "031190", count=6), File("", "quakes", names=("ev1",)))
ROOT = ("project_admin",)


@pytest.fixture
def asked(archive):
    made.build(archive, STEPS)
    with application(archive, Composition(name="made", names=made.NAMES)) as client:
        headers = signed(archive, "root", "", ROOT)
        yield lambda path, **query: client.get(f"/api/v1{path}", params=query, headers=headers)


def test_maps_come_as_arrays(asked):
    question = {"collection": made.FIELD, "variable": "vtec", "start": "2016-12-31T21:00", "stop": "2017-01-01T01:00"}
    told = asked("/maps/grids", **question).json()
    assert told["times"] == [f"2016-12-31T{hour}:00:00Z" for hour in (21, 22, 23)] + ["2017-01-01T00:00:00Z"]
    assert (told["latitudes"], told["longitudes"]) == ([10.0, 20.0], [70.0, 80.0])
    assert told["values"] == [[[made.value(0, at)] * 2] * 2 for at in (1, 2, 3, 4)]
    assert told["units"] == "TECU"
    assert asked("/maps/grids", **question | {"collection": told["version"]}).json() == told


def test_maps_that_are_not_there_are_said_to_be_not(asked):
    question = {"collection": made.FIELD, "variable": "vtec", "start": "2018-01-01", "stop": "2018-01-02"}
    assert "no map from 2018-01-01" in asked("/maps/grids", **question).json()["detail"]
    answer = asked("/maps/grids", **question | {"variable": "kp", "start": "2016-01-01"})
    assert (answer.status_code, "kp" in answer.json()["detail"]) == (400, True)
    assert asked("/maps/grids", **question | {"collection": "nothing"}).status_code == 404
    answer = asked("/maps/grids", **question | {"collection": made.TRACK})
    assert "of shape track, not field" in answer.json()["detail"]


def test_half_orbits_tell_where_they_went(asked):
    (told,) = asked("/satellites").json()
    assert (told["platform"], told["collections"], told["first"]) == ("cses_01", [made.TRACK], "2016-12-31T21:00:00Z")
    (one,) = asked("/satellites/cses_01/half-orbits", start="2016-12-31", stop="2017-01-01").json()
    assert (one["half_orbit_id"], one["rising"], one["granules"][0]["count"]) == ("031190", True, 6)
    assert one["places"] == [[100.0, 2.0 * at, float(at)] for at in range(6)]


def test_what_cannot_be_foretold_is_said_to_be_not(asked):
    told = asked("/satellites/cses_01/prediction", start="2017-01-01", stop="2017-01-02").json()
    assert (told["places"], told["orbit"], told["overpasses"]) == ([], None, None)
    assert "An orbit needs 12 places" in told["reason"]
    assert asked("/satellites/nobody/prediction", start="2017-01-01", stop="2017-01-02").status_code == 404


def test_the_dip_equator_goes_round(asked):
    line = asked("/dip-equator", at="2016-04-13").json()["line"]
    assert [line[0][0], line[-1][0]] == [-180.0, 180.0]
    assert line[0][1] == pytest.approx(line[-1][1])
    assert asked("/dip-equator", at="1066-10-14").status_code == 400
    assert "1900 to 2030" in asked("/dip-equator", at="2040-01-01").json()["detail"]


def test_an_earthquake_tells_its_preparation_radius(asked):
    """10^(0.43 M): by Dobrovolsky and others, 1979."""
    told = asked("/events/ev1").json()
    assert told["preparation_radius_km"] == pytest.approx(10 ** (0.43 * told["magnitude"]), abs=0.06)
