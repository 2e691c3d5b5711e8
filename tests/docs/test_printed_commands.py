"""README, tutorial and how-to pages are run: every `sh` block, then every `python` block, in order, page by page.

Each page runs in an empty folder beside which `../shared` is the folder of real observations, with `studies/` and the
files that the page supposes its reader to have (`FILES`). A comment `<!-- not run: reason -->` on the line before a
block leaves it out; so does `make`, which runs these tests: of it, that the targets exist is tested. Pages whose blocks
are one module and its tests are run by `test_printed_modules.py`.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from soap.testing import data

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "tutorial").glob("*.md"))]
PAGES += [page for page in sorted((ROOT / "docs" / "how-to").glob("*.md")) if not page.name.startswith("add-a-")]
BLOCK = re.compile(r"(?:<!-- not run: (?P<reason>[^>]+) -->\n)?```(?P<language>sh|python)\n(?P<code>.*?)```", re.DOTALL)

HOURLY = "ground/geomag/wdc-hourly"
KAGGLE = "ground/earthquakes/usgs_M5.5plus_1965-2016_kaggle.csv.gz"
COMCAT = "ground/earthquakes/usgs_M5plus_2013-2023.csv.gz"
STATIONS = "ground/geomag/observatories.csv"
CELESTRAK = "ground/indices/SW-All_celestrak.txt.gz"
CODE = "ground/ionex/codg0010.16i.Z"
GNSS = "ground/gnss/2020-001"
AIRA = {
    "observations/aira0010.crx.gz": f"{GNSS}/AIRA00JPN_R_20200010000_01D_30S_MO.crx.gz",
    "orbits/COD20863.EPH.Z": f"{GNSS}/COD20863.EPH.Z",
    "biases/P1P22001_ALL.DCB.Z": f"{GNSS}/P1P22001_ALL.DCB.Z",
    "biases/P1C12001.DCB.Z": f"{GNSS}/P1C12001.DCB.Z",
}
FILES = {
    "README.md": {},
    "first-study.md": {},
    "tec-for-your-receiver.md": {**AIRA, "maps/codg0010.20i.Z": "ground/ionex/codg0010.20i.Z"},
    "compute-tec.md": AIRA,
    "accounts-and-tokens.md": {"observations/events.csv": COMCAT},
    "ingest-and-find.md": {
        "observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz",
        "observations/codg0010.16i": CODE,
        "observations/observatories.csv": STATIONS,
        "catalogue.csv": COMCAT,
    },
    "around-an-earthquake.md": {"observations/codg0010.16i": CODE, "catalogue.csv": COMCAT},
    "read-objects-directly.md": {
        "observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz",
        "observations/codg0010.16i": CODE,
    },
    "back-up-and-restore.md": {"observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz"},
    "import-your-data.md": {},
    "run-jobs.md": {"observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz"},
    "make-a-regional-map.md": {
        "observations/AIRA00JPN.crx.gz": "ground/gnss/2020-001/AIRA00JPN_R_20200010000_01D_30S_MO.crx.gz",
        "observations/ANMG00MYS.crx.gz": "ground/gnss/2020-001/ANMG00MYS_R_20200010000_01D_30S_MO.crx.gz",
        "observations/BAKO00IDN.crx.gz": "ground/gnss/2020-001/BAKO00IDN_R_20200010000_01D_30S_MO.crx.gz",
        "observations/BIK000KGZ.crx.gz": "ground/gnss/2020-001/BIK000KGZ_R_20200010000_01D_30S_MO.crx.gz",
        "observations/CCJ200JPN.crx.gz": "ground/gnss/2020-001/CCJ200JPN_R_20200010000_01D_30S_MO.crx.gz",
        "COD20863.EPH.Z": "ground/gnss/2020-001/COD20863.EPH.Z",
        "P1C12001.DCB.Z": "ground/gnss/2020-001/P1C12001.DCB.Z",
        "P1P22001_ALL.DCB.Z": "ground/gnss/2020-001/P1P22001_ALL.DCB.Z",
    },
    "move-to-a-server.md": {
        "observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz",
        "observations/events.csv": COMCAT,
    },
    "read-earthquake-catalogues.md": {"query.csv": COMCAT, "catalogues/query.csv": COMCAT},
    "read-geomagnetic-files.md": {
        "MMB_1996-2013.wdc.gz": f"{HOURLY}/MMB_1996-2013.wdc.gz",
        "TND_2001-2006.wdc.gz": f"{HOURLY}/TND_2001-2006.wdc.gz",
        "geomag/mmb201103.min": "ground/geomag/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz",
        "observatories.csv": STATIONS,
    },
    "read-gnss-observations.md": {
        "CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz": ("ground/gnss/2024-010/CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz"),
    },
    "read-indices.md": {"SW-All.txt": CELESTRAK, "indices/SW-All.txt": CELESTRAK},
    "read-ionosphere-files.md": {"codg0010.16i.Z": CODE},
    "read-with-hapi.md": {
        "observations/mmb201103.min": "ground/geomag/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz",
    },
    "run-a-node.md": {"observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz"},
    "run-a-server.md": {"observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz"},
    "search-with-stac.md": {"observations/codg0010.16i": CODE},
    "send-from-a-station.md": {"observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz"},
    "share-under-terms.md": {
        "observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz",
        "observations/events.csv": COMCAT,
    },
    "use-from-python.md": {
        "observations/mmb201103.min": "ground/geomag/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz",
        "observations/catalogue.csv": KAGGLE,
    },
    "be-told.md": {"observations/catalogue.csv": COMCAT},
    "watch-stations.md": {
        "observations/mmb201103.min": "ground/geomag/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz",
        "observations/observatories.csv": STATIONS,
    },
    "write-a-study.md": {
        "observations/gua.wdc": f"{HOURLY}/GUA_1996-2013.wdc.gz",
        "observations/mmb.wdc": f"{HOURLY}/MMB_1996-2013.wdc.gz",
        "observations/observatories.csv": STATIONS,
        "observations/catalogue.csv": KAGGLE,
        "observations/indices.txt": CELESTRAK,
    },
}
FILES["run-on-many-cores-or-dask.md"] = FILES["write-a-study.md"]
WITH_ITS_ARCHIVE = {"first-study.md": (ROOT / "docs" / "reference" / "archive-layout.md",)}
"""Pages whose snippets read the archive that another page has made."""


PORT = "8786"
"""Dask's own, in whose place a free one is put: two runs of these tests may go on at once."""

ON_SERVERS = {"move-to-a-server.md": "observations"}
"""Pages that need a database and a bucket, and the name of both."""


def blocks(page: Path) -> list[re.Match]:
    """The page's `sh` and `python` blocks that are to be run."""
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [block for block in found if not block["reason"] and not block["code"].startswith("make ")]


def test_every_page_with_commands_says_what_it_needs():
    assert {page.name for page in PAGES if blocks(page)} <= set(FILES)


def test_every_printed_make_target_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        named = re.findall(r"^(?: {4})?make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(named) <= targets, f"{page.name}: no such target: {set(named) - targets}"


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(command: list[str], here: Path, surroundings: dict[str, str]) -> tuple[int, str]:
    """Exit code and standard error of a command; what it has started and not ended is ended."""
    with subprocess.Popen(
        command, cwd=here, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as started:  # fmt: skip
        try:
            said = started.communicate()[1]
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
    return started.returncode, said


def desk(tmp_path: Path, page: Path) -> Path:
    """The folder in which a reader of the page sits, `soap` on its `bin`."""
    here = tmp_path / "soap"
    (here / "bin").mkdir(parents=True)
    (here / "studies").symlink_to(ROOT / "studies")
    (tmp_path / "shared").mkdir()
    if data.ROOT.is_dir():
        (tmp_path / "shared" / "data").symlink_to(data.ROOT.resolve())
    for name, source in FILES[page.name].items():
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).symlink_to(data.real(source).resolve())
    for name, started in (
        ("soap", '-c "from soap.systems.seismo_ionospheric import main; main()"'),
        ("dask", "-m dask"),
        ("python", ""),
    ):
        program = here / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {started} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    if "my-study.toml" in page.read_text(encoding="utf-8"):
        written = (ROOT / "docs" / "how-to" / "write-a-study.md").read_text(encoding="utf-8")
        study = re.search(r"```toml\n(.*?)```", written, re.DOTALL)
        (here / "my-study.toml").write_text(study[1], encoding="utf-8")
    return here


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.stem)
def test_a_page_can_be_followed_as_printed(page, tmp_path, request):
    if any("../shared/data" in block["code"] for block in blocks(page)):
        data.real("ground")
    here = desk(tmp_path, page)
    texts = [page, *WITH_ITS_ARCHIVE.get(page.name, ())]
    python = "\n".join(block["code"] for text in texts for block in blocks(text) if block["language"] == "python")
    shell = "".join(block["code"] for block in blocks(page) if block["language"] == "sh")
    (here / "page.sh").write_text(f"set -eux\n{shell.replace(PORT, free_port())}", encoding="utf-8")
    (here / "page.py").write_text(python, encoding="utf-8")
    path = os.pathsep.join([str(here / "bin"), os.environ["PATH"]])
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("SOAP_")}
    surroundings |= {"PATH": path, "HOME": str(tmp_path)}
    if page.name in ON_SERVERS:
        database, store = (request.getfixturevalue(name) for name in ("postgresql_server", "s3_server"))
        database.new_database(ON_SERVERS[page.name])
        store.new_bucket(ON_SERVERS[page.name])
        surroundings |= database.surroundings | store.surroundings
    for command in (["sh", "page.sh"], [sys.executable, "page.py"]):
        code, said = run(command, here, surroundings)
        assert code == 0, f"{page.name}, exit code {code}:\n{said[-3000:]}"
        assert "Traceback" not in said
