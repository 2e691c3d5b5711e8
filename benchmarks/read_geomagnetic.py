"""How fast geomagnetic files are read, beside others on the same files, in one run, all values checked equal.

    python benchmarks/read_geomagnetic.py [--json] [--repeat 7]

WDC hourly means and IAGA-2002 minute and second values, unpacked first, so that parsing alone is timed (one row adds
the unpacking). *numbers* is the table of times and values; *read* the reader's whole answer: ordered, checked, with
quality flags, as labelled datasets. Peers, giving times and values: pandas.read_fwf and pandas.read_csv, plain Python
(slicing, splitting), and geomagpy 2.0.2 (BSD-3-Clause), which reads in an environment of its own: the one that
SOAP_BENCH_PEERS names, else a throw-away one made for the run, else left out. Of the hourly files geomagpy gets the
records of Memambetsu up to 2004: it gives no H when X, Y records follow, and loses three months of Kakioka. Processor
time, as the machine may be shared; medians; a peer slower than 60 s runs once.
Files: real ones of the test data where present, else made up here in the same shape.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from peers import python_of_peers
from rows import command_line

from soap.domains.geomagnetism.formats import magnetometer_iaga2002, magnetometer_wdc_hourly
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.header import parse_header
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.lines import parse_lines
from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly.records import parse
from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly.station_days import by_element
from soap.formats import Source

DATA = Path(os.environ.get("SOAP_TEST_DATA") or Path.cwd().resolve().parent / "shared" / "data") / "ground" / "geomag"
FILES = {
    "WDC hourly, MMB 1996-2013": "wdc-hourly/MMB_1996-2013.wdc.gz",
    "WDC hourly, KAK 1913-2013": "wdc-hourly/KAK_1913-2013.wdc.gz",
    "IAGA-2002 minute, MMB March 2011": "2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz",
    "IAGA-2002 second, WIC 2018-08-29": "magpy/WIC_20180829_vsec.sec.gz",
}
SLOW_S, PEER_REPEAT = 60.0, 5
PEER = "geomagpy==2.0.2"
PEER_PROGRAM = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from magpy.stream import read
path, out, runs, slow_s, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), []
while len(seconds) < runs and sum(seconds) < slow_s:
    start = time.process_time()
    data = read(path)
    seconds.append(time.process_time() - start)
times = np.array(data.ndarray[0], "datetime64[ns]")
np.savez(out, time=times, **{name: np.asarray(data.ndarray[at], float) for at, name in enumerate("xyzf", 1)})
print(json.dumps(seconds))
"""

Table = tuple[np.ndarray, np.ndarray]
"""Times (n,) and values (n, k)."""


def seconds_of(work: Callable[[], object], repeat: int) -> list[float]:
    """Processor times of `work()` after one warm-up; a single one where it is slow."""
    seconds: list[float] = []
    while len(seconds) <= repeat:
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
        if seconds[0] > SLOW_S:
            return seconds
    return seconds[1:]


def content(path: str) -> bytes:
    """The packed file: real, or made up in the same shape."""
    real = DATA / path
    return real.read_bytes() if real.exists() else made_up(path)


def made_up(path: str) -> bytes:
    rng = np.random.default_rng(1)
    if "wdc" in path:
        days = np.datetime64("1996-01-01") + np.arange(6575)
        return "".join(
            f"MMB{str(day)[2:4]}{str(day)[5:7]}{letter}{str(day)[8:10]}    {str(day)[:2]}{base:4d}"
            + "".join(f"{value:4d}" for value in rng.integers(100, 900, 25)) + "\n"
            for letter, base in (("D", -8), ("H", 257), ("Z", 415), ("F", 490)) for day in days
        ).encode()  # fmt: skip
    step, count = ("s", 86400) if "sec" in path else ("m", 44640)
    stamps = np.datetime_as_string(np.datetime64("2011-03-01", "ms") + np.arange(count).astype(f"timedelta64[{step}]"))
    head = f" {'Format':<23}{'IAGA-2002':<45}|\n {'IAGA CODE':<23}{'MMB':<45}|\n"
    head += "DATE       TIME         DOY     MMBE      MMBH      MMBZ      MMBF   |\n"
    doy = [(np.datetime64(stamp[:10]) - np.datetime64("2010-12-31")).astype(int) for stamp in stamps.tolist()]
    rows = rng.normal(30_000, 50, (count, 4)).round(2).tolist()
    return (head + "".join(
        f"{stamp[:10]} {stamp[11:]} {day:03d}    " + " ".join(f"{value:9.2f}" for value in row) + "\n"
        for stamp, day, row in zip(stamps.tolist(), doy, rows, strict=True)
    )).encode()  # fmt: skip


# --- WDC hourly: rows (n, 24) in nT or degree, one a record, in the order of the file -------------------------------


def wdc_values(base: np.ndarray, hours: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """The format's arithmetic, for tables of whole numbers."""
    values = np.where(angle[:, None], base[:, None] + hours / 600.0, base[:, None] * 100.0 + hours)
    values[hours == 9999] = np.nan
    return values


def wdc_pandas(text: bytes) -> np.ndarray:
    columns = [(7, 8), (16, 20), *((at, at + 4) for at in range(20, 116, 4))]
    frame = pd.read_fwf(io.BytesIO(text), colspecs=columns, header=None)
    return wdc_values(frame[1].to_numpy(), frame.iloc[:, 2:].to_numpy(), frame[0].isin(["D", "I"]).to_numpy())


def wdc_slicing(text: bytes) -> np.ndarray:
    base, hours, angle = [], [], []
    for line in text.decode("ascii").splitlines():
        base.append(int(line[16:20]))
        angle.append(line[7] in "DI")
        hours.append([int(line[at : at + 4]) for at in range(20, 116, 4)])
    return wdc_values(np.array(base), np.array(hours), np.array(angle))


def wdc_numbers(text: bytes) -> None:
    by_element(parse(text, file="benchmark"))


def wdc_equal(source: Source, rows: np.ndarray) -> bool:
    """The reader's series hold the rows of a peer, each at its station's day (first of repeated records)."""
    (dataset,) = magnetometer_wdc_hourly.read(source).observations
    records = parse(source.data, file="benchmark")
    place = np.searchsorted(dataset["time"].values[::24], records.day.astype("datetime64[ns]"))
    equal = True
    for letter, name in magnetometer_wdc_hourly.VARIABLES.items():
        chosen = records.element == ord(letter)
        if chosen.any():
            ours, theirs = dataset[name].values.reshape(-1, 24)[place[chosen]], rows[chosen]
            fold = (theirs + 180.0) % 360.0 - 180.0 if letter == "D" else theirs
            equal &= np.allclose(ours, fold, rtol=0, atol=1e-9, equal_nan=True)
    return bool(equal)


# --- IAGA-2002: times and the four columns as the file prints them -------------------------------------------------


def filled(values: np.ndarray) -> np.ndarray:
    values[(values == 99999.0) | (values == 88888.0)] = np.nan
    return values


def iaga_pandas_fwf(text: bytes, skip: int) -> Table:
    columns = [(0, 10), (11, 23), *((at, at + 9) for at in (31, 41, 51, 61))]
    frame = pd.read_fwf(io.BytesIO(text), colspecs=columns, skiprows=skip, header=None)
    return pd.to_datetime(frame[0] + "T" + frame[1]).to_numpy(), filled(frame.iloc[:, 2:].to_numpy(float))


def iaga_pandas_csv(text: bytes, skip: int) -> Table:
    frame = pd.read_csv(io.BytesIO(text), sep=r"\s+", skiprows=skip, header=None)
    return pd.to_datetime(frame[0] + "T" + frame[1]).to_numpy(), filled(frame.iloc[:, 3:].to_numpy(float))


def iaga_split(text: bytes, skip: int) -> Table:
    times, rows = [], []
    for line in text.decode("latin-1").splitlines()[skip:]:
        day, clock, _, *numbers = line.split()
        times.append(f"{day}T{clock}")
        rows.append([float(number) for number in numbers])
    return np.array(times, "datetime64[ns]"), filled(np.array(rows))


def iaga_numbers(text: bytes) -> None:
    header = parse_header(text, file="benchmark")
    parse_lines(text, header, file="benchmark")


def iaga_equal(source: Source, table: Table) -> bool:
    """The reader's series hold a peer's table, angles (minutes of arc there) to 1e-12 degree."""
    (dataset,) = magnetometer_iaga2002.read(source).observations
    names = parse_header(source.data, file="benchmark").variables
    equal = bool((dataset["time"].values == table[0].astype("datetime64[ns]")).all())
    for column, name in enumerate(names):
        theirs = table[1][:, column] / (60 if name in ("declination", "inclination") else 1)
        equal &= np.allclose(dataset[name].values, theirs, rtol=0, atol=1e-12, equal_nan=True)
    return bool(equal)


# --- geomagpy, in an environment of its own ------------------------------------------------------------------------


def geomagpy(python: str, text: bytes, suffix: str) -> tuple[list[float], dict[str, np.ndarray]]:
    """Its processor times, and its columns."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / f"file{suffix}", Path(folder) / "columns.npz"
        path.write_bytes(text)
        command = [python, "-c", PEER_PROGRAM, str(path), str(out), str(PEER_REPEAT), str(SLOW_S)]
        told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=900).stdout
        with np.load(out) as columns:
            return json.loads(told.splitlines()[-1]), dict(columns)


def geomagpy_equal(source: Source, columns: dict[str, np.ndarray], names: tuple[str, ...]) -> bool:
    """Its columns are the reader's at its times (hourly means stamped half an hour later), and nothing is left out."""
    hourly = b"IAGA-2002" not in source.head
    (dataset,) = (magnetometer_wdc_hourly if hourly else magnetometer_iaga2002).read(source).observations
    times = columns["time"] - np.timedelta64(30 if hourly else 0, "m")
    at = np.isin(dataset["time"].values, times)
    return bool(at.sum() == len(times)) and all(
        np.allclose(dataset[name].values[at], columns[key], rtol=0, atol=1e-9, equal_nan=True)
        and np.isnan(dataset[name].values[~at]).all()
        for key, name in zip("xyzf", names, strict=True)
    )


# --- the run -------------------------------------------------------------------------------------------------------


def measure_wdc(packed: bytes, python: str | None, repeat: int) -> dict:
    source = Source.from_bytes("benchmark.wdc", packed)
    count = source.data.count(b"\n") * 24
    rows = {
        "soap, numbers": (count, seconds_of(lambda: wdc_numbers(source.data), repeat), True),
        "soap, read": (count, seconds_of(lambda: magnetometer_wdc_hourly.read(source), repeat), True),
        "soap, unpack and read": (
            count, seconds_of(lambda: magnetometer_wdc_hourly.read(Source.from_bytes("b", packed)), repeat), True),
        "pandas.read_fwf": (count, seconds_of(lambda: wdc_pandas(source.data), PEER_REPEAT),
                            wdc_equal(source, wdc_pandas(source.data))),
        "plain Python slicing": (count, seconds_of(lambda: wdc_slicing(source.data), PEER_REPEAT),
                                 wdc_equal(source, wdc_slicing(source.data))),
    }  # fmt: skip
    if python:
        lines = source.data.splitlines(keepends=True)
        part = Source("part.wdc", b"".join(line for line in lines if int(line[14:16] + line[3:5]) < 2005))
        seconds, columns = geomagpy(python, part.data, ".wdc")
        names = ("b_horizontal", "declination", "b_down", "b_total")
        rows["geomagpy (to 2004)"] = (part.data.count(b"\n") * 24, seconds, geomagpy_equal(part, columns, names))
    return table_of(rows)


def measure_iaga(packed: bytes, python: str | None, repeat: int) -> dict:
    source = Source.from_bytes("benchmark.min", packed)
    skip = parse_header(source.data, file="benchmark").line_count
    count = (source.data.count(b"\n") - skip) * 4
    rows = {
        "soap, numbers": (count, seconds_of(lambda: iaga_numbers(source.data), repeat), True),
        "soap, read": (count, seconds_of(lambda: magnetometer_iaga2002.read(source), repeat), True),
        "soap, unpack and read": (
            count, seconds_of(lambda: magnetometer_iaga2002.read(Source.from_bytes("b", packed)), repeat), True),
    }  # fmt: skip
    for label, peer in (("pandas.read_fwf", iaga_pandas_fwf), ("pandas.read_csv", iaga_pandas_csv),
                        ("plain Python split", iaga_split)):  # fmt: skip
        table = peer(source.data, skip)
        seconds = seconds_of(lambda peer=peer: peer(source.data, skip), PEER_REPEAT)
        rows[label] = (count, seconds, iaga_equal(source, table))
    if python:
        seconds, columns = geomagpy(python, source.data, ".min")
        known = set(parse_header(source.data, file="benchmark").variables)
        order = ("b_horizontal", "declination") if "declination" in known else ("b_magnetic_north", "b_magnetic_east")
        rows["geomagpy"] = (count, seconds, geomagpy_equal(source, columns, (*order, "b_down", "b_total")))
    return table_of(rows)


def table_of(rows: dict[str, tuple[int, list[float], bool]]) -> dict:
    """Million values a second, spread, and how many times faster our `read` is."""
    ours = statistics.median(rows["soap, read"][1]) / rows["soap, read"][0]
    return {
        label: {
            "values": count,
            "runs": len(seconds),
            "median_s": statistics.median(seconds),
            "fastest_s": min(seconds),
            "million_values_per_s": count / statistics.median(seconds) / 1e6,
            "times_slower_than_read": statistics.median(seconds) / count / ours,
            "values_equal": equal,
        }
        for label, (count, seconds, equal) in rows.items()
    }


def main() -> int:
    options = command_line(__doc__, repeat=7).parse_args()
    with python_of_peers(PEER) as python:
        result = {
            title: (measure_wdc if "wdc" in path else measure_iaga)(
                content(path), None if "KAK" in path else python, options.repeat
            )
            for title, path in FILES.items()
        }
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        for title, rows in result.items():
            print(f"\n{title}: {rows['soap, read']['values']:,} values")
            for label, row in rows.items():
                speed, factor = row["million_values_per_s"], row["times_slower_than_read"]
                equal = "equal" if row["values_equal"] else "NOT EQUAL"
                print(f"  {label:24s}{speed:8.2f} M values/s {factor:8.2f} x   {equal}")
    return 0 if all(row["values_equal"] for rows in result.values() for row in rows.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
