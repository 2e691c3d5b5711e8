"""Ingests two folders in child processes, kills them at random moments, lets another finish, prints what differs.

    python kill_points.py OURS THEIRS WORK SEED KILLS [SERVER]

Prints one JSON object: `kills` (of ingests that were not done), and `faults`, which must be empty. An ingest is killed
up to five times on its way. After the first kill the archive must be in one of the states that an undisturbed ingest
passes through; after each, no file may be there in part; and at last it must be in the state that an undisturbed
ingest ends in.
"""

import itertools
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import archive_state
import trials

from soap.archive import Archive

_KILLS = 5


def undisturbed(settings, folders) -> dict:
    """All states that an ingest passes through, the last one as its facts are, and how long it took."""
    archive = Archive.open(settings)
    passed = [archive_state.digest(archive, history=True)]
    began = time.perf_counter()
    looking = 0.0

    def look() -> None:
        nonlocal looking
        start = time.perf_counter()
        passed.append(archive_state.digest(archive, history=True))
        looking += time.perf_counter() - start

    trials.watch_publishing(look)
    trials.take(settings, folders)
    duration = time.perf_counter() - began - looking
    return {"passed": passed, "duration": duration, "end": finish(settings, folders)}


def finish(settings, folders) -> dict:
    """What a person would do after a power cut, and what they see then."""
    found = trials.check(settings)
    first, second = trials.take(settings, folders), trials.take(settings, folders)
    end = trials.check(settings)
    return {
        "losses": found["losses"] + end["losses"],
        "orphans": found["orphans"] + end["orphans"],
        "uncounted": [one["files"] - one["new"] - one["duplicates"] - len(one["quarantined"]) for one in first],
        "second_run": [[one["new"], one["granules"]] for one in second],
        "state": archive_state.digest(Archive.open(settings)),
        "files": archive_state.files(Archive.open(settings)),
    }


def look(settings) -> dict:
    """What readers see after a kill."""
    archive = Archive.open(settings)
    return {"state": archive_state.digest(archive, history=True), "files": archive_state.files(archive)}


def in_part(seen: dict, end: dict) -> list[str]:
    """Files that are there otherwise than at the end."""
    return [name for name, made in seen["files"].items() if made != end["files"][name]]


def main() -> None:
    folders, work = [Path(sys.argv[1]), Path(sys.argv[2])], Path(sys.argv[3])
    rng, wanted_kills = random.Random(int(sys.argv[4])), int(sys.argv[5])
    places = trials.Places(work, sys.argv[6] if len(sys.argv) > 6 else "")
    trials.spare_time()
    trials.read_once()
    trials.publish_every(sum(len(list(folder.iterdir())) for folder in folders) // 20)
    trials.take(places.make("learnt"), folders)  # what is learnt and loaded at first use is not repeated in each child
    wanted = trials.answer(lambda: undisturbed(places.make("undisturbed"), folders), work / "undisturbed.json")
    trials.done(lambda: Archive.open(places.make("empty")))
    kills, faults = 0, []
    for trial in itertools.count():
        if kills >= wanted_kills or faults:
            break
        name = f"trial_{trial}"
        settings, paper = places.make(name, like="empty"), work / f"{name}.json"
        for number in range(_KILLS):
            child = trials.start(lambda settings=settings: trials.take(settings, folders))
            time.sleep(rng.uniform(0, 0.5 * wanted["duration"]))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):
                break
            kills += 1
            seen = trials.answer(lambda settings=settings: look(settings), paper)
            known = number or seen.get("state") in wanted["passed"]
            if "failed" in seen or not known or in_part(seen, wanted["end"]):
                faults.append({"trial": trial, "number": number, "seen": seen})
        found = trials.answer(lambda settings=settings: finish(settings, folders), paper)
        if found != wanted["end"]:
            faults.append({"trial": trial, "found": found, "wanted": wanted["end"]})
        places.drop(name)
    print(json.dumps({"kills": kills, "faults": faults, "passed": len(wanted["passed"])}))


main()
