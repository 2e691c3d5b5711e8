"""QuakeML against ObsPy, on real documents and on what we write; attacks refused."""

from __future__ import annotations

import io
import math

import numpy as np
import obspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obspy.io.quakeml.core import _validate

from soap.core.errors import BadFile, BadParameter
from soap.domains import seismology, space_weather
from soap.domains.seismology.formats import quake_quakeml
from soap.formats import Reading, Source, detect
from soap.observations import Earthquake
from soap.testing.data import real
from soap.testing.readers import ReaderTests

ALL = seismology.READERS + space_weather.READERS

MYANMAR = Earthquake(
    "us20005hqz", np.datetime64("2016-04-13T13:55:17.060"), 23.0944, 94.8654, 136.0, 6.9, "mww",
    "75 km SE of Mawlaik, <Burma> & Myanmar", "reviewed",
)  # fmt: skip
KUMAMOTO = Earthquake("us20005hzn", np.datetime64("2016-04-14T12:26:35.470"), 32.788, 130.7042, math.nan, 6.2)
WRITTEN = quake_quakeml.write(Reading(events=(MYANMAR, KUMAMOTO), events_collection_id="seismology.comcat.events"))


class TestSuite(ReaderTests):
    reader = quake_quakeml.READER
    names = seismology.NAMES
    samples = staticmethod(lambda: {"events.xml": WRITTEN})
    others = tuple(one for one in ALL if one is not quake_quakeml.READER)
    header_bytes = WRITTEN.index(b"<eventParameters")


def obspy_events(data: bytes):
    """What ObsPy reads: time [ns], latitude, longitude, depth [m], magnitude, its type, for each event."""
    found = []
    for event in obspy.read_events(io.BytesIO(data), format="QUAKEML"):
        origin = event.preferred_origin() or event.origins[0]
        magnitude = event.preferred_magnitude() or event.magnitudes[0]
        kind = (magnitude.magnitude_type or "").lower()
        found.append((origin.time.ns, origin.latitude, origin.longitude, origin.depth, magnitude.mag, kind))
    return sorted(found)


def assert_same_as_obspy(reading, data):
    theirs = obspy_events(data)
    assert len(theirs) == len(reading.events)
    for ours, (ns, latitude, longitude, depth_m, magnitude, kind) in zip(reading.events, theirs, strict=True):
        assert ours.time.astype(np.int64) == ns
        assert (ours.latitude, ours.longitude) == (latitude, longitude)
        assert (ours.magnitude, ours.magnitude_type) == (magnitude, kind)
        assert (
            ours.depth_km * 1000 == pytest.approx(depth_m, abs=1e-6) if depth_m is not None else np.isnan(ours.depth_km)
        )


class TestAgainstObspy:
    def test_neries_events(self):
        source = Source.from_path(real("ground/earthquakes/obspy/neries_events.xml"))
        reading = detect(source, ALL).read(source)
        assert_same_as_obspy(reading, source.data)
        assert reading.events_collection_id == "seismology.eu_emsc.events"
        assert [event.event_id for event in reading.events] == [
            "20120404_0000039", "20120404_0000038", "20120404_0000041",
        ]  # fmt: skip
        assert reading.events[1].place == "EASTERN TURKEY"
        assert reading.notes == ("3 event(s) of no stated type taken as earthquakes.",)

    def test_usgs_events_are_quarry_blasts_and_so_refused(self):
        source = Source.from_path(real("ground/earthquakes/obspy/usgs_event.xml"))
        with pytest.raises(BadFile, match="1 quarry, 1 quarry_blast"):
            detect(source, ALL).read(source)

    def test_usgs_events_as_if_they_were_earthquakes(self):
        data = Source.from_path(real("ground/earthquakes/obspy/usgs_event.xml")).data
        data = data.replace(b"<type>quarry_blast<", b"<type>earthquake<").replace(
            b"<type>quarry<", b"<type>earthquake<"
        )
        reading = quake_quakeml.read(Source("usgs.xml", data))
        assert_same_as_obspy(reading, data)
        assert reading.events_collection_id == "seismology.comcat.events"
        assert [event.event_id for event in reading.events] == ["ci37285320", "uw60916552"]

    def test_what_we_write_obspy_reads_and_its_schema_accepts(self):
        assert_same_as_obspy(quake_quakeml.read(Source("written.xml", WRITTEN)), WRITTEN)
        assert _validate(io.BytesIO(WRITTEN))

    def test_what_obspy_writes_we_read(self):
        there = io.BytesIO()
        obspy.read_events(io.BytesIO(WRITTEN), format="QUAKEML").write(there, format="QUAKEML")
        reading = quake_quakeml.read(Source("obspy.xml", there.getvalue()))
        assert repr(reading.events) == repr((MYANMAR, KUMAMOTO))
        assert reading.events_collection_id == "seismology.comcat.events"


numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
earthquakes = st.builds(
    Earthquake,
    event_id=st.from_regex(r"[a-z0-9_.-]{1,20}", fullmatch=True),
    time=st.integers(-4 * 10**18, 4 * 10**18).map(lambda ns: np.datetime64(ns, "ns")),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 179.999),
    depth_km=st.one_of(st.floats(-10, 800), st.just(math.nan)),
    magnitude=st.floats(-2, 9.9),
    magnitude_type=st.sampled_from(["", "mww", "mb", "ms_20"]),
    place=st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("C", "Z")), max_size=30),
    status=st.sampled_from(["", "reviewed", "automatic", "manual", "preliminary", "deleted"]),
)


class TestWriting:
    @given(st.lists(earthquakes, min_size=1, max_size=4, unique_by=lambda event: event.event_id))
    @settings(max_examples=60, deadline=None, derandomize=True)
    def test_round_trip_is_identical(self, events):
        ordered = tuple(sorted(events, key=lambda event: (event.time, event.event_id)))
        for collection in ("seismology.comcat.events", "seismology.eu_emsc.events", "seismology.quakeml.events"):
            reading = Reading(events=ordered, events_collection_id=collection)
            back = quake_quakeml.read(Source("w.xml", quake_quakeml.write(reading)))
            assert repr(back.events) == repr(ordered)
            assert (back.events_collection_id, back.simulated) == (collection, False)

    def test_simulated_earthquakes_stay_marked(self):
        written = quake_quakeml.write(
            Reading(events=(MYANMAR,), events_collection_id="seismology.quakeml.events", simulated=True)
        )
        assert b"SIMULATED" in written
        assert quake_quakeml.read(Source("s.xml", written)).simulated
        assert _validate(io.BytesIO(written))

    def test_an_id_that_quakeml_cannot_hold_is_refused(self):
        odd = Earthquake("two words", MYANMAR.time, 1.0, 2.0, 3.0, 4.0)
        with pytest.raises(BadParameter, match="two words"):
            quake_quakeml.write(Reading(events=(odd,), events_collection_id="seismology.quakeml.events"))


class TestReading:
    def test_prefers_what_the_event_prefers(self):
        other = (
            b"<origin publicID='smi:x.y.z/o'><time><value>1999-01-01T00:00:00</value></time></origin><origin publicID="
        )
        data = WRITTEN.replace(b"<origin publicID=", other, 1)
        assert quake_quakeml.read(Source("two.xml", data)).events[0].time == MYANMAR.time

    @pytest.mark.parametrize(
        "attack",
        [
            b"<?xml version='1.0'?><!DOCTYPE q [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
            b"<?xml version='1.0'?><!DOCTYPE q [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>",
            b"<?xml version='1.0'?><!DOCTYPE q SYSTEM 'http://example.org/q.dtd'>",
        ],
    )
    def test_entities_and_document_types_are_refused(self, attack):
        data = attack + WRITTEN[WRITTEN.index(b"<q:quakeml") :]
        with pytest.raises(BadFile, match="document type or entities"):
            quake_quakeml.read(Source("bomb.xml", data))

    def test_a_local_time_is_refused(self):
        data = WRITTEN.replace(b"2016-04-13T13:55:17.06Z", b"2016-04-13T22:55:17.06+09:00")
        with pytest.raises(BadFile, match="Event 1: the time"):
            quake_quakeml.read(Source("local.xml", data))

    @pytest.mark.parametrize("name", ["2014-01-07_usgs_event.wadl", "AU.MEEK.xml", "gse_2.0_2_events.txt"])
    def test_neighbours_are_not_mistaken_for_it(self, name):
        source = Source.from_path(real(f"ground/earthquakes/obspy/{name}"))
        with pytest.raises(BadFile, match="no format read here"):
            detect(source, ALL)


WITHOUT_ORIGIN = b'<event publicID="smi:local/lost"><description><text>felt, never located</text></description></event>'


def test_an_event_without_an_origin_is_left_out_and_told():
    reading = quake_quakeml.read(Source("e.xml", WRITTEN.replace(b"<event ", WITHOUT_ORIGIN + b"<event ", 1)))
    assert repr(reading.events) == repr((MYANMAR, KUMAMOTO))
    assert "1 event(s) without an origin left out." in reading.notes


def test_a_document_without_any_origin_is_refused():
    start, end = WRITTEN.index(b"<event "), WRITTEN.index(b"</eventParameters>")
    with pytest.raises(BadFile, match=r"None of the 1 event\(s\) has an origin"):
        quake_quakeml.read(Source("e.xml", WRITTEN[:start] + WITHOUT_ORIGIN + WRITTEN[end:]))


@pytest.mark.parametrize("namespace", [b"quakeml/1.1", b"quakeml-rt/1.2"])
def test_other_versions_differ_in_their_namespace_only(namespace):
    source = Source("e.xml", WRITTEN.replace(b"quakeml/1.2", namespace).replace(b"bed/1.2", b"bed-rt/1.2"))
    assert repr(detect(source, ALL).read(source).events) == repr((MYANMAR, KUMAMOTO))


def test_a_hundred_thousand_elements_in_each_other_are_refused_not_followed():
    start, end = WRITTEN.index(b"<event "), WRITTEN.index(b"</eventParameters>")
    nested = b"<a>" * 100_000 + b"</a>" * 100_000
    with pytest.raises(BadFile, match="no event at all"):
        quake_quakeml.read(Source("e.xml", WRITTEN[:start] + nested + WRITTEN[end:]))
