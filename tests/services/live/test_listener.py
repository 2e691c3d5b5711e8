"""Live samples through a broker: nothing acknowledged is missing, nothing is there twice, whoever is killed."""

import json
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from soap.archive import Archive, query
from soap.core.settings import Settings
from soap.core.time import Window, utc
from soap.services.ingest import ingest
from soap.services.live import Listener
from soap.systems.seismo_ionospheric import composition
from soap.testing.broker import PASSWORD, USER, broker
from soap.testing.web import OWNER
from tests.services.push.minute_files import minute

MAIN = "from soap.systems.seismo_ionospheric import main; main()"
DAY = utc("2024-05-01")
WINDOW = Window(DAY, utc("2024-05-03"))
TOPIC = "impf/xpa/pt1m/1/xyzs"

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(tmp_path):
    with broker(tmp_path / "broker") as hub:
        yield hub


@pytest.fixture
def archive(tmp_path):
    Archive.open(Settings(archive=tmp_path / "archive"))
    return tmp_path / "archive"


def settings(archive, hub, topics="impf/xpa/#=THA impf/xpb/#=CHN") -> Settings:
    return Settings(archive=archive, mqtt_url=hub.url, mqtt_user=USER, mqtt_password=PASSWORD, mqtt_batch_s=0.2,
                    mqtt_topics=topics)  # fmt: skip


class Station:
    """A station that publishes, and waits for the broker to have it."""

    def __init__(self, hub):
        self.client = Client(CallbackAPIVersion.VERSION2, f"station-{random.random()}")
        self.client.username_pw_set(USER, PASSWORD)
        self.client.connect("127.0.0.1", hub.port)
        self.client.loop_start()

    def say(self, topic, payload, qos=1):
        text = payload if isinstance(payload, bytes) else json.dumps(payload)
        self.client.publish(topic, text, qos=qos).wait_for_publish(10)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def samples(minute: int, values) -> dict:
    start = str(DAY + np.timedelta64(minute, "m"))[:16]
    return {"startDate": start, "geomagneticFieldX": list(values), "geomagneticFieldY": [1.0] * len(values),
            "geomagneticFieldZ": [2.0] * len(values)}  # fmt: skip


def north(archive, code="xpa", provider=None) -> dict[int, float]:
    opened = Archive.open(Settings(archive=archive))
    try:
        found = query.series(opened, OWNER, f"geomagnetism.{code}.pt1m", WINDOW, provider=provider)
    except LookupError:
        return {}
    minutes = ((found["time"].values - DAY) // np.timedelta64(1, "m")).astype(int).tolist()
    assert len(minutes) == len(set(minutes))
    return dict(zip(minutes, found["b_north"].values.tolist(), strict=True))


def until(true, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def test_samples_are_published_by_whose_topic_it_is_and_others_refused(archive, hub):
    opened, said = Archive.open(Settings(archive=archive)), []
    with Listener(opened, composition(), settings(archive, hub), lambda level, words: said.append(words)) as listener:
        until(lambda: listener.heard.connected)
        station = Station(hub)
        for minute in range(5):
            station.say(TOPIC, samples(minute, [100.0 + minute]))
        station.say(TOPIC, samples(4, [104.0]))  # once more
        station.say("impf/xpb/pt1m/1/xyzs", samples(0, [7.0]))
        station.say("impf/xpb/pt1m/1/xyzs", b"\xff no message")
        station.say("impf/xpb/pt1m/1/xyzs", samples(1, [8.0]))
        station.say("impf/xpc/pt1m/1/xyzs", samples(0, [9.0]))
        station.close()
        until(lambda: listener.heard.published == 8)
        until(lambda: listener.heard.quarantined == 1)
    assert north(archive, provider="THA") == {minute: 100.0 + minute for minute in range(5)}
    assert north(archive, "xpb", provider="CHN") == {0: 7.0, 1: 8.0}
    assert north(archive, "xpc") == {}
    assert PASSWORD not in str(said) + repr(settings(archive, hub))


def test_a_file_fills_gaps_and_replaces_and_is_not_replaced(archive, hub, tmp_path):
    opened = Archive.open(Settings(archive=archive))
    with Listener(opened, composition(), settings(archive, hub)) as listener:
        until(lambda: listener.heard.connected)
        station = Station(hub)
        station.say(TOPIC, samples(0, [1.0, None, 3.0]))
        until(lambda: listener.heard.published == 1)
        (tmp_path / "a.min").write_bytes(minute(1, 2))
        ingest(OWNER, opened, composition(), [tmp_path / "a.min"], provider="THA")
        assert north(archive) == {0: 1.0, 1: 30000.01, 2: 30000.02}
        station.say(TOPIC, samples(0, [1.0, 2.0, 3.0]))  # late
        until(lambda: listener.heard.published == 2)
        station.close()
    assert north(archive) == {0: 1.0, 1: 30000.01, 2: 30000.02}


def test_killed_in_a_burst_nothing_acknowledged_is_missing(archive, hub, tmp_path):
    told = settings(archive, hub)
    environment = {"PATH": "", "SOAP_ARCHIVE": str(archive)} | {
        f"SOAP_{name.upper()}": str(getattr(told, name))
        for name in ("mqtt_url", "mqtt_user", "mqtt_password", "mqtt_topics", "mqtt_batch_s")
    }
    rng, sent = random.Random(7), 0
    for turn in range(5):
        with (tmp_path / "live.log").open("ab") as log:
            live = subprocess.Popen([sys.executable, "-c", MAIN, "live"], env=environment, stderr=log, stdout=log)
        if turn == 0:
            until(lambda: "Listening" in (tmp_path / "live.log").read_text())
        station, deadline = Station(hub), time.monotonic() + rng.uniform(1.5, 3.5)
        while time.monotonic() < deadline:
            station.say(TOPIC, samples(sent, [float(sent)]))
            sent += 1
            time.sleep(0.01)
        station.close()
        live.send_signal(signal.SIGKILL)
        live.wait()
    opened = Archive.open(Settings(archive=archive))
    with Listener(opened, composition(), told) as listener:
        until(lambda: len(north(archive)) == sent, 60)
        time.sleep(1)
        assert listener.heard.quarantined == 0
    assert north(archive) == {minute: float(minute) for minute in range(sent)}
    assert sent > 200


def test_the_broker_goes_and_comes_back(archive, hub):
    opened = Archive.open(Settings(archive=archive))
    with Listener(opened, composition(), settings(archive, hub)) as listener:
        until(lambda: listener.heard.connected)
        hub.stop()
        until(lambda: not listener.heard.connected)
        hub.start()
        until(lambda: listener.heard.connected)
        station = Station(hub)
        station.say(TOPIC, samples(0, [1.0]))
        station.close()
        until(lambda: listener.heard.published == 1)
    assert north(archive) == {0: 1.0}
