"""Ingests two folders by one process into one archive, and by two at once into another; prints what each holds.

python at_once.py OURS THEIRS WORK [SERVER]
"""

import json
import sys
from functools import partial
from pathlib import Path

import archive_state
import trials

from soap.archive import Archive
from soap.archive.verify import verify

trials.publish_every(24)


def report(settings, folders, paper) -> None:
    """Ingest, and write down what became of the files."""
    paper.write_text(json.dumps(trials.take(settings, folders)))


def main() -> None:
    folders, work = [Path(sys.argv[1]), Path(sys.argv[2])], Path(sys.argv[3])
    places = trials.Places(work, sys.argv[4] if len(sys.argv) > 4 else "")
    found = {}
    for name, writers in (("alone", 1), ("both", 2)):
        settings = places.make(name)
        papers = [work / f"{name}.{number}.json" for number in range(writers)]
        children = [trials.start(partial(report, settings, folders, paper)) for paper in papers]
        assert [trials.ended(child) for child in children] == [0] * writers
        reports = [json.loads(paper.read_text()) for paper in papers]
        archive = Archive.open(settings)
        found[name] = {
            "state": archive_state.digest(archive),
            "new": sum(one["new"] for report in reports for one in report),
            "losses": [loss.key for loss in verify(archive, trials.ME).losses],
        }
        archive.catalogue.engine.dispose()
    print(json.dumps(found))


main()
