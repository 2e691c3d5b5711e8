"""A catalogue in PostgreSQL: consistent reading, one publication at a time, locks, and every way in which it fails."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from soap.archive import Archive, Selection, publish, query
from soap.archive.catalogue import Catalogue, recording_time
from soap.archive.database import connect
from soap.archive.schema import FORMAT, archive_fact
from soap.archive.verify import verify
from soap.core.errors import ArchiveError, NotFound
from soap.core.settings import Settings
from soap.testing import servers

ON_POSTGRESQL = pytest.mark.parametrize("backend", ["postgresql+files"])
EVERYWHERE = pytest.mark.parametrize("backend", ["sqlite+files", "postgresql+files"])
HOURS = ["2016-04-13T00", "2016-04-13T01"]


def clock(connection) -> int:
    return connection.execute(select(archive_fact.c.value).where(archive_fact.c.name == "clock")).scalar_one()


@EVERYWHERE
def test_a_reader_sees_one_state_whatever_is_published_meanwhile(archive):
    with archive.catalogue.reading() as connection:
        before = clock(connection)
        with archive.catalogue.publishing() as writer:
            recording_time(writer)
        assert clock(connection) == before
    with archive.catalogue.reading() as connection:
        assert clock(connection) > before


@ON_POSTGRESQL
def test_a_reader_cannot_write(archive):
    with (
        pytest.raises(ArchiveError, match="read-only transaction"),
        archive.catalogue.reading() as connection,
    ):
        recording_time(connection)


@EVERYWHERE
def test_publications_wait_for_each_other_and_see_what_those_before_have_committed(archive):
    """Each adds one to a number that it has read: were two at once, one would be lost."""

    def add(times: int) -> None:
        for _ in range(times):
            with archive.catalogue.publishing() as connection:
                found = connection.scalar(text("SELECT value FROM archive_fact WHERE name = 'format'"))
                connection.execute(text("UPDATE archive_fact SET value = :n WHERE name = 'format'"), {"n": found + 1})

    writers = [threading.Thread(target=add, args=(20,)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with archive.catalogue.reading() as connection:
        assert connection.scalar(text("SELECT value FROM archive_fact WHERE name = 'format'")) == FORMAT + 80


@EVERYWHERE
def test_alone_and_publishing_exclude_each_other(archive, settings):
    other = Archive.open(settings)
    with archive.while_publishing(), other.while_publishing(), other.alone(wait=False) as nobody:
        assert nobody is False
    with archive.alone() as nobody, other.alone(wait=False) as somebody:
        assert (nobody, somebody) == (True, False)
    with other.alone(wait=False) as nobody:
        assert nobody


@EVERYWHERE
def test_who_is_killed_holds_no_lock(archive, settings):
    program = (
        "import sys, time; from soap.archive import Archive; from soap.core.settings import Settings\n"
        "with Archive.open(Settings.model_validate_json(sys.stdin.readline())).while_publishing():\n"
        "    print('held', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with holder:
        holder.stdin.write(settings.model_dump_json() + "\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "held\n"
        with archive.alone(wait=False) as nobody:
            assert not nobody
        holder.kill()
    began = time.monotonic()
    with archive.alone() as nobody:
        assert nobody
    assert time.monotonic() - began < 10


@ON_POSTGRESQL
def test_archives_in_one_database_do_not_lock_each_other(settings, postgresql_server, tmp_path):
    url = postgresql_server.new_database()
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA one"))
        connection.execute(text("CREATE SCHEMA two"))
    engine.dispose()
    archives = [
        Archive.open(Settings(archive=tmp_path / name, catalogue=f"{url}&options=-csearch_path%3D{name}"))
        for name in ("one", "two")
    ]
    with archives[0].alone(), archives[1].alone(wait=False) as nobody:
        assert nobody


def test_several_processes_may_make_the_same_catalogue(postgresql_server):
    url = postgresql_server.new_database()
    program = "import sys; from soap.archive.catalogue import Catalogue; Catalogue.open(sys.argv[1])"
    makers = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(3)]
    assert [maker.wait(timeout=120) for maker in makers] == [0, 0, 0]
    with Catalogue.open(url).reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM archive_fact")) == 3


def test_an_archive_on_servers_is_made_only_when_asked(postgresql_server, tmp_path):
    chosen = Settings(archive=tmp_path / "none", catalogue=postgresql_server.new_database(), objects="memory:///")
    with pytest.raises(NotFound, match="soap ingest"):
        Archive.open(chosen, create=False)
    Archive.open(chosen)
    opened = Archive.open(chosen, create=False)
    assert not opened.read_only
    assert not (tmp_path / "none").exists()


@ON_POSTGRESQL
def test_an_empty_catalogue_is_not_put_over_originals_of_another(archive, put, make, settings, postgresql_server):
    put(make.series(HOURS, [1.0, 2.0]))
    settings.catalogue = postgresql_server.new_database()
    with pytest.raises(ArchiveError, match="There are originals, but the catalogue"):
        Archive.open(settings)


@ON_POSTGRESQL
def test_who_may_only_ask_can_ask_and_is_told(archive, put, make, me, settings, postgresql_server):
    put(make.series(HOURS, [1.0, 2.0]))
    with archive.catalogue.publishing() as connection:
        connection.execute(text("DROP ROLE IF EXISTS reader"))
        connection.execute(text("CREATE ROLE reader LOGIN PASSWORD 'reads'"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    reader = Archive.open(
        settings.model_copy(
            update={"catalogue": settings.catalogue.replace("//soap:not%20to%20be%20shown@", "//reader:reads@")}
        )
    )
    assert reader.read_only
    assert len(query.granules(reader, me, Selection())) == 1
    assert verify(reader, me).clean
    with pytest.raises(ArchiveError, match="may not be written; it can only be asked"):
        reader.must_be_writable()
    with pytest.raises(ArchiveError, match=r"permission denied.*Ask who runs the server"):
        publish.publish(reader, me, [make.arrival(observations=[make.series(HOURS, [3.0, 4.0])])])
    with archive.catalogue.publishing() as connection:
        connection.execute(text("DROP OWNED BY reader"))


def read_while_killed(archive, server) -> None:
    with archive.catalogue.reading() as connection:
        clock(connection)
        assert server.end_sessions() >= 1
        clock(connection)


@ON_POSTGRESQL
def test_back_ends_killed_in_the_middle_of_reading(archive, put, make, me, postgresql_server):
    put(make.series(HOURS, [1.0, 2.0]))
    with archive.catalogue.reading() as connection:
        clock(connection)
        assert postgresql_server.end_sessions() >= 1
        with pytest.raises(OperationalError):
            clock(connection)
    with pytest.raises(ArchiveError, match="nothing is lost"):
        read_while_killed(archive, postgresql_server)
    assert len(query.granules(archive, me, Selection())) == 1


@ON_POSTGRESQL
@pytest.mark.parametrize("step", ["_write", "next_recording_time", "record", "_forget_quarantined"])
def test_back_ends_killed_in_the_middle_of_publishing(archive, put, make, me, postgresql_server, monkeypatch, step):
    put(make.series(HOURS, [1.0, 2.0]))
    whole = getattr(publish, step)

    def killed(*arguments):
        assert postgresql_server.end_sessions() >= 1
        return whole(*arguments)

    arrival = make.arrival(observations=[make.series(HOURS, [3.0, 4.0], code="mmb")])
    monkeypatch.setattr(publish, step, killed)
    if step == "_forget_quarantined":  # after the transaction: all is done
        assert publish.publish(archive, me, [arrival]).published == (arrival.sha256,)
    else:
        with pytest.raises(ArchiveError, match=r"nothing is lost|lock was lost"):
            publish.publish(archive, me, [arrival])
    monkeypatch.undo()
    done = {one.platform for one in query.granules(archive, me, Selection())}
    assert done == ({"kak", "mmb"} if step == "_forget_quarantined" else {"kak"})
    assert verify(archive, me, repair=True).clean
    publish.publish(archive, me, [arrival])
    assert {one.platform for one in query.granules(archive, me, Selection())} == {"kak", "mmb"}
    found = verify(archive, me)
    assert found.clean
    assert found.orphans == ()


def test_a_server_that_stops_and_starts(make, me, tmp_path):
    with servers.postgresql() as server:
        archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue=server.new_database()))
        arrival = make.arrival(observations=[make.series(HOURS, [1.0, 2.0])])
        publish.publish(archive, me, [arrival])
        server.stop()
        for attempt in (
            lambda: query.granules(archive, me, Selection()),
            lambda: publish.publish(archive, me, [make.arrival(observations=[make.series(HOURS, [3.0, 4.0])])]),
            lambda: Archive.open(archive.settings),
        ):
            with pytest.raises(ArchiveError, match=r"cannot be used.*Check that the server runs") as raised:
                attempt()
            assert_no_secret(raised.value)
        server.start()
        assert len(query.granules(archive, me, Selection())) == 1
        assert verify(archive, me).clean


def assert_no_secret(error: BaseException) -> None:
    assert "secret" not in str(error)
    assert "not to be shown" not in str(error)
    assert "not%20to" not in str(error)
    assert "\n" not in str(error)


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda url: url.replace("not%20to%20be%20shown", "secret"), "password authentication.*Check the user"),
        (lambda url: url.replace("//soap:", "//nobody:"), "password authentication.*Check the user"),
        (lambda url: url.replace("/soap_", "/none_"), "(?s)does not exist.*createdb"),
        (lambda url: url.replace("host=", "host=/none"), "No such file.*Check that the server runs"),
        (lambda url: "postgresql+psycopg://soap:secret@127.0.0.1:1/soap", "refused.*Check that the server runs"),
        (lambda url: "postgresql+psycopg://soap:secret@127.0.0.1:x1/soap", "URL cannot be read.*SOAP_CATALOGUE"),
        (lambda url: "postgresql+psycopg://soap@/soap?host=/none&password=secret", "Check that the server runs"),
        (lambda url: "mysql://soap:secret@db/soap", "cannot be held by 'mysql'.*SOAP_CATALOGUE"),
        (lambda url: "sqlite://", "cannot be held by 'sqlite'"),
        (lambda url: "secret", "URL cannot be read"),
    ],
)
def test_what_cannot_be_connected_to_is_said_without_secrets(settings, change, words):
    with pytest.raises(ArchiveError, match=words) as raised:
        Catalogue.open(change(settings.catalogue))
    assert_no_secret(raised.value)
    assert "secret" not in repr(Settings(catalogue="postgresql://soap:secret@db/soap"))


def test_what_speaks_to_postgresql_may_be_absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ArchiveError, match=r"psycopg.*pip install 'soap\[cluster\]'"):
        Catalogue.open("postgresql+psycopg://soap@/soap")


@ON_POSTGRESQL
def test_a_database_of_another_encoding_is_refused(settings, postgresql_server):
    postgresql_server.ask("DROP DATABASE IF EXISTS latin")
    postgresql_server.ask(
        "CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    with pytest.raises(ArchiveError, match="encoded as LATIN1; it must be UTF8"):
        Catalogue.open(postgresql_server.url("latin"))


@ON_POSTGRESQL
def test_who_waits_for_too_long_is_told(archive, monkeypatch):
    with (
        archive.catalogue.publishing(),
        pytest.raises(ArchiveError, match=r"lock timeout.*Another process"),
        connect_with(archive, "-clock_timeout%3D300").publishing(),
    ):
        pass


def connect_with(archive, options: str) -> Catalogue:
    return Catalogue.open(f"{archive.settings.catalogue}&options={options}")


@EVERYWHERE
def test_text_that_no_database_holds_is_kept_escaped(archive, me):
    """File names are bytes on Linux, and a reader's reason may quote what it found."""
    odd = publish.Unreadable("night\udcff.dat", b"rubbish", "It begins with \x00\udc80, not with a header.")
    publish.quarantine_files(archive, me, [odd])
    publish.quarantine_files(archive, me, [odd])
    with archive.catalogue.reading() as connection:
        rows = connection.execute(text("SELECT name, reason FROM quarantine")).all()
    assert rows == [("night\\udcff.dat", "It begins with \\x00\\udc80, not with a header.")]
    assert urlsplit(archive.settings.catalogue).scheme in ("", "postgresql+psycopg")
