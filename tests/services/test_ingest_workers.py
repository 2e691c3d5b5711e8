"""Ingest by others: local processes and Dask leave the archive, and say of it, what one process does."""

from __future__ import annotations

import itertools
import json

import pytest
from sqlalchemy import select

from soap.archive import Archive, query
from soap.archive.schema import contribution, granule, original, quarantine, version
from soap.core.settings import Settings
from soap.services.ingest import ingest
from soap.services.work import HERE, workers
from soap.testing.tiny import COMPOSITION, tiny

QUAKE = {"event_id": "us1", "latitude": 36.0, "longitude": 140.0, "depth_km": 10, "magnitude": 6.0}


@pytest.fixture
def handed_in(tmp_path):
    """134 files, more than two batches: of a granule several, corrections, duplicates, and some of which nothing comes.

    Their order matters: of two files with the same hour the later is to win.
    """
    folder = tmp_path / "handed in"
    folder.mkdir()
    for number, code in itertools.product(range(20), ("kak", "mmb", "kny")):
        values = [number, None, number + 2, *range(20)]
        maturity = "definitive" if number % 7 == 0 else "provisional"
        content = tiny(
            code=code, start=f"2016-04-{number // 2 + 1:02}", values=values, maturity=maturity, notes=[f"n{number}"]
        )
        (folder / f"{number:03}-{code}").write_bytes(content)
        if number % 5 == 0:
            (folder / f"{number:03}-{code} again").write_bytes(content)
    for number in range(20):
        (folder / f"{number:03}-cut").write_bytes(tiny(code="kak", start="2016-04-01", values=[number])[:-3])
        (folder / f"{number:03}-letter").write_bytes(b"a letter, number %d" % number)
        event = {**QUAKE, "event_id": f"us{number}", "time": f"2016-04-{number + 1:02}"}
        (folder / f"{number:03}-quakes").write_bytes(tiny(events=[event]))
    (folder / "real and simulated").write_bytes(tiny(code="kak", start="2016-05-01", values=[1], simulated=1))
    (folder / "stations").write_bytes(
        tiny(stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2, "height_m": 36.0}])
    )
    return folder


def state(archive, viewer):
    """All that is held, but for when it was recorded."""
    with archive.catalogue.reading() as connection:
        of = select(granule.c.granule_id, version, granule.c.period).join(version, version.c.granule == granule.c.id)
        rows = [row._asdict() for row in connection.execute(of.order_by(version.c.id))]
        made = select(granule.c.granule_id, contribution.c.original).join(
            granule, granule.c.id == contribution.c.granule
        )
        kept = select(original.c.sha256, original.c.name, original.c.bytes, original.c.reader)
        refused = select(quarantine.c.sha256, quarantine.c.name, quarantine.c.reason, quarantine.c.kept)
        told = {
            "versions": [
                {name: value for name, value in row.items() if not name.startswith("recorded_")}
                | {"current": row["recorded_to"] > row["recorded_from"] + 10**17}
                for row in rows
            ],
            "contributions": {tuple(row) for row in connection.execute(made)},
            "originals": {tuple(row) for row in connection.execute(kept)},
            "quarantine": {tuple(row) for row in connection.execute(refused)},
        }
    told["objects"] = {prefix: set(archive.objects.keys(prefix)) for prefix in ("objects", "originals", "quarantine")}
    told["stations"] = query.stations(archive, viewer)
    return told


def taken(settings, viewer, folder, crew):
    archive = Archive.open(settings)
    seen = []
    report = ingest(viewer, archive, COMPOSITION, [folder], lambda *at: seen.append(at), workers=crew)
    return archive, report, seen


def test_the_same_archive_and_report_whoever_reads(settings, scheduler, me, tmp_path, handed_in):
    """The oracle is one process on an embedded archive: neither executor nor back end may show."""
    alone = Settings(archive=tmp_path / "alone", catalogue="", objects="")
    expected = taken(alone, me, handed_in, HERE)
    assert expected[1].new == 60 + 20 + 1
    assert expected[1].duplicates == 12
    assert len(expected[1].quarantined) == 41
    with workers(scheduler or "local:2", trial_s=0) as crew:
        found = taken(settings, me, handed_in, crew)
        assert crew._executor is not None  # others did it
    assert json.dumps(found[1].as_json()) == json.dumps(expected[1].as_json())
    assert found[1].granules == expected[1].granules
    assert found[2] == expected[2]
    assert state(found[0], me) == state(expected[0], me)
