"""The listener: takes messages from a broker, publishes those of a few seconds together, and then acknowledges them.

The session at the broker is kept, so that what is published while nobody listens is given afterwards, and what was
given and not acknowledged is given again (MQTT 3.1.1, OASIS 2014, quality of service 1). A message that comes again
adds nothing: its values are there.
"""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from soap.archive import Archive
from soap.archive.publish import for_whom
from soap.archive.uploads import QUARANTINED
from soap.core.errors import BadParameter
from soap.core.settings import Settings
from soap.services.composition import Composition
from soap.services.handed_in import Handed, Publisher
from soap.services.live.topics import Topics, station_of

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage

LARGEST = 1 << 20
"""Bytes of a message; larger ones are set aside."""

_UNPACKED = 64 << 20
_RETRY_S = 5.0

Tell = Callable[[str, str], None]
"""Told of what happens: a level (`info`, `warning`), and words without any secret."""


@dataclass
class Heard:
    """What was heard so far, in messages."""

    published: int = 0
    quarantined: int = 0
    refused: int = 0
    """Of topics that are nobody's."""
    last: float | None = None
    """When one was last acknowledged [s since 1970]."""
    connected: bool = False
    topics: Counter = field(default_factory=Counter)
    """Refused topics, of which at most a hundred are told apart."""


class Listener:
    """Listens to a broker from `start` until `close`."""

    def __init__(self, archive: Archive, composition: Composition, settings: Settings,
                 tell: Tell = lambda level, words: None):  # fmt: skip
        self.archive, self.settings, self.tell = archive, settings, tell
        self.topics, self.heard = Topics.parse(settings.mqtt_topics), Heard()
        for member in {member for _, member in self.topics.of}:
            for_whom(archive, station_of(member))
        self._client = _client(settings)
        self._address = _address(settings.mqtt_url)
        self._publisher = Publisher(archive, composition, _UNPACKED)
        self._waiting: list[MQTTMessage] = []
        self._connection = 0
        self._gate, self._enough, self._over = threading.Lock(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="soap-live", daemon=True)
        self._client.on_connect, self._client.on_disconnect = self._connected, self._disconnected
        self._client.on_message = self._came

    def __enter__(self) -> Listener:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Begin to listen; the broker need not be there yet."""
        self._publisher.__enter__()
        self._thread.start()
        host, port = self._address
        self._client.connect_async(host, port, keepalive=30)
        self._client.loop_start()

    def close(self) -> None:
        """Publish and acknowledge what came, and leave; the broker keeps what comes from now on."""
        self._over.set()
        self._enough.set()
        self._thread.join()
        self._publisher.close()
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.tell(
                "warning", f"The broker refuses the archive ({reason}); see SOAP_MQTT_USER and SOAP_MQTT_PASSWORD."
            )
            return
        self.heard.connected = True
        with self._gate:
            self._waiting.clear()  # they were of a connection that is no more, and are given again
            self._connection += 1
        client.subscribe([(one, 1) for one in self.topics.filters])
        self.tell("info", f"Listening at {self._address[0]} to {', '.join(self.topics.filters)}")

    def _disconnected(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.heard.connected = False
        if not self._over.is_set():
            self.tell("warning", f"The broker {self._address[0]} is gone ({reason}); tried again.")

    def _came(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        with self._gate:
            self._waiting.append(message)
            if len(self._waiting) >= self.settings.mqtt_window:
                self._enough.set()

    def _go_on(self) -> None:
        while not self._over.is_set():
            self._enough.wait(self.settings.mqtt_batch_s)
            self._publish_waiting()
        self._publish_waiting()

    def _publish_waiting(self) -> None:
        with self._gate:
            batch, self._waiting, connection = self._waiting, [], self._connection
            self._enough.clear()
        groups: dict[tuple[str, str], list[MQTTMessage]] = {}
        for message in batch:
            member = self.topics.member(message.topic)
            if member is None:
                self._refuse(message, connection)
            else:
                groups.setdefault((member, message.topic), []).append(message)
        left = self._publish(groups, connection)
        if left:
            with self._gate:
                if self._connection == connection:
                    self._waiting = left + self._waiting
            self._over.wait(_RETRY_S)

    def _publish(self, groups: dict[tuple[str, str], list[MQTTMessage]], connection: int) -> list[MQTTMessage]:
        """Publish all groups together, and acknowledge what is durable; the messages of what could not be published.

        Where one message of a group spoils it, each is published by itself.
        """
        left: list[MQTTMessage] = []
        parts = [(member, part) for (member, _), group in groups.items() for part in _recorded(group)]
        while parts:
            again: list[tuple[str, _Part]] = []
            for (member, part), answer in [(one, self._publisher.hand_in(_handed(*one))) for one in parts]:
                try:
                    state = answer.result().state
                except Exception as error:  # not acknowledged, and tried again, whatever it was
                    self.tell("warning", f"{len(part.messages)} message(s) wait: {error}")
                    left += part.messages
                    continue
                if state == QUARANTINED and len(part.messages) > 1:
                    again += [(member, _Part((message,), _line(message))) for message in part.messages]
                else:
                    self._acknowledge(part.messages, state, connection)
            parts = again
        return left

    def _acknowledge(self, messages: Sequence[MQTTMessage], state: str, connection: int) -> None:
        with self._gate:
            if connection != self._connection:  # their numbers may be others' now; they are given again
                return
            for message in messages:
                self._client.ack(message.mid, message.qos)
        self.heard.last = time.time()
        if state == QUARANTINED:
            self.heard.quarantined += len(messages)
            self.tell("warning", f"{len(messages)} message(s) of {messages[0].topic} quarantined")
        else:
            self.heard.published += len(messages)

    def _refuse(self, message: MQTTMessage, connection: int) -> None:
        self.heard.refused += 1
        if len(self.heard.topics) < 100:
            self.heard.topics[message.topic[:200]] += 1
        with self._gate:
            if connection == self._connection:
                self._client.ack(message.mid, message.qos)


@dataclass(frozen=True)
class _Part:
    """Messages that are kept as one original, and its bytes."""

    messages: tuple[MQTTMessage, ...]
    """Of one topic."""
    content: bytes = field(repr=False)


def _recorded(group: list[MQTTMessage]) -> list[_Part]:
    """A topic's messages as they are kept: in lines, each once; those too large by themselves, as they are."""
    lines: dict[bytes, list[MQTTMessage]] = {}
    out = []
    for message in group:
        if len(message.payload) > LARGEST:
            out.append(_Part((message,), bytes(message.payload)))
        else:
            lines.setdefault(_line(message), []).append(message)
    if lines:
        out.append(_Part(tuple(one for some in lines.values() for one in some), b"".join(lines)))
    return out


def _line(message: MQTTMessage) -> bytes:
    """A message as a line: its topic and its payload's text, as a recorder of the broker writes them."""
    told = {"topic": message.topic, "payload": message.payload.decode("utf-8", "backslashreplace")}
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _handed(member: str, part: _Part) -> Handed:
    name = f"{part.messages[0].topic.replace('/', '_')[:150]}.impf"
    return Handed(station_of(member), member, name, part.content, hashlib.sha256(part.content).hexdigest())


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or parts.username or parts.path not in ("", "/"):
        raise BadParameter(
            "SOAP_MQTT_URL is no broker's address; write mqtts://HOST[:8883], the user in SOAP_MQTT_USER and the"
            " password in SOAP_MQTT_PASSWORD."
        )
    return parts.hostname, parts.port or (8883 if parts.scheme == "mqtts" else 1883)


def _client(settings: Settings) -> Client:
    from paho.mqtt.client import Client, MQTTv311
    from paho.mqtt.enums import CallbackAPIVersion

    _address(settings.mqtt_url)
    client = Client(CallbackAPIVersion.VERSION2, settings.mqtt_client, clean_session=False, protocol=MQTTv311,
                    manual_ack=True)  # fmt: skip
    client.reconnect_delay_set(1, 60)
    if settings.mqtt_user:
        client.username_pw_set(settings.mqtt_user, settings.mqtt_password or None)
    if settings.mqtt_url.startswith("mqtts:"):
        try:
            client.tls_set_context(ssl.create_default_context(cafile=settings.mqtt_ca and str(settings.mqtt_ca)))
        except (OSError, ssl.SSLError) as error:
            raise BadParameter(f"SOAP_MQTT_CA holds no certificates ({error}).") from error
    elif settings.mqtt_user and urlsplit(settings.mqtt_url).hostname not in ("localhost", "127.0.0.1", "::1"):
        raise BadParameter("mqtt:// would send the password in the clear; write mqtts:// in SOAP_MQTT_URL.")
    return client
