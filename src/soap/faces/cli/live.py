"""`soap live`."""

from __future__ import annotations

import signal
import threading
import time

import typer

from soap.faces.cli.output import message, on_one_line, print_json
from soap.faces.cli.session import ArchiveOption, JsonOption, session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(live)


def live(context: typer.Context, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Take samples that stations publish by MQTT into the archive, until interrupted.

    SOAP_MQTT_URL names the broker, SOAP_MQTT_TOPICS whose messages are taken, as in `impf/kak/#=JPN`. Each message is
    acknowledged once it is durably in the archive; later files replace what it brought.
    """
    from soap.core.errors import BadParameter
    from soap.services.live import Listener

    here = session(context)
    opened = here.archive(archive)
    if not (here.settings.mqtt_url and here.settings.mqtt_topics):
        raise BadParameter("Set SOAP_MQTT_URL (mqtts://HOST) and SOAP_MQTT_TOPICS (impf/CODE/#=MEMBER …).")
    over = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: over.set())
    with Listener(
        opened, here.composition, here.settings, lambda level, words: message(f"{level}: {on_one_line(words)}")
    ) as listener:
        while not over.wait(1):
            pass
    heard = listener.heard
    if as_json:
        last = None if heard.last is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(heard.last))
        print_json({"published": heard.published, "quarantined": heard.quarantined, "refused": heard.refused,
                    "last": last, "refused_topics": dict(heard.topics)})  # fmt: skip
    else:
        typer.echo(f"{heard.published} messages published, {heard.quarantined} quarantined, {heard.refused} refused.")
