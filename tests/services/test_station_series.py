"""What a station observes: its series with their terms, and only what the viewer may know."""

import pytest

from soap.core.errors import NotFound
from soap.core.who import Viewer
from soap.services import terms
from soap.services.ingest import ingest
from soap.services.station_series import site, station_series
from soap.services.terms import Subject
from soap.testing.tiny import COMPOSITION, tiny

ABG = {"code": "ABG", "latitude": 18.6, "longitude": 72.9, "name": "Alibag"}


@pytest.fixture
def held(tmp_path, archive, me):
    for name, content, provider in (
        ("abg", tiny(code="abg", start="2016-04-01", values=[1.0] * 24, maturity="definitive"), "PAK"),
        ("abg-minute", tiny(code="abg", start="2016-04-01", step=60, cadence="PT1M", values=[1.0] * 60), "PAK"),
        ("xyz", tiny(code="xyz", start="2016-04-01", values=[1.0] * 24, latitude=1.0, longitude=2.0), "CHN"),
        ("list", tiny(stations=[ABG]), ""),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        ingest(me, archive, COMPOSITION, [path], provider=provider)
    for subject in (Subject("collection", "geomagnetism.abg.pt1h"), Subject("station", "iaga_code:ABG")):
        terms.set_terms(me, archive, subject, {"access": "open", "licence": "CC-BY-4.0", "citation": "Alibag"})
    return archive


def test_series_with_their_terms_and_what_files_tell(held, me):
    hour, minute = station_series(me, held, "iaga_code", "abg")
    assert (hour.held.collection_id, hour.held.licence, hour.held.access) == (
        "geomagnetism.abg.pt1h", "CC-BY-4.0", "open",
    )  # fmt: skip
    assert (hour.told["time_stamp"], hour.told["maturity"]) == ("instant", "definitive")
    assert not {"licence", "latitude", "collection_id"} & set(hour.told)
    assert (minute.held.cadence, minute.held.access) == ("PT1M", "private")


def test_a_station_that_no_list_names(held, me):
    assert (site(me, held, "platform", "xyz").station.latitude, len(station_series(me, held, "platform", "XYZ"))) == (
        1.0, 1,
    )  # fmt: skip


def test_what_the_viewer_may_not_know_is_not_there(held):
    guest = Viewer("guest")
    assert [one.held.collection_id for one in station_series(guest, held, "iaga_code", "ABG")] == [
        "geomagnetism.abg.pt1h"
    ]
    with pytest.raises(NotFound, match="no station 'XYZ'"):
        site(guest, held, "platform", "XYZ")
