"""Ingests a folder in child processes, kills each at a random moment, lets another finish, and prints what differs.

    python kill_points.py FILES WORK SEED TRIALS

Prints one JSON object: `trials`, `interrupted` (killed before they were done), and `faults`, which must be empty. A
child is a fork of this process, so that hundreds of trials cost no start-up.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from soap.archive import Archive, Selection, query
from soap.archive.verify import verify
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services import ingest
from soap.testing.tiny import COMPOSITION

ME = folder_owner("tester")
ingest._BATCH_FILES = 3


def in_child(work) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return child


def take(folder: Path, files: Path) -> dict:
    return ingest.ingest(ME, Archive.open(Settings(archive=folder)), COMPOSITION, [files]).as_json()


def finish(folder: Path, files: Path, answer: Path) -> None:
    """What a person would do after a power cut."""
    archive = Archive.open(Settings(archive=folder))
    after_crash = verify(archive, ME, repair=True)
    left = verify(archive, ME)
    report = take(folder, files)
    again = take(folder, files)
    end = verify(archive, ME)
    granules = {one.granule_id: one.sha256 for one in query.granules(archive, ME, Selection())}
    events = len(query.events(archive, ME))
    answer.write_text(
        json.dumps(
            {
                "losses": [loss.key for run in (after_crash, left, end) for loss in run.losses],
                "orphans": [*left.orphans, *end.orphans],
                "files": report["files"] - report["new"] - report["duplicates"] - len(report["quarantined"]),
                "second_run": [again["new"], again["granules"]],
                "granules": granules,
                "events": events,
                "stations": len(query.stations(archive, ME)),
                "originals": end.originals,
                "quarantined": end.quarantined,
            }
        )
    )


def finished(folder: Path, files: Path) -> dict:
    answer = folder.with_suffix(".json")
    _, status = os.waitpid(in_child(lambda: finish(folder, files, answer)), 0)
    return json.loads(answer.read_text()) if status == 0 else {"failed": status}


def main() -> None:
    files, work, rng, trials = Path(sys.argv[1]), Path(sys.argv[2]), random.Random(int(sys.argv[3])), int(sys.argv[4])
    take(work / "first", files)  # what is learnt and loaded at first use is not repeated in every child
    finish(work / "first", files, work / "first.json")
    began = time.perf_counter()
    os.waitpid(in_child(lambda: take(work / "timing", files)), 0)
    duration = time.perf_counter() - began
    undisturbed = finished(work / "undisturbed", files)
    interrupted, faults = 0, []
    for trial in range(trials):
        folder = work / str(trial)
        child = in_child(lambda folder=folder: take(folder, files))
        time.sleep(rng.uniform(0, duration))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        interrupted += os.WIFSIGNALED(status)
        outcome = finished(folder, files)
        if outcome != undisturbed:
            faults.append({"trial": trial, "outcome": outcome, "expected": undisturbed})
    print(json.dumps({"trials": trials, "interrupted": interrupted, "faults": faults}))


main()
