"""Nodes as processes of their own, over links that are cut, stall and corrupt, killed at any moment."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx2
import pytest

from soap.archive import Archive, nodes
from soap.archive.verify import verify
from soap.core.errors import BadFile, NotFound, WorkFailed
from soap.core.settings import Settings
from soap.services.sync.link import Link
from soap.services.sync.run import sync
from soap.testing.cut_link import relay_to
from soap.testing.nodes import Node, ever_held, held
from soap.testing.web import OWNER, serving

pytestmark = pytest.mark.slow

MAIN = "from soap.systems.seismo_ionospheric import main; main()"
MEMBERS = ("CHN", "PAK", "IRN")
KILLS, MOST_RUNS = 6, 28
LITTLE_MORE = 20_000
"""Bytes that a run is given beyond those after which it is to be killed, so that it is killed at its work, too."""


def node(tmp_path, name):
    """A node whose archive is served by a process; it is written to from here."""
    archive = Archive.open(Settings(archive=tmp_path / name, catalogue="", objects=""))
    return Node(name, archive, None)


def fill(one, provider, chance, count=25):
    for number in range(count):
        code, year = chance.choice(("kak", "mmb", "kny")), chance.randint(2000, 2005)
        values = [chance.uniform(0, 1e4) for _ in range(chance.randint(1, 2000))]
        month, day = 1 + number % 12, 1 + number % 28
        one.hand_in(provider, code=code, start=f"{year}-{month:02}-{day:02}", values=values, step=60, cadence="PT1H")
    for code in ("kak", "mmb", "kny"):
        one.open_all(f"geomagnetism.{code}.pt1h", provider)


def command(mirror, source, *options):
    words = [sys.executable, "-c", MAIN, "sync", source, "--archive", str(mirror.archive.folder), "--json", *options]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_once(mirror, source):
    """One run in this process, over the network; why it failed, if it did."""
    known = nodes.find_node(mirror.archive, OWNER, source)
    link = Link(known.url, "", client=httpx2.Client(timeout=5))
    try:
        report = sync(OWNER, mirror.archive, source, link)
    except (WorkFailed, BadFile, NotFound) as error:
        return str(error)
    finally:
        link.close()
    return "" if report.converged else "not in step"


def port_of(url):
    return int(url.rpartition(":")[2])


def killed_in_midst(run, relay, size, later):
    """Kill a run `later` [s] than it has been given so many bytes; False if it ended by itself before.

    It cannot end in the meantime on a fast machine: what follows a little later is held back until it is killed.
    """
    reached = relay.came_back + size
    relay.hold_after(size + LITTLE_MORE)
    while run.poll() is None and relay.came_back < reached:
        time.sleep(0.002)
    time.sleep(later)
    run.kill()
    out, err = run.communicate()
    relay.go_on()
    if run.returncode == -signal.SIGKILL:
        return True
    check_ended(run.returncode, out, err)
    return False


def check_ended(status, out, err):
    """A run that ended by itself is in step with its node, or has said why not."""
    assert "Traceback" not in err
    assert json.loads(out)["converged"] if status == 0 else (status == 1 and err), (status, out, err)


@pytest.mark.parametrize("seed", [5])
def test_a_run_that_is_killed_and_a_link_that_is_cut_end_in_the_same(tmp_path, seed):
    """What readers find at the mirror meanwhile is, of each granule, what they found at its node once."""
    chance = random.Random(seed)
    chn, pak = node(tmp_path, "chn"), node(tmp_path, "pak")
    fill(chn, "CHN", chance)
    with ExitStack() as stack:
        url, _ = stack.enter_context(serving(chn.archive.folder))
        relay = stack.enter_context(relay_to("127.0.0.1", port_of(url), seed=seed))
        relay.cut_between = (2_000, 60_000)
        nodes.add_node(pak.archive, OWNER, "chn", relay.url, ["CHN"])
        killed = 0
        for number in range(1, MOST_RUNS + 1):
            size, later = chance.randint(500, 40_000), chance.uniform(0, 0.1)
            killed += killed_in_midst(command(pak, "chn"), relay, size, later)
            assert held(pak.archive) <= ever_held(chn.archive)
            if killed == KILLS:
                break
            chn.hand_in("CHN", code="kak", start=f"2006-01-{number:02}", values=[number])
            fill(chn, "CHN", chance, count=3)
        assert killed == KILLS
        for _ in range(MOST_RUNS):
            run = command(pak, "chn")
            out, err = run.communicate(timeout=60)
            check_ended(run.returncode, out, err)
            if run.returncode == 0:
                break
        assert run.returncode == 0, err
        assert relay.cuts > 3
        assert held(pak.archive) == held(chn.archive)
        assert verify(pak.archive, OWNER).clean
        relay.cut_between = None
        again = command(pak, "chn")
        out, _ = again.communicate(timeout=60)
        assert (again.returncode, json.loads(out)["objects"]) == (0, 0)


def test_a_link_that_corrupts_gives_nothing_false(tmp_path):
    chance = random.Random(6)
    chn, pak = node(tmp_path, "chn"), node(tmp_path, "pak")
    fill(chn, "CHN", chance, count=10)
    with serving(chn.archive.folder) as (url, _), relay_to("127.0.0.1", port_of(url), seed=6) as relay:
        nodes.add_node(pak.archive, OWNER, "chn", relay.url, ["CHN"])
        relay.corrupt = 0.05
        for _ in range(5):
            run_once(pak, "chn")
            assert {name for name, _ in held(pak.archive)} <= {name for name, _ in held(chn.archive)}
            assert {sums for _, sums in held(pak.archive)} <= {sums for _, sums in held(chn.archive)}
        relay.corrupt = 0.0
        assert run_once(pak, "chn") == ""
        assert held(pak.archive) == held(chn.archive)


def test_a_link_that_stalls_is_left(tmp_path):
    chn, pak = node(tmp_path, "chn"), node(tmp_path, "pak")
    chn.hand_in("CHN", code="kak", start="2016-01-01", values=[1])
    with serving(chn.archive.folder) as (url, _), relay_to("127.0.0.1", port_of(url)) as relay:
        nodes.add_node(pak.archive, OWNER, "chn", relay.url, ["CHN"])
        relay.stall = True
        link = Link(relay.url, "", client=httpx2.Client(timeout=1), tries=2)
        begun = time.monotonic()
        with pytest.raises(WorkFailed, match="failed 2 times, last: ReadTimeout"):
            sync(OWNER, pak.archive, "chn", link)
        assert time.monotonic() - begun < 20


def test_three_nodes_in_a_ring_hold_the_same_and_obey_what_is_set_meanwhile(tmp_path):
    """Each takes its neighbour's data, and the third's by way of the neighbour; all at once, over cut links."""
    chance = random.Random(7)
    ring = [node(tmp_path, name) for name in ("chn", "pak", "irn")]
    for one, code in zip(ring, MEMBERS, strict=True):
        fill(one, code, chance, count=8)
    with ExitStack() as stack:
        relays = []
        for at, one in enumerate(ring):
            url, _ = stack.enter_context(serving(ring[at - 1].archive.folder))
            relays.append(stack.enter_context(relay_to("127.0.0.1", port_of(url), seed=at)))
            relays[-1].cut_between = (5_000, 200_000)
            theirs = [code for code in MEMBERS if code != MEMBERS[at]]
            nodes.add_node(one.archive, OWNER, "neighbour", relays[-1].url, theirs)

        def all_at_once():
            with ThreadPoolExecutor(3) as threads:
                list(threads.map(run_once, ring, ["neighbour"] * 3))

        for _ in range(12):
            all_at_once()
            if len({frozenset(held(one.archive)) for one in ring}) == 1:
                break
        everything = held(ring[0].archive)
        assert everything == held(ring[1].archive) == held(ring[2].archive)
        name = next(name for name, _ in sorted(everything) if name.endswith(":CHN"))
        ring[0].put_under("granule", name, embargo_until=4 * 10**15)
        for relay in relays:
            relay.cut_between = None
        for _ in range(2):  # one a step on the way round
            all_at_once()
        for one in ring[1:]:
            assert name not in dict(held(one.archive))
        ring[0].put_under("granule", name, embargo_until=None)
        for _ in range(2):
            all_at_once()
        assert held(ring[0].archive) == held(ring[1].archive) == held(ring[2].archive) == everything
