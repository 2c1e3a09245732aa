"""Where models are kept, which of them is served, and what is known of each. Read without Numba.

A directory: a ``.model`` file and a ``.json`` card for each, and ``current``, the pointer, which is replaced at once.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from vonk.core.errors import Conflict, Invalid, Missing
from vonk.delivery.prediction.measures import Measures

POINTER: Final = "current"
LOCK: Final = ".lock"
MODEL_SUFFIX, CARD_SUFFIX = ".model", ".json"
KEPT_MAX: Final = 20  # Models on the shelf, those served lately apart.
CHANGES_MAX: Final = 100
NAME: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
CARD_BYTES_MAX: Final = 1 << 20


class Outcome(StrEnum):
    """What became of a candidate."""

    PUBLISHED = "published"
    REFUSED = "refused"  # The check found it worse.
    WAITING = "waiting"  # Good enough, while an operator has stopped publication.


class Bin(msgspec.Struct, frozen=True):
    """Rows that were predicted alike: their mean prediction, and how often it happened."""

    predicted: float
    happened: float
    rows: int


class Share(msgspec.Struct, frozen=True):
    """What trees look at, and which part of all that their splits gained is owed to it."""

    name: str
    share: float


class SecondCard(msgspec.Struct, frozen=True):
    """One head's second stage on the events held back, beside the first stage of the same candidate.

    ``gain``: by how much its log loss is less, a row; ``error``: that gain's standard error. ``served``: it went along.
    """

    first: Measures
    second: Measures
    gain: float
    error: float
    shares: tuple[Share, ...] = ()
    served: bool = False


class HeadCard(msgspec.Struct, frozen=True):
    """One head on the events held back: the candidate, the model then served, and the prior. None: not to be had."""

    candidate: Measures
    prior: Measures
    published: Measures | None = None
    bins: tuple[Bin, ...] = ()
    second: SecondCard | None = None  # Where trees were grown.


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a model. ``from_ms`` to ``until_ms`` is what it learnt; ``held_rows`` come after that."""

    name: str
    trained_ms: int
    from_ms: int
    until_ms: int
    rows: int
    held_rows: int
    spec_digest: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    compared_with: str = ""
    heads: dict[str, HeadCard] = {}
    grown_ms: int = 0  # When the trees of its second stage were grown, and from how many rows.
    grown_rows: int = 0
    recall: dict[str, float] = {}  # Of what finds posts: the share of later long views among the first, by whom.


class Change(msgspec.Struct, frozen=True):
    """One change of what is served; an empty name: no model, the prior."""

    name: str
    at_ms: int
    by: str
    act: str


class Pointer(msgspec.Struct, frozen=True):
    """Which model is served, "" for none, whether good candidates take its place, and the changes so far, newest last."""

    name: str = ""
    automatic: bool = True
    changes: tuple[Change, ...] = ()


class PointerDamaged(Invalid):
    """Nobody can say which model is served."""

    code = "model_pointer_damaged"
    message = "%(path)s does not say which model is served."
    remedy = "Publish a model by name: that writes it anew."


class NameUnknown(Missing):
    """There is no such model."""

    code = "model_unknown"
    message = "There is no model %(name)s."
    remedy = "Choose one that `vonk model list` shows."


class NothingBefore(Conflict):
    """There is nothing to go back to."""

    code = "model_nothing_before"
    message = "No model is served, so there is none to take back."
    remedy = "Publish one by name."


class Shelf:
    """The models of one directory. Safe for several processes of one machine; raises OSError as the disk does."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def pointer(self) -> Pointer:
        """Return what is served. Raises PointerDamaged."""
        path = self.directory / POINTER
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Pointer)
        except FileNotFoundError:
            return Pointer()
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise PointerDamaged(path=str(path)) from error
        if found.name and not NAME.fullmatch(found.name):  # It becomes a path.
            raise PointerDamaged(path=str(path))
        return found

    def path(self, name: str) -> Path:
        """Return where the model is. Raises NameUnknown for what cannot be a model's name."""
        if not NAME.fullmatch(name):
            raise NameUnknown(name=name[:80])
        return self.directory / f"{name}{MODEL_SUFFIX}"

    def card(self, name: str) -> Card:
        """Return what is known of a model. Raises NameUnknown."""
        path = self.path(name).with_suffix(CARD_SUFFIX)
        try:
            if path.stat().st_size > CARD_BYTES_MAX:
                raise NameUnknown(name=name)
            return msgspec.json.decode(path.read_bytes(), type=Card)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise NameUnknown(name=name) from error

    def cards(self) -> list[Card]:
        """Return the cards of all models, newest first; a card that cannot be read is passed over."""
        found = []
        for path in sorted(self.directory.glob(f"*{CARD_SUFFIX}"), reverse=True):
            if NAME.fullmatch(path.stem):
                try:
                    found.append(self.card(path.stem))
                except NameUnknown:
                    continue
        return found

    def put(self, card: Card) -> None:
        """Keep what is known of a model, whose file is there already."""
        write_whole(self.directory / f"{card.name}{CARD_SUFFIX}", msgspec.json.encode(card))

    def publish(self, name: str, *, by: str, at_ms: int, act: str = "publish") -> Pointer:
        """Serve this model from now on, and let good candidates take its place. Raises NameUnknown."""
        if not self.path(name).is_file():
            raise NameUnknown(name=name)
        with self._locked():
            return self._point(self._known(), Change(name, at_ms, by, act), automatic=True)

    def publish_if_automatic(self, name: str, *, by: str, at_ms: int) -> bool:
        """Serve this candidate unless an operator has stopped publication; return whether it is served."""
        with self._locked():
            known = self.pointer()
            if known.automatic:
                self._point(known, Change(name, at_ms, by, "publish"), automatic=True)
            return known.automatic

    def roll_back(self, *, by: str, at_ms: int) -> Pointer:
        """Serve what was served before, or no model where there was none, and stop publication until an operator
        publishes again. Raises NothingBefore, PointerDamaged.
        """
        with self._locked():
            known = self.pointer()
            if not known.name:
                raise NothingBefore
            return self._point(known, Change(self.before(known), at_ms, by, "rollback"), automatic=False)

    def before(self, pointer: Pointer) -> str:
        """Return the model to which a rollback leads: what was served before and is still there, "" for none.

        What was rolled back from is not gone back to.
        """
        served: list[str] = []
        for change in pointer.changes:
            if change.act == "rollback" and served:
                served.pop()
                if change.name in served:
                    del served[served.index(change.name) + 1 :]
            elif change.name:
                served.append(change.name)
        earlier = served[:-1] if served and served[-1] == pointer.name else served
        for name in reversed(earlier):
            if name != pointer.name and self.path(name).is_file():
                return name
        return ""

    def tidy(self) -> int:
        """Let go of the oldest models beyond ``KEPT_MAX`` that were not among the last ten served; return how many."""
        pointer = self.pointer()
        lately = {pointer.name, *(change.name for change in pointer.changes[-10:])}
        names = sorted((path.stem for path in self.directory.glob(f"*{CARD_SUFFIX}")), reverse=True)
        gone = [name for name in names if NAME.fullmatch(name)][KEPT_MAX:]
        gone = [name for name in gone if name not in lately]
        for name in gone:
            self.path(name).unlink(missing_ok=True)
            self.path(name).with_suffix(CARD_SUFFIX).unlink(missing_ok=True)
        return len(gone)

    def _known(self) -> Pointer:
        """Return the pointer, an empty one in place of a damaged one: publishing by name mends it."""
        try:
            return self.pointer()
        except PointerDamaged:
            return Pointer()

    def _point(self, known: Pointer, change: Change, *, automatic: bool) -> Pointer:
        pointer = Pointer(change.name, automatic, (*known.changes, change)[-CHANGES_MAX:])
        write_whole(self.directory / POINTER, msgspec.json.encode(pointer))
        return pointer

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.directory / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def write_whole(path: Path, content: bytes) -> None:
    """Write the file anew, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
