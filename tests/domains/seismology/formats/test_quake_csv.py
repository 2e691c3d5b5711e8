"""The three comma-separated catalogues: their traps on made files, their counts and agreement on the real ones."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.core.place import distance_km
from soap.domains import seismology, space_weather
from soap.domains.seismology.formats import quake_comcat_csv, quake_pycsep_csv, quake_usgs_kaggle_csv
from soap.formats import Source, detect
from soap.testing.data import real
from soap.testing.readers import ReaderTests

ALL = seismology.READERS + space_weather.READERS


def others(reader):
    return tuple(one for one in ALL if one is not reader)


COMCAT_HEADER = (
    "time,latitude,longitude,depth,mag,magType,nst,gap,dmin,rms,net,id,updated,place,type,horizontalError,depthError,"
    "magError,magNst,status,locationSource,magSource\n"
)
COMCAT_ROWS = [
    "2016-04-13T13:55:17.060Z,23.0944,94.8654,136,6.9,mww,,31,2.65,1.04,us,us20005hqz,2022-05-02T00:00:00.000Z,"
    '"75 km SE of Mawlaik, Burma (Myanmar)",earthquake,7.3,1.8,0.043,52,reviewed,us,us\n',
    "2016-01-06T01:30:01.490Z,41.3003,129.0468,0,5.1,mb,,,,,us,us10004bnm,,,nuclear explosion,,,,,reviewed,us,us\n",
    "2016-04-14T12:26:35.470Z,32.7880,130.7042,,6.2,Mww,,,,,us,US20005HZN,,Kumamoto’s coast,earthquake,,,,,reviewed,us,"
    "us\n",
    "2016-04-15T16:25:06.220Z,32.7906,130.7543,10,,,,,,,us,us20005iis,,Kumamoto,earthquake,,,,,reviewed,us,us\n",
]
KAGGLE_HEADER = (
    "Date,Time,Latitude,Longitude,Type,Depth,Depth Error,Depth Seismic Stations,Magnitude,Magnitude Type,"
    "Magnitude Error,Magnitude Seismic Stations,Azimuthal Gap,Horizontal Distance,Horizontal Error,Root Mean Square,"
    "ID,Source,Location Source,Magnitude Source,Status"
)
KAGGLE_ROWS = [
    "12/26/2004,00:58:53,3.295,95.982,Earthquake,30,,,9.1,MW,,,22,,,1.17,OFFICIAL20041226005853450_30,OFFICIAL,US,O,Reviewed",
    "2011-03-13T02:23:34.520Z,2011-03-13T02:23:34.520Z,36.344,142.344,Earthquake,10.1,13.9,289,5.8,MWC,,,32.3,,,1.06,"
    "USP000HWQP,US,US,GCMT,Reviewed",
    "03/11/2011,05:46:24,38.297,142.373,Earthquake,29,,,9.1,MWW,,,9.5,,,1.16,OFFICIAL20110311054624120_30,O,US,O,Reviewed",
    "11/08/1968,10:00:00,37.1,-116.1,Nuclear Explosion,0,,,5.5,MB,,,,,,,USX,US,US,US,Reviewed",
]


def kaggle_file(rows):
    return ("\ufeff" + "".join(f'"{line}"\r\n' for line in (KAGGLE_HEADER, *rows))).encode()


class TestComcatSuite(ReaderTests):
    reader = quake_comcat_csv.READER
    names = seismology.NAMES
    samples = staticmethod(lambda: {"query.csv": (COMCAT_HEADER + "".join(COMCAT_ROWS)).encode()})
    others = others(quake_comcat_csv.READER)
    records_stand_alone = True
    header_bytes = len(COMCAT_HEADER)


class TestKaggleSuite(ReaderTests):
    reader = quake_usgs_kaggle_csv.READER
    names = seismology.NAMES
    samples = staticmethod(lambda: {"database.csv": kaggle_file(KAGGLE_ROWS)})
    others = others(quake_usgs_kaggle_csv.READER)
    records_stand_alone = True
    header_bytes = len(kaggle_file([]))


PYCSEP_HEADER = "lon,lat,M,time_string,depth,catalog_id,event_id\n"


class TestPycsepSuite(ReaderTests):
    reader = quake_pycsep_csv.READER
    names = seismology.NAMES
    samples = staticmethod(
        lambda: {
            "catalog.csv": (
                PYCSEP_HEADER
                + "-117.43017,35.616665,4.73,2019-07-06T03:22:35.630000,9.35,-1,\n"
                + "-117.7365,35.891,4.64,2019-07-06T03:22:48.300000,9.1,-1,ci38457687\n"
            ).encode()
        }
    )
    others = others(quake_pycsep_csv.READER)
    records_stand_alone = True
    header_bytes = len(PYCSEP_HEADER)


def comcat(text):
    return quake_comcat_csv.read(Source("query.csv", text.encode()))


class TestComcat:
    def test_what_is_taken_and_what_is_left_out_is_told(self):
        reading = comcat(COMCAT_HEADER + "".join(COMCAT_ROWS))
        assert [event.event_id for event in reading.events] == ["us20005hqz", "us20005hzn"]
        assert np.isnan(reading.events[1].depth_km)
        assert reading.events[1].magnitude_type == "mww"
        assert reading.events[0].time == np.datetime64("2016-04-13T13:55:17.060")
        assert "1 nuclear explosion" in reading.notes[0]
        assert reading.notes[1].startswith("1 earthquake(s) without a magnitude")

    def test_columns_in_another_order_and_more_of_them(self):
        rows = list(csv.reader([COMCAT_HEADER, *COMCAT_ROWS]))
        turned = "\n".join(",".join(f'"{cell}"' for cell in [*reversed(row), "more"]) for row in rows) + "\n"
        assert repr(comcat(turned).events) == repr(comcat(COMCAT_HEADER + "".join(COMCAT_ROWS)).events)

    def test_the_table_of_libcomcat(self):
        reading = comcat(
            "id,time,location,latitude,longitude,depth,magnitude,alert,url,eventtype,significance\n"
            'us20005hqz,2016-04-13 13:55:17.060000,"75 km SE of Mawlaik, Burma (Myanmar)",23.0944,94.8654,136,6.9,,'
            "https://x,earthquake,1000\n"
        )
        theirs = comcat(COMCAT_HEADER + COMCAT_ROWS[0]).events[0]
        assert reading.events == (replace(theirs, magnitude_type="", status=""),)

    def test_the_fifteen_columns_of_older_files(self):
        rows = list(csv.reader([COMCAT_HEADER, COMCAT_ROWS[0]]))
        older = "\n".join(",".join(f'"{cell}"' for cell in row[:15]) for row in rows) + "\n"
        assert comcat(older).events == (replace(comcat(COMCAT_HEADER + COMCAT_ROWS[0]).events[0], status=""),)

    def test_a_repeated_entry_counts_once_and_is_told(self):
        reading = comcat(COMCAT_HEADER + COMCAT_ROWS[0] * 2)
        assert len(reading.events) == 1
        assert "1 repeated" in reading.notes[0]

    @pytest.mark.parametrize(
        ("old", "new", "fact"),
        [
            ("2016-04-13T13:55:17.060Z", "13.04.2016", "time"),
            ("2016-04-13T13:55:17.060Z", "2016-04-31T13:55:17.060Z", "not a time"),
            ("2016-04-13T13:55:17.060Z", "2016-04-13T13:55:17.060+09:00", "time"),
            ("23.0944", "230.944", "no place"),
            (",6.9,", ",69,", "outside -5 to 11"),
            (",6.9,", ",nan,", "no number"),
            (",136,", ",deep,", "depth_km"),
            ("us20005hqz", "", "id is empty"),
            ('"75 km', "75 km", "cells"),
        ],
    )
    def test_a_wrong_row_is_refused_by_its_line(self, old, new, fact):
        with pytest.raises(BadFile, match=fact) as caught:
            comcat(COMCAT_HEADER + COMCAT_ROWS[0].replace(old, new))
        assert "Line 2" in str(caught.value)

    def test_one_id_with_two_contents_is_refused(self):
        with pytest.raises(BadFile, match="comes twice"):
            comcat(COMCAT_HEADER + COMCAT_ROWS[0] + COMCAT_ROWS[0].replace("6.9", "6.8"))

    def test_only_explosions_is_no_catalogue_of_earthquakes(self):
        with pytest.raises(BadFile, match=r"no earthquake.*1 nuclear explosion"):
            comcat(COMCAT_HEADER + COMCAT_ROWS[1])

    def test_a_last_line_without_end_is_told(self):
        reading = comcat((COMCAT_HEADER + COMCAT_ROWS[0])[:-2])
        assert "cut short" in reading.notes[0]


class TestKaggle:
    def test_traps(self):
        reading = quake_usgs_kaggle_csv.read(Source("database.csv", kaggle_file(KAGGLE_ROWS)))
        assert [str(event.time)[:19] for event in reading.events] == [
            "2004-12-26T00:58:53", "2011-03-11T05:46:24", "2011-03-13T02:23:34",
        ]  # fmt: skip
        assert reading.events[2].time == np.datetime64("2011-03-13T02:23:34.520")
        assert reading.events[2].event_id == "usp000hwqp"
        assert any("1 nuclear explosion" in note for note in reading.notes)
        assert any(note.startswith("1 row(s) give date and time as one") for note in reading.notes)

    def test_the_same_rows_without_the_quotes_around_lines(self):
        plain = "\n".join((KAGGLE_HEADER, *KAGGLE_ROWS)) + "\n"
        quoted = quake_usgs_kaggle_csv.read(Source("database.csv", kaggle_file(KAGGLE_ROWS)))
        assert quake_usgs_kaggle_csv.read(Source("plain.csv", plain.encode())).events == quoted.events

    def test_day_before_month_is_refused_when_it_shows(self):
        with pytest.raises(BadFile, match="not a time"):
            quake_usgs_kaggle_csv.read(
                Source("d.csv", kaggle_file([KAGGLE_ROWS[0].replace("12/26/2004", "26/12/2004")]))
            )


class TestPycsep:
    def test_a_forecast_is_refused(self):
        rows = "1,2,5,2019-07-06T03:22:35,9,0,\n1,2,5,2019-07-06T03:22:35,9,1,\n"
        with pytest.raises(BadFile, match="2 catalogues: a forecast"):
            quake_pycsep_csv.read(Source("forecast.csv", (PYCSEP_HEADER + rows).encode()))

    def test_real_sample(self):
        source = Source.from_path(real("ground/earthquakes/comcat_sample_pycsep.csv"))
        reading = detect(source, ALL).read(source)
        assert reading.events_collection_id == "seismology.pycsep.events"
        assert len({event.event_id for event in reading.events}) == 829  # rows of the file
        largest = max(reading.events, key=lambda event: event.magnitude)
        assert (largest.magnitude, str(largest.time)[:10]) == (5.5, "2019-07-06")


@pytest.fixture(scope="module")
def comcat_2013_2023():
    return _read("ground/earthquakes/usgs_M5plus_2013-2023.csv.gz")


@pytest.fixture(scope="module")
def usgs_1965_2016():
    return _read("ground/earthquakes/usgs_M5.5plus_1965-2016_kaggle.csv.gz")


def _read(path):
    source = Source.from_path(real(path))
    return detect(source, ALL).read(source)


def columns(events):
    return {
        "time": np.array([event.time for event in events]),
        "latitude": np.array([event.latitude for event in events]),
        "longitude": np.array([event.longitude for event in events]),
        "magnitude": np.array([event.magnitude for event in events]),
    }


class TestRealCatalogues:
    def test_comcat_counts_rows_by_type(self, comcat_2013_2023):
        assert len(comcat_2013_2023.events) == 18_275  # of 18,334 rows; counted with awk
        assert "4 nuclear explosion, 55 volcanic eruption" in comcat_2013_2023.notes[0]
        myanmar = next(event for event in comcat_2013_2023.events if event.event_id == "us20005hqz")
        assert (myanmar.magnitude, myanmar.magnitude_type) == (6.9, "mww")
        assert str(myanmar.time)[:16] == "2016-04-13T13:55"

    def test_the_old_table_counts_rows_by_type_and_year(self, usgs_1965_2016):
        assert len(usgs_1965_2016.events) == 23_232  # of 23,412 rows
        assert "4 explosion, 175 nuclear explosion, 1 rock burst" in usgs_1965_2016.notes[1]
        assert "3 row(s)" in usgs_1965_2016.notes[0]
        years = Counter(str(event.time)[:4] for event in usgs_1965_2016.events)
        # rows of type Earthquake per year, counted in the file by awk on the year's characters
        assert [years[str(year)] for year in range(1996, 2014)] == [
            540, 456, 388, 446, 553, 443, 444, 485, 571, 533, 508, 608, 508, 517, 559, 713, 445, 461,
        ]  # fmt: skip

    def test_the_two_catalogues_agree_where_they_overlap(self, comcat_2013_2023, usgs_1965_2016):
        """2013-2016: same earthquakes, found by place and time alone; the old table has whole seconds."""
        overlap = np.datetime64("2013-01-01"), np.datetime64("2016-12-30T20:09")
        ours = columns([event for event in usgs_1965_2016.events if event.time >= overlap[0]])
        theirs = columns([event for event in comcat_2013_2023.events if event.time < overlap[1]])
        assert len(ours["time"]) == 1_856
        near = np.searchsorted(theirs["time"], ours["time"] - np.timedelta64(16, "s"))
        apart, late, larger = [], [], []
        for at, first in enumerate(near):
            last = np.searchsorted(theirs["time"], ours["time"][at] + np.timedelta64(16, "s"))
            place = [theirs[name][first:last] for name in ("latitude", "longitude")]
            distances = distance_km(ours["latitude"][at], ours["longitude"][at], *place)
            best = first + int(np.argmin(distances))
            apart.append(distances.min())
            late.append(abs((ours["time"][at] - theirs["time"][best]) / np.timedelta64(1, "s")))
            larger.append(abs(ours["magnitude"][at] - theirs["magnitude"][best]))
        assert max(apart) < 60  # relocated since, or another network's solution
        assert np.quantile(apart, 0.98) < 0.5
        assert np.quantile(late, 0.98) <= 0.5
        assert np.mean(np.array(larger) == 0) > 0.99

    def test_no_large_earthquake_of_comcat_is_absent_from_the_old_table(self, comcat_2013_2023, usgs_1965_2016):
        ours = columns(usgs_1965_2016.events)
        large = [
            event for event in comcat_2013_2023.events
            if event.magnitude >= 6 and event.time < np.datetime64("2016-12-30T20:00")
        ]  # fmt: skip
        assert len(large) == 590
        for event in large:
            close = np.abs(ours["time"] - event.time) < np.timedelta64(16, "s")
            here = distance_km(event.latitude, event.longitude, ours["latitude"][close], ours["longitude"][close])
            assert here.size, event
            assert here.min() < 100, event

    def test_geometry_of_the_eighteen_year_study(self, usgs_1965_2016):
        """2,804 earthquakes M >= 6 in 1996 <= t < 2014, 637 of them within 10^(0.43 M) km of one of 34 stations."""
        window = [
            event for event in usgs_1965_2016.events
            if np.datetime64("1996-01-01") <= event.time < np.datetime64("2014-01-01") and event.magnitude >= 6
        ]  # fmt: skip
        assert len(window) == 2_804
        held = {path.name[:3] for path in real("ground/geomag/wdc-hourly").glob("*.wdc*")}
        with real("ground/geomag/observatories.csv").open() as lines:
            stations = [row for row in csv.DictReader(lines) if row["iaga_code"] in held]
        assert len(stations) == 34
        event = columns(window)
        distances = distance_km(
            event["latitude"][:, None], event["longitude"][:, None],
            np.array([float(row["latitude_deg"]) for row in stations]),
            np.array([float(row["longitude_deg"]) for row in stations]),
        )  # fmt: skip
        in_zone = (distances <= 10 ** (0.43 * event["magnitude"])[:, None]).any(axis=1)
        assert in_zone.sum() == 637
