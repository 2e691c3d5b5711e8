"""The list of observatories: conformance, broken rows, and a place that its observatory gives itself."""

from __future__ import annotations

import re

import pytest

from soap.core.errors import BadFile
from soap.core.place import distance_km
from soap.domains.geomagnetism import NAMES, READERS
from soap.domains.geomagnetism.formats.station_list_observatories import READER
from soap.formats import Source
from soap.testing.data import real
from soap.testing.readers import ReaderTests

LIST = b"""iaga_code,name,region,latitude_deg,longitude_deg,grade
ABG,Alibag,India,18.638,72.872,list
API,Apia,Samoa,-13.816,-171.781,list
CKI,"Cocos (Keeling) Islands",Australia,-12.188,96.834,list
"""


WITH_CONTACTS = b"""\
iaga_code,name,region,latitude_deg,longitude_deg,grade,contact_organisation,contact_name,contact_email
ABG,Alibag,India,18.638,72.872,list,Indian Institute of Geomagnetism,A. Person,abg@example.org
API,Apia,Samoa,-13.816,-171.781,list,,,
ABG,Alibag,India,18.638,72.872,list,Data centre,,
ABG,Alibag,India,18.638,72.872,list,Data centre,,
"""


class TestMadeUp(ReaderTests):
    reader, names, records_stand_alone = READER, NAMES, True
    others = tuple(reader for reader in READERS if reader is not READER)
    samples = staticmethod(lambda: {"observatories.csv": LIST, "with-contacts.csv": WITH_CONTACTS})


class TestReal(TestMadeUp):
    samples = staticmethod(lambda: {"stations.csv": real("ground/geomag/observatories.csv").read_bytes()})


def read(data: bytes):
    return READER.read(Source("list.csv", data)).stations


def test_stations_are_as_listed():
    stations = {station.code: station for station in read(LIST)}
    assert (stations["API"].latitude, stations["API"].longitude) == (-13.816, -171.781)
    assert (stations["CKI"].name, stations["CKI"].place_grade) == ("Cocos (Keeling) Islands", "list")


def test_contacts_are_as_named():
    reading = READER.read(Source("list.csv", WITH_CONTACTS))
    (alibag,) = reading.contacts
    assert (alibag.code_scheme, alibag.code, len(reading.stations)) == ("iaga_code", "ABG", 2)
    told = [(one.organisation, one.name, one.email, one.web) for one in alibag.contacts]
    assert told == [
        ("Indian Institute of Geomagnetism", "A. Person", "abg@example.org", ""),
        ("Data centre", "", "", ""),
    ]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"abg@example.org", b"abg at example.org", "Line 2: 'abg at example.org' is no e-mail address"),
        (b"Indian Institute of Geomagnetism", b"", "Line 2: A contact names an organisation"),
        (b"A. Person", b"A. Person" * 20, "Line 2: The name of a contact is one line of at most 120"),
    ],
)
def test_a_broken_contact_is_named(old, new, what):
    with pytest.raises(BadFile, match=rf"list\.csv: {what}"):
        READER.read(Source("list.csv", WITH_CONTACTS.replace(old, new)))


def test_longitude_beyond_180_is_folded():
    assert read(LIST.replace(b"-171.781", b"188.219"))[1].longitude == pytest.approx(-171.781, abs=1e-9)


def test_kakioka_is_where_its_observatory_says():
    """The acknowledgement beside the hourly values gives the position."""
    text = real("ground/geomag/wdc-hourly/kak.ack.txt").read_text("latin-1")
    latitude, longitude = map(float, re.search(r"lat: ([\d.]+)\s+long: ([\d.]+)", text).groups())
    stations = {station.code: station for station in read(real("ground/geomag/observatories.csv").read_bytes())}
    kakioka = stations["KAK"]
    assert distance_km(kakioka.latitude, kakioka.longitude, latitude, longitude) < 0.2


def test_every_hourly_file_has_a_place():
    codes = {station.code for station in read(real("ground/geomag/observatories.csv").read_bytes())}
    files = {path.name[:3] for path in real("ground/geomag/wdc-hourly").glob("*.gz")}
    assert len(files) == 34
    assert files <= codes


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"18.638", b"118.638", "Line 2: .*no place"),
        (b"18.638", b"north", "Line 2: .*no place"),
        (b"18.638", b"nan", "Line 2: .*no place"),
        (b"ABG", b"ABGX", "Line 2: 'ABGX' is no IAGA code"),
        (b"72.872,list", b"72.872,lis", "Line 2: 'lis' is no grade"),
        (b"72.872,list", b"72.872", "Line 2 has 5 cells"),
        (b"API,Apia", b"ABG,Apia", "Line 3 gives ABG a second"),
        (b",grade", b"", "lacks the column"),
    ],
)
def test_a_broken_row_is_named(old, new, what):
    with pytest.raises(BadFile, match=rf"list\.csv: .*{what}"):
        read(LIST.replace(old, new))


def test_the_same_row_twice_is_one_station():
    assert len(read(LIST + LIST.splitlines(keepends=True)[1])) == 3
