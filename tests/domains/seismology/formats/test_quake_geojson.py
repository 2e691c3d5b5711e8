"""USGS GeoJSON: made collections, and the answer of the FDSN service that pyCSEP recorded."""

from __future__ import annotations

import json

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


def document(*features, **metadata):
    return json.dumps(
        {"type": "FeatureCollection", "metadata": {"count": len(features)} | metadata, "features": features}
    ).encode()


class TestSuite(ReaderTests):
    reader = quake_geojson.READER
    names = seismology.NAMES
    samples = staticmethod(lambda: {"query.geojson": document(feature())})
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
        (document(), "no earthquake"),
        (b'{"type": "FeatureCollection", "features": ' + b"[" * 100_000, "damaged or cut short"),
        (document(feature(mag=float("nan"))), "no number"),
    ],
)
def test_what_is_wrong_is_said(data, fact):
    with pytest.raises(BadFile, match=fact):
        read(data)


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
