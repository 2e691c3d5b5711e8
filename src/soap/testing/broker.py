"""An MQTT broker for tests: Debian's Mosquitto, in a process of its own; sessions outlive a restart."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from soap.testing.web import free_port

USER, PASSWORD = "soap", "not to be shown"
_START_S = 10


@dataclass
class Broker:
    """A running broker; it may be killed and started again."""

    program: str
    folder: Path
    port: int
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """As SOAP_MQTT_URL takes it."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([self.program, "-c", str(self.folder / "conf")], stdout=log, stderr=log)
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"Mosquitto did not start: {(self.folder / 'log').read_text()}")

    def stop(self) -> None:
        """Stop it; sessions are kept."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    """A broker with its files in a folder; the test is skipped where Mosquitto is not installed."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    maker = shutil.which("mosquitto_passwd")
    if program is None or maker is None:
        pytest.skip("Mosquitto is not here (Debian: apt install mosquitto)")
    folder.mkdir()
    one = Broker(program, folder, free_port())
    subprocess.run([maker, "-b", "-c", str(folder / "users"), USER, PASSWORD], check=True, capture_output=True)
    (folder / "conf").write_text(
        f"listener {one.port} 127.0.0.1\nallow_anonymous false\npassword_file {folder / 'users'}\nuser root\n"
        f"persistence true\npersistence_location {folder}/\nautosave_interval 1\nautosave_on_changes false\n"
        "max_queued_messages 100000\n"
    )
    try:
        one.start()
        yield one
    finally:
        one.stop()
