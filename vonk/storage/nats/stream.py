"""The stream behind a log: made when it is missing, refused when it is weak, asked and written one message at a time."""

import time
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec

from vonk.events.log import LogUnavailable
from vonk.storage.nats.address import Address
from vonk.storage.nats.errors import StreamDamaged, StreamUnfit
from vonk.storage.nats.groups import HEADER, Chunk, GroupInvalid, Message, read_header
from vonk.storage.nats.link import Link, Request

ANSWER_SECONDS: Final = 1.0  # After which a question is asked again: its server may be gone.
READ_SECONDS_MAX: Final = 15.0  # After which a reader is told that the log cannot be read: an election takes up to 10.
PAUSE_SECONDS: Final = 0.05  # Before a question without an answer is asked again.
AGREE_SECONDS_MAX: Final = 3.0  # Within which a new leader knows what the former one acknowledged.
DUPLICATES_SECONDS: Final = 120  # For so long the servers know a message again that is published twice.
_NANOSECONDS: Final = 1_000_000_000
_NOT_FOUND: Final = 404
_NO_STREAM: Final = 10059
_WRONG_LAST_SEQUENCE: Final = 10071
_PASSING: Final = frozenset({10008, 10023, 10005})  # No leader, no room to work just now, no peers for it yet.


class Failure(msgspec.Struct, frozen=True):
    """What JetStream says instead of an answer."""

    code: int
    err_code: int = 0
    description: str = ""


class Config(msgspec.Struct, frozen=True):
    """Of a stream's settings those that decide whether records could be lost. Durations in nanoseconds."""

    subjects: list[str] = []
    retention: str = "limits"
    storage: str = "file"
    discard: str = "old"
    num_replicas: int = 1
    max_age: int = 0
    max_msgs: int = -1
    max_msgs_per_subject: int = -1
    duplicate_window: int = 0
    sealed: bool = False
    mirror: Any = None
    sources: Any = None


class State(msgspec.Struct, frozen=True):
    """What the stream holds. Without messages ``first_seq`` is ``last_seq + 1``."""

    messages: int
    first_seq: int
    last_seq: int


class _Info(msgspec.Struct, frozen=True):
    config: Config | None = None
    state: State | None = None
    error: Failure | None = None


class _Stored(msgspec.Struct, frozen=True):
    seq: int
    hdrs: bytes = b""  # Base64, which msgspec reads as bytes.
    data: bytes = b""


class _Got(msgspec.Struct, frozen=True):
    message: _Stored | None = None
    error: Failure | None = None


class _Taken(msgspec.Struct, frozen=True):
    seq: int = 0
    error: Failure | None = None


class _Done(msgspec.Struct, frozen=True):
    error: Failure | None = None


_Answer = TypeVar("_Answer", _Info, _Got, _Done)


class Missing(Exception):
    """There is no such message, or not yet."""


class WrongLast(Exception):
    """The stream's last message is another one than was expected: ours was not taken now."""


class Stream:
    """Every question is asked again until it is answered or its time is over; then it raises LogUnavailable."""

    def __init__(self, address: Address, link: Link) -> None:
        self._address = address
        self._link = link
        self._api = "$JS.API.STREAM"

    @property
    def name(self) -> str:
        """The stream's name."""
        return self._address.stream

    def open(self) -> None:
        """Make the stream when it is missing. Raises StreamUnfit when there is one that could lose records."""
        answer = self._info()
        if answer.error is not None and answer.error.err_code == _NO_STREAM:
            answer = self._ask(f"{self._api}.CREATE.{self.name}", _wanted(self._address), _Info)
        if answer.config is None:
            raise self._unfit([answer.error.description if answer.error else "it has no settings"])
        weak = weaknesses(answer.config, self._address)
        if weak:
            raise self._unfit(weak)

    def state(self, until: float | None = None) -> State:
        """Return what the stream holds now, asking until that machine second at most. Raises StreamDamaged when it is gone, or when somebody emptied it.

        Trimming always leaves a message: a stream without one is new.
        """
        answer = self._info(until)
        if answer.state is None:
            raise self.damaged(answer.error.description if answer.error else "it does not say what it holds")
        if answer.state.last_seq and not answer.state.messages:
            raise self.damaged("all its messages were purged")
        return answer.state

    def get(self, sequence: int) -> Message:
        """Return one message. Raises Missing."""
        return self._message(self._ask(f"{self._api}.MSG.GET.{self.name}", {"seq": sequence}, _Got))

    def last(self, until: float | None = None) -> Message | None:
        """Return the newest message, None when the stream is new, asking until then at most. Raises StreamDamaged when somebody emptied it."""
        asked = {"last_by_subj": self._address.subject}
        while True:
            try:
                return self._message(self._ask(f"{self._api}.MSG.GET.{self.name}", asked, _Got, until))
            except Missing:
                if not self.state(until).messages:
                    return None

    def get_all(self, sequences: Sequence[int]) -> list[Message]:
        """Return messages of which all must be there. Raises Missing."""
        subject = f"{self._api}.MSG.GET.{self.name}"
        try:
            requests = [Request(subject, b'{"seq":%d}' % sequence, seconds=ANSWER_SECONDS) for sequence in sequences]
            answers = [msgspec.json.decode(body, type=_Got) for body in self._link.ask_all(requests)]
        except LogUnavailable:
            return [self.get(sequence) for sequence in sequences]  # One by one, each with all its time.
        return [
            self._message(answer) if not _passes(answer.error) else self.get(sequence)
            for sequence, answer in zip(sequences, answers, strict=True)
        ]

    def publish(self, chunk: Chunk, body: bytes, *, after: int) -> int:
        """Publish once, if the last message is ``after``; return the sequence.

        Raises WrongLast when it is another one, and LogUnavailable when nobody said what became of it.
        """
        headers = {
            "Nats-Msg-Id": chunk.message_id,
            "Nats-Expected-Last-Sequence": str(after),
            "Nats-Expected-Stream": self.name,
            HEADER: chunk.text(),
        }
        request = Request(self._address.subject, body, seconds=ANSWER_SECONDS, headers=headers)
        answer = msgspec.json.decode(self._link.ask(request), type=_Taken)
        if answer.error is None:
            return answer.seq
        if answer.error.err_code == _WRONG_LAST_SEQUENCE:
            raise WrongLast
        raise LogUnavailable from RuntimeError(answer.error.description)

    def purge_before(self, sequence: int) -> None:
        """Let go of every message before this one."""
        answer = self._ask(f"{self._api}.PURGE.{self.name}", {"seq": sequence}, _Done)
        if answer.error is not None:
            raise LogUnavailable from RuntimeError(answer.error.description)

    def damaged(self, reason: str) -> StreamDamaged:
        """Return the error that names the stream."""
        return StreamDamaged(stream=self.name, reason=reason)

    def _unfit(self, reasons: Sequence[str]) -> StreamUnfit:
        return StreamUnfit(stream=self.name, reasons="; ".join(reasons))

    def _info(self, until: float | None = None) -> _Info:
        return self._ask(f"{self._api}.INFO.{self.name}", None, _Info, until)

    def _message(self, answer: _Got) -> Message:
        stored = answer.message
        if stored is None:
            if answer.error is not None and answer.error.code == _NOT_FOUND and answer.error.err_code != _NO_STREAM:
                raise Missing
            raise self.damaged(answer.error.description if answer.error else "a message is empty")
        try:
            return Message(stored.seq, read_header(stored.hdrs), stored.data)
        except GroupInvalid as error:
            raise self.damaged(f"message {stored.seq}: {error}") from error

    def _ask(self, subject: str, body: object, answer_type: type[_Answer], until: float | None = None) -> _Answer:
        payload = b"" if body is None else msgspec.json.encode(body)
        until = time.monotonic() + READ_SECONDS_MAX if until is None else until
        while True:
            try:
                request = Request(subject, payload, seconds=ANSWER_SECONDS)
                answer = msgspec.json.decode(self._link.ask(request), type=answer_type)
                if not _passes(answer.error):
                    return answer
            except LogUnavailable:
                if time.monotonic() >= until:
                    raise
            if time.monotonic() >= until:
                raise LogUnavailable
            time.sleep(PAUSE_SECONDS)


def weaknesses(config: Config, address: Address) -> list[str]:
    """Return in words why records could be lost in a stream with these settings."""
    found = []
    if config.subjects != [address.subject]:
        found.append(f"its subject is not {address.subject} alone")
    if config.storage != "file":
        found.append("it is kept in memory")
    if config.num_replicas < address.replicas:
        found.append(f"it has {config.num_replicas} replicas, not {address.replicas}")
    if config.retention != "limits":
        found.append("messages go when they were read")
    if config.discard != "new":
        found.append("old messages make room for new ones")
    if config.max_age or config.max_msgs > 0 or config.max_msgs_per_subject > 0:
        found.append("it limits how old or how many messages may be")
    if config.duplicate_window < DUPLICATES_SECONDS * _NANOSECONDS:
        found.append(f"it knows a doubled message for less than {DUPLICATES_SECONDS} seconds")
    if config.sealed or config.mirror is not None or config.sources:
        found.append("it cannot be written, or others write to it")
    return found


def _wanted(address: Address) -> dict[str, object]:
    """Return the settings of a stream that loses nothing. Messages cannot be deleted one by one, only purged."""
    return {
        "name": address.stream,
        "description": "Vonk event log",
        "subjects": [address.subject],
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "num_replicas": address.replicas,
        "max_age": 0,
        "max_msgs": -1,
        "max_bytes": -1,
        "max_msgs_per_subject": -1,
        "max_msg_size": -1,
        "max_consumers": -1,
        "duplicate_window": DUPLICATES_SECONDS * _NANOSECONDS,
        "deny_delete": True,
        "deny_purge": False,
    }


def _passes(error: Failure | None) -> bool:
    """Tell whether an error is of the moment."""
    return error is not None and (error.err_code in _PASSING or error.code == 503)
