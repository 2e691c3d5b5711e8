"""Files of every kind that meets its like: series that overlap in several finalities, earthquakes that move over new
year, station lists that place them, files handed in twice, rubbish; half of them from a member, half from nobody."""

import random
from pathlib import Path

from soap.testing.tiny import tiny

CODES = ("kak", "kny", "mmb", "thj", "wmq", "kas")
MATURITIES = ("variation", "provisional", "quasi-definitive", "definitive")


def write_files(folder: Path, number: int, seed: int) -> tuple[Path, Path]:
    """Write `number` files, half of them in each of two folders, which are given."""
    rng = random.Random(seed)
    folders = folder / "ours", folder / "theirs"
    for one in folders:
        one.mkdir(parents=True)
    for count in range(number):
        kind = rng.choices(("series", "events", "stations", "rubbish", "again"), (60, 12, 5, 8, 15))[0]
        content = {"series": series, "events": events, "stations": stations, "rubbish": rubbish}.get(kind)
        here = folders[count % 2]
        held = sorted(here.iterdir())
        again = rng.choice(held).read_bytes() if kind == "again" and held else None
        (here / f"{count:03d}.tiny").write_bytes(again or (content or series)(rng, count))
    return folders


def series(rng: random.Random, count: int) -> bytes:
    """A few days of hours, some about new year."""
    month, day = rng.choice(((1, 1), (2, 10), (12, 30)))
    return tiny(
        code=rng.choice(CODES),
        start=f"{rng.choice((2015, 2016))}-{month:02d}-{day:02d}",
        values=[rng.choice((None, count, float(hour))) for hour in range(rng.randint(6, 60))],
        maturity=rng.choice(MATURITIES),
    )


def events(rng: random.Random, count: int) -> bytes:
    """Earthquakes known by few names, so that each is revised often and over new year."""
    times = ("2015-12-31T23:59:58", "2016-01-01T00:00:03", "2016-06-01T00:00:00")
    some = [
        {
            "event_id": f"us{name}",
            "time": rng.choice(times),
            "latitude": 10.0 + name,
            "longitude": 20.0,
            "depth_km": 10.0,
            "magnitude": 5.0 + count / 1000,
        }
        for name in rng.sample(range(8), 3)
    ]
    return tiny(events=some)


def stations(rng: random.Random, count: int) -> bytes:
    """Where some of the series stand."""
    return tiny(
        stations=[
            {"code": code.upper(), "latitude": 30.0 + count / 100, "longitude": 140.0} for code in rng.sample(CODES, 2)
        ]
    )


def rubbish(rng: random.Random, count: int) -> bytes:
    """No format, or a known one that is damaged."""
    return rng.choice((rng.randbytes(300), b'TINY {"code": ' + bytes(str(count), "ascii")))
