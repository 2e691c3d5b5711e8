"""Does each kind of publication in child processes, disturbs each at one step after another, and prints what differs.

    python step_points.py WORK KIND ACTION PART PARTS [SERVER]

ACTION is one of `steps.ACTIONS`; every PARTS-th step is disturbed, from the PART-th. Prints one JSON object: `steps`
(their names), `trials`, `faults`, which must be empty, and `errors`, what an ingest said of a disk that failed.
"""

import json
import sys
from functools import partial
from pathlib import Path

import archive_state
import steps
import trials

from soap.archive import Archive, Selection, named_keys, publish, query, terms
from soap.archive.backup import backup, restore
from soap.archive.policy import Terms
from soap.archive.products import keep
from soap.core.errors import ArchiveError
from soap.core.settings import Settings
from soap.testing.tiny import tiny

publish._WRITERS = 1  # so that steps come in one order
publish.publish.__kwdefaults__["most_added"] = 1  # so that of two days one is added and one written with the others
named_keys.several_at_once.__defaults__ = (1,)
QUAKE = {"latitude": 1, "longitude": 2, "depth_km": 3, "magnitude": 5}
DAYS = [float(hour) for hour in range(48)]
RUBBISH = b'TINY {"code": "oops"}'


def before(work: Path, settings: Settings, kind: str) -> None:
    """What is held before: a year in one finality, an earthquake before new year, a file that could not be read. To be
    restored, it is in a backup, and nothing in the archive.
    """
    first = work / "first"
    first.mkdir()
    (first / "a.tiny").write_bytes(tiny(code="kak", start="2015-12-31", values=DAYS, maturity="provisional"))
    (first / "b.tiny").write_bytes(tiny(events=[{**QUAKE, "event_id": "us1", "time": "2015-12-31T23:59:59"}]))
    (first / "c.tiny").write_bytes(tiny(code="later", start="2016-01-01", values=[1, 2, 3]))
    (first / "d.tiny").write_bytes(RUBBISH)
    second = work / "second"
    second.mkdir()
    (second / "a.tiny").write_bytes(tiny(code="kak", start="2015-12-31T12", values=DAYS[::-1], maturity="definitive"))
    (second / "b.tiny").write_bytes(tiny(events=[{**QUAKE, "event_id": "us1", "time": "2016-01-01T00:00:01"}]))
    (second / "c.tiny").write_bytes(tiny(code="new", start="2016-05-01", values=DAYS))
    (second / "d.tiny").write_bytes(tiny(stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2}]))
    (second / "e.bin").write_bytes(b"what is this" * 50)
    days = work / "days"
    days.mkdir()
    for day in (2, 3):
        content = tiny(code="later", start=f"2016-01-0{day}", values=[1.0 * day, 2.0, None])
        (days / f"{day}.tiny").write_bytes(content)
    archive = Archive.open(Settings(archive=work / "source") if kind == "restore" else settings)
    trials.ingest.ingest(trials.ME, archive, trials.COMPOSITION, [first])
    held = (second / "a.tiny").read_bytes()  # to be read as if an older program had not known how
    publish.quarantine_files(archive, trials.ME, [publish.Unreadable("a.tiny", held, "no format read here")])
    Archive.open(settings).catalogue.engine.dispose()
    if kind == "backup":
        Archive.open(copy_of(settings)).catalogue.engine.dispose()
    if kind == "restore":
        backup(archive, trials.ME, work / "backup")
    archive.catalogue.engine.dispose()


def ingest(work: Path, settings: Settings) -> None:
    """Corrections of series, an earthquake that moves, a station list, rubbish, a file that could not be read."""
    trials.ingest.ingest(trials.ME, Archive.open(settings), trials.COMPOSITION, [work / "second"])


def days(work: Path, settings: Settings) -> None:
    """A station's next days, each handed in when it is over: one is added, with the other all is written anew."""
    archive = Archive.open(settings)
    for path in sorted((work / "days").iterdir()):
        trials.ingest.ingest(trials.ME, archive, trials.COMPOSITION, [path])


def product(work: Path, settings: Settings) -> None:
    """A product of all that is held."""
    archive = Archive.open(settings)
    inputs = [f"{one.granule_id}@{one.version}" for one in query.granules(archive, trials.ME, Selection())]
    keep(archive, trials.ME, "study", "A study", b"{}", "application/json", inputs)


def set_terms(work: Path, settings: Settings) -> None:
    """Other terms for a collection and all its granules."""
    archive = Archive.open(settings)
    subject = terms.Subject("collection", "geomagnetism.kak.pt1h")
    terms.set_terms(archive, trials.ME, subject, Terms("CHN", "open", licence="CC BY 4.0"))


def back_up(work: Path, settings: Settings) -> None:
    """A backup beside the archive: made, and after an ingest brought up to date."""
    archive = Archive.open(settings)
    folder = copy_of(settings).archive
    backup(archive, trials.ME, folder)
    ingest(work, settings)
    backup(archive, trials.ME, folder)


def restore_backup(work: Path, settings: Settings) -> None:
    """A backup of another archive, restored unless it was already."""
    archive = Archive.open(settings)
    if not archive_state.state(archive)["original"]:
        restore(archive, trials.ME, work / "backup")


def copy_of(settings: Settings) -> Settings:
    """The backup of a trial."""
    return Settings(archive=settings.archive.with_name("copy"), catalogue="", objects="")


KINDS = {
    "ingest": ingest,
    "days": days,
    "product": product,
    "terms": set_terms,
    "backup": back_up,
    "restore": restore_backup,
}


def held(settings: Settings, *, history: bool = False) -> list[str]:
    """The state of the archive, and that of its backup where there is one."""
    copy = copy_of(settings)
    some = [settings, *([copy] if copy.archive.exists() else [])]
    return [archive_state.digest(Archive.open(one), history=history) for one in some]


def end(work: Path, settings: Settings, act) -> dict:
    """What somebody does after it, and sees then: repair, do it again, and find nothing changed by a third time."""
    copy = copy_of(settings)
    found = [trials.check(settings)]
    act(work, settings)
    once = held(settings)
    act(work, settings)
    found.append(trials.check(settings))
    if copy.archive.exists():
        found.append(trials.check(copy))
    return {
        "held": once,
        "third": held(settings) == once,
        "losses": [loss for one in found for loss in one["losses"]],
        "orphans": [key for one in found for key in one["orphans"]],
    }


def states_passed(work: Path, settings: Settings, act) -> list[list[str]]:
    """All states that the undisturbed act passes through."""
    passed = [held(settings, history=True)]
    trials.watch_publishing(lambda: passed.append(held(settings, history=True)))
    act(work, settings)
    return passed


def names_of_steps(work: Path, settings: Settings, act) -> list[str]:
    """The steps of the undisturbed act."""
    watched = steps.Steps(settings.archive.parent)
    watched.interpose()
    act(work, settings)
    return watched.names


def disturbed(work: Path, settings: Settings, act, at: int, action: str, paper: Path) -> None:
    """The act with a step disturbed; what it said, if it could."""
    steps.Steps(settings.archive.parent, at, action).interpose()
    try:
        act(work, settings)
    except ArchiveError as error:
        paper.write_text(str(error))  # it lies where steps are not looked at


def look(settings: Settings) -> dict:
    """What readers see after the disturbance."""
    return {"held": held(settings, history=True)}


def main() -> None:
    work, kind, action = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    part, parts = int(sys.argv[4]), int(sys.argv[5])
    trials.spare_time()
    act, places = KINDS[kind], trials.Places(work / "archives", sys.argv[6] if len(sys.argv) > 6 else "")
    (work / "archives").mkdir(parents=True)
    settings = places.make("before")
    trials.done(lambda: before(work, settings, kind))
    learnt = places.make("learnt", like="before")
    act(work, learnt)
    end(work, learnt, act)
    for name in ("states", "names", "end"):
        places.make(name, like="before")
    passed = trials.answer(lambda: {"": states_passed(work, places.settings("states"), act)}, work / "states.json")[""]
    names = trials.answer(lambda: {"": names_of_steps(work, places.settings("names"), act)}, work / "names.json")[""]
    wanted = trials.answer(lambda: end(work, places.settings("end"), act), work / "end.json")
    faults, errors, count = [], set(), 0
    for at in range(1 + part, len(names) + 1, parts):
        name = f"trial_{at}"
        settings, paper = places.make(name, like="before"), work / f"{name}.txt"
        code = trials.done(partial(disturbed, work, settings, act, at, action, paper))
        killed = action in ("kill", "power cut")
        said = paper.read_text() if paper.exists() else ""
        errors.add(said)
        seen = trials.answer(partial(look, settings), work / f"{name}.seen")
        found = trials.answer(partial(end, work, settings, act), work / f"{name}.json")
        count += 1
        fine = (code == -9) if killed else (code == 0 and (said or "after" in names[at - 1]))
        if not fine or seen.get("held") not in passed or found != wanted:
            trial = {"at": at, "step": names[at - 1], "code": code, "said": said, "seen": seen}
            faults.append(trial | {"found": found, "wanted": wanted})
        places.drop(name)
    print(json.dumps({"steps": names, "trials": count, "faults": faults, "errors": sorted(errors)}))


main()
