"""CelesTrak's comma-separated file, against CelesTrak's fixed-column file of the same values."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains import ionosphere, seismology, space_weather, topside
from soap.domains.space_weather.formats import index_celestrak, index_celestrak_csv
from soap.domains.space_weather.names import AP_OF_KP_THIRDS, KP_TENTHS_OF_THIRDS
from soap.formats import Source
from soap.observations import Quality
from soap.testing.data import real
from soap.testing.readers import ReaderTests

ALL = seismology.READERS + space_weather.READERS + ionosphere.READERS + topside.READERS
HEADER = (
    "DATE,BSRN,ND,KP1,KP2,KP3,KP4,KP5,KP6,KP7,KP8,KP_SUM,AP1,AP2,AP3,AP4,AP5,AP6,AP7,AP8,AP_AVG,CP,C9,ISN,F10.7_OBS,"
    "F10.7_ADJ,F10.7_DATA_TYPE,F10.7_OBS_CENTER81,F10.7_OBS_LAST81,F10.7_ADJ_CENTER81,F10.7_ADJ_LAST81\r\n"
)
THIRDS = np.arange(8) * 3 + 1


def row(day, kind="OBS", flux="126.4", codes=KP_TENTHS_OF_THIRDS[THIRDS], ap=AP_OF_KP_THIRDS[THIRDS]) -> str:
    kp, amplitudes = ",".join(map(str, codes)), ",".join(map(str, ap))
    return f"{day},2600,1,{kp},100,{amplitudes},29,0.5,2,90,{flux},130.5,{kind},140.0,141.0,142.0,143.0\r\n"


MONTH = "2024-03-01,2602,1" + "," * 20 + ",90,126.4,130.5,PRM,140.0,141.0,142.0,143.0\r\n"
ROWS = (
    row("2023-12-31"), row("2024-01-01", "INT"), row("2024-01-02", codes=[13] + [""] * 7, ap=[5] + [""] * 7, flux=""),
    row("2024-01-03", "PRD"), MONTH,
)  # fmt: skip
FILE = HEADER + "".join(ROWS)


class TestSuite(ReaderTests):
    reader = index_celestrak_csv.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"SW-Last5Years.csv": FILE.encode(), "unix.csv": FILE.replace("\r", "").encode()})
    others = tuple(one for one in ALL if one is not index_celestrak_csv.READER)
    records_stand_alone = True
    header_bytes = len(HEADER)


def read(content):
    return index_celestrak_csv.read(Source("SW-All.csv", content.encode()))


def test_predictions_do_not_pass_as_observations_and_what_is_not_out_is_missing():
    reading = read(FILE)
    three_hourly, daily = reading.observations
    assert daily["time"].values[-1] == np.datetime64("2024-01-02")
    np.testing.assert_array_equal(three_hourly["kp"].values[:8], THIRDS / 3)
    np.testing.assert_array_equal(three_hourly["ap"].values[16:], [5] + [np.nan] * 7)
    np.testing.assert_array_equal(daily["f107"].values, [126.4, 126.4, np.nan])
    assert daily["f107_quality"].values.tolist() == [0, int(Quality.INTERPOLATED), int(Quality.MISSING)]
    assert reading.notes == ("1 predicted day(s) and 1 predicted month(s) left out.",)


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("2024-01-01", "2024-02-30", "Line 3.*no date"),
        ("2024-01-01", "1066-10-14", "Line 3.*no date"),
        ("2024-01-01", "2023-12-30", "Line 3.*does not come after"),
        ("INT", "FORECAST", "Line 3.*'FORECAST'"),
        ("INT", "PRD", "Line 3: a predicted day stands before an observed one"),
        (",126.4,", ",inf,", "F10.7_OBS is 'inf'"),
        (",3,13,", ",4,13,", "a Kp is none of"),
        ("OBS,1", "PRM,1", "no observed day|before an observed"),
    ],
)
def test_what_is_wrong_is_said(old, new, fact):
    assert old in FILE
    with pytest.raises(BadFile, match=fact):
        read(FILE.replace(old, new))


def test_the_values_of_the_fixed_columns_come_back():
    """The columns of CelesTrak's text file, cut out here by their places in its documentation and joined by commas."""
    source = Source.from_path(real("ground/indices/SW-All_celestrak.txt.gz"))
    text = source.data.decode().replace("\r", "")
    lines = text[text.index("BEGIN OBSERVED") + 15 : text.index("END OBSERVED")].splitlines()[-6_000:]
    kinds = {"0": "OBS", "1": "OBS", "2": "INT", "3": "INT", "4": "INT"}
    rows = []
    for line in lines:
        cells = [
            line[:10].replace(" ", "-"), line[10:15], line[15:18], *(line[18 + 3 * k : 21 + 3 * k] for k in range(8)),
            line[42:46], *(line[46 + 4 * k : 50 + 4 * k] for k in range(8)), line[78:82], line[82:86], line[86:88],
            line[88:92], line[112:118], line[92:98], kinds[line[98:100].strip()], "", "", "", "",
        ]  # fmt: skip
        rows.append(",".join(cell.strip() for cell in cells))
    ours = read(HEADER.replace("\r", "") + "\n".join(rows) + "\n").observations
    theirs = index_celestrak.READER.read(source).observations
    for found, wanted in zip(ours, theirs, strict=True):
        wanted = wanted.isel(time=slice(-found.sizes["time"], None))
        np.testing.assert_array_equal(found["time"].values, wanted["time"].values)
        for name in ("kp", "ap", "ap_daily", "f107", "f107_adjusted"):
            if name in found:
                np.testing.assert_array_equal(found[name].values, wanted[name].values, err_msg=name)
