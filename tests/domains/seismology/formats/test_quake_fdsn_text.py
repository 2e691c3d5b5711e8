"""FDSN event text: the spellings of the services, which service a file is from, and ComCat's own CSV beside it."""

from __future__ import annotations

import csv
import gzip
import io

import pytest

from soap.core.errors import BadFile
from soap.domains import ionosphere, seismology, space_weather, topside
from soap.domains.seismology.formats import quake_comcat_csv, quake_fdsn_text
from soap.formats import Source
from soap.testing.data import real
from soap.testing.readers import ReaderTests

ALL = seismology.READERS + space_weather.READERS + ionosphere.READERS + topside.READERS
HEADER = (
    "#EventID|Time|Latitude|Longitude|Depth/km|Author|Catalog|Contributor|ContributorID|MagType|Magnitude|MagAuthor|"
    "EventLocationName"
)
USGS = "us20005hqz|2016-04-13T13:55:17.060|23.0944|94.8654|136|us|us|us|us20005hqz|mww|6.9|us|75 km SE of Mawlaik"
INGV = "7073641|2016-08-24T01:36:32.000000|42.698|13.234|8.1|BULLETIN||||Mw|6.0|--|Accumoli (RI)|earthquake"
GFZ = "gfz2016hfhs|2016-04-13T13:55:18.10|23.1|94.9||||GFZ|gfz2016hfhs|Mw|6.9||Myanmar|earthquake"
EMSC = "20160413_0000061|2016-04-13 13:55:17.0|23.09|94.87|136.0|BUC|EMSC-RTS|BUC|499999|mw|6.9|BUC|MYANMAR"


def text(*rows, header=HEADER):
    return "".join(line + "\n" for line in (header, *rows)).encode()


class TestSuite(ReaderTests):
    reader = quake_fdsn_text.READER
    names = seismology.NAMES
    samples = staticmethod(
        lambda: {
            "usgs.txt": text(USGS),
            "ingv.txt": text(INGV, header=HEADER.replace("km", "Km") + "|EventType"),
            "gfz.txt": text(GFZ, "# end", header=HEADER + "|EventType"),
            "emsc.txt": text(EMSC, header=HEADER.replace("|", " | ")),
        }
    )
    others = tuple(one for one in ALL if one is not quake_fdsn_text.READER)
    records_stand_alone = True
    header_bytes = len(text())


def read(data):
    return quake_fdsn_text.read(Source("events.txt", data))


@pytest.mark.parametrize(
    ("row", "collection"), [(USGS, "comcat"), (EMSC, "eu_emsc"), (USGS.replace("us|us|us|us2", "us|NEIC PDE|us|us2")
                                                            .replace("us20005hqz|2016", "5176028|2016"), "neic_pde")],
)  # fmt: skip
def test_whose_catalogue_it_is(row, collection):
    assert read(text(row)).events_collection_id == f"seismology.{collection}.events"


def test_rows_of_many_sources_are_nobodys_catalogue():
    rows = ("1|2016-04-13T13:55:17|23.1|94.9|10|us|NEIC PDE|us|a|mb|6.9|us|X",
            "2|2016-04-14T13:55:17|23.1|94.9|10|ISC|ISC|ISC|b|mb|6.9|us|X")  # fmt: skip
    reading = read(text(*rows))
    assert reading.events_collection_id == "seismology.fdsn.events"
    assert "unique within that service only" in reading.notes[0]


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        (USGS.replace("23.0944", "95"), "Line 2.*no place"),
        (USGS.replace("2016-04-13T", "1999-02-30T"), "Line 2.*not a time"),
        (USGS.replace("13:55:17", "23:59:60"), "Line 2.*not a time"),
        (USGS.replace("6.9", "inf"), "Line 2.*no number"),
        (USGS.replace("6.9", "1e400"), "Line 2.*no number"),
        (USGS + "|earthquake", "Line 2 has 14 cells, the header 13"),
        ("", "no event at all"),
        (USGS.replace("|6.9|", "||"), "1 earthquake.s. without a magnitude"),
    ],
)
def test_what_is_wrong_is_said(row, fact):
    with pytest.raises(BadFile, match=fact):
        read(text(row))


def test_events_are_those_of_comcats_own_csv():
    """The rows of a ComCat CSV, laid out as the FDSN specification says, give the events that the CSV gives."""
    with gzip.open(real("ground/earthquakes/usgs_M5plus_2013-2023.csv.gz")) as packed:
        content = b"".join(packed.readlines()[:2_001])
    rows = []
    for row in csv.DictReader(io.StringIO(content.decode())):
        cells = (
            row["id"], row["time"].removesuffix("Z"), row["latitude"], row["longitude"], row["depth"], row["net"],
            row["net"], row["net"], row["id"], row["magType"], row["mag"], row["magSource"], row["place"], row["type"],
        )  # fmt: skip
        rows.append("|".join(cells))
    ours = read(text(*rows, header=HEADER + "|EventType"))
    theirs = quake_comcat_csv.read(Source("query.csv", content))
    assert ours.events_collection_id == theirs.events_collection_id

    def said(event):
        """All but the status, which the text format has not."""
        return (event.event_id, str(event.time), event.latitude, event.longitude, repr(event.depth_km),
                event.magnitude, event.magnitude_type, event.place)  # fmt: skip

    assert [said(event) for event in ours.events] == [said(event) for event in theirs.events]
    assert len(ours.events) > 1_900
