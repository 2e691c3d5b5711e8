"""USGS and EMSC GeoJSON: made collections, and the answer of the FDSN service that pyCSEP recorded."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
import yaml

from soap.core.errors import BadFile
from soap.domains import seismology, space_weather
from soap.domains.seismology.formats import quake_geojson
from soap.formats import Source, detect
from soap.testing.data import real
from soap.testing.readers import ReaderTests

ALL = seismology.READERS + space_weather.READERS


def feature(**changed):
    words = {"mag": 6.9, "place": "75 km SE of Mawlaik", "time": 1460555717060, "status": "reviewed", "magType": "mww",
             "type": "earthquake"} | changed  # fmt: skip
    return {"type": "Feature", "properties": words, "id": "us20005hqz",
            "geometry": {"type": "Point", "coordinates": [94.8654, 23.0944, 136]}}  # fmt: skip


def emsc_feature(**changed):
    words = {"unid": "20160413_0000061", "time": "2016-04-13T13:55:17.0Z", "lat": 23.09, "lon": 94.87, "depth": 136.0,
             "mag": 6.9, "magtype": "mw", "evtype": "ke", "auth": "EMSC", "flynn_region": "MYANMAR"}  # fmt: skip
    words |= changed
    return {"type": "Feature", "id": words["unid"], "properties": words,
            "geometry": {"type": "Point", "coordinates": [94.87, 23.09, -136.0]}}  # fmt: skip


def document(*features, **metadata):
    return json.dumps(
        {"type": "FeatureCollection", "metadata": {"count": len(features)} | metadata, "features": features}
    ).encode()


class TestSuite(ReaderTests):
    reader = quake_geojson.READER
    names = seismology.NAMES
    samples = staticmethod(
        lambda: {
            "query.geojson": document(feature()),
            "detail.geojson": json.dumps(feature()).encode(),
            "emsc.json": document(emsc_feature()),
        }
    )
    others = tuple(one for one in ALL if one is not quake_geojson.READER)


def read(data):
    return quake_geojson.read(Source("query.geojson", data))


def test_values():
    (event,) = read(document(feature())).events
    assert event.time == np.datetime64("2016-04-13T13:55:17.060")  # ComCat's own CSV of the same event
    assert (event.latitude, event.longitude, event.depth_km) == (23.0944, 94.8654, 136.0)
    assert (event.magnitude, event.magnitude_type, event.status) == (6.9, "mww", "reviewed")


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (document(feature(), count=2), "count 2 event"),
        (document(feature(time="soon")), "milliseconds"),
        (document(feature(time=None)), "milliseconds"),
        (document({"type": "Feature"}), "Feature 1 lacks"),
        (document({"type": "Feature", "properties": [], "geometry": {}, "id": 1}), "Feature 1 lacks"),
        (document(feature(mag=[1])), "Feature 1 lacks"),
        (document(feature(type="quarry blast")), "1 quarry blast"),
        (document(), "no event at all"),
        (document(feature(time=9_999_999_999_999)), "years 1678 to 2261"),
        (document(feature(time=-9_999_999_999_999)), "years 1678 to 2261"),
        (document(feature()).replace(b'"mag": 6.9', b'"mag": 6.9, "mag": 9.6'), "names 'mag' twice"),
        (document(feature()).replace(b"6.9", b"1" + b"0" * 5_000), "outside -5 to 11|no number"),
        (document(emsc_feature(lat=95)), "no place"),
        (document(emsc_feature(), feature()), "Feature 2 lacks unid"),
        (b'{"type": "FeatureCollection", "features": ' + b"[" * 100_000, "damaged or cut short"),
        (document(feature(mag=float("nan"))), "no number"),
    ],
)
def test_what_is_wrong_is_said(data, fact):
    with pytest.raises(BadFile, match=fact):
        read(data)


def test_many_names_in_an_object_take_no_time():
    """Finding a name given twice must not compare all names with all: 50,000 would take minutes."""
    words = b",".join(b'"k%d": 1' % k for k in range(50_000))
    began = time.process_time()
    with pytest.raises(BadFile, match="names 'k49999' twice"):
        read(document(feature()).replace(b'{"mag"', b"{" + words + b', "k49999": 2, "mag"'))
    assert time.process_time() - began < 5


def test_an_event_before_1970():
    """The great Alaska earthquake, 1964-03-28T03:36:16 UTC, is 2,105 days less 12,976 s before 1970."""
    (event,) = read(document(feature(time=-181_859_024_000))).events
    assert event.time == np.datetime64("1964-03-28T03:36:16")


def test_an_event_without_a_magnitude_is_left_out_and_told():
    reading = read(document(feature(), feature(mag=None) | {"id": "us2"}))
    assert len(reading.events) == 1
    assert "1 earthquake(s) without a magnitude" in reading.notes[0]


def test_a_depth_of_the_emsc_is_not_the_negative_height_in_its_coordinates():
    reading = read(document(emsc_feature(), emsc_feature(unid="b", evtype="qb"), emsc_feature(unid="c", evtype="se")))
    assert reading.events_collection_id == "seismology.eu_emsc.events"
    assert [event.event_id for event in reading.events] == ["20160413_0000061", "c"]
    assert {event.depth_km for event in reading.events} == {136.0}
    assert "1 qb" in reading.notes[0]


def test_the_recorded_answer_of_the_service():
    """Northridge, 17 January 1994, 12:30:55 UTC, Mw 6.7."""
    packed = Source.from_path(real("ground/earthquakes/comcat_fdsn_geojson_vcr.yaml.gz"))
    bodies = [
        exchange["response"]["body"]["string"]
        for exchange in yaml.safe_load(packed.data)["interactions"]
        if "format=geojson" in exchange["request"]["uri"] and "FeatureColl" in exchange["response"]["body"]["string"]
    ]
    assert bodies
    source = Source("query", bodies[0].encode())
    reading = detect(source, ALL).read(source)
    (event,) = reading.events
    assert reading.events_collection_id == "seismology.comcat.events"
    assert (event.event_id, event.magnitude, event.magnitude_type) == ("ci3144585", 6.7, "mw")
    assert event.time == np.datetime64("1994-01-17T12:30:55.390")
    assert (event.latitude, event.longitude, event.depth_km) == (34.213, -118.537, 18.202)


def test_the_recording_itself_is_not_a_catalogue():
    with pytest.raises(BadFile, match="no format read here"):
        detect(Source.from_path(real("ground/earthquakes/comcat_fdsn_geojson_vcr.yaml.gz")), ALL)
