"""How the lists stand by which known bots and data centres are recognised, as the ad server reads them."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings

from vonk import events
from vonk.delivery.server.lists import BOTS_FILE, DATA_CENTRES_FILE, LIST_BYTES_MAX
from vonk.events.origins import BadLine, Ranges, bot_tokens, ranges_in

BAD_LINES_SHOWN: Final = 10
_KEPT: Final = Path(events.__file__).parent / BOTS_FILE


class ListState(msgspec.Struct, frozen=True, kw_only=True):
    """One list. ``changed_at`` None: the operator has no such file; ``unreadable``: it is there and is not obeyed."""

    file: str
    entries: int
    changed_at: datetime | None
    unreadable: bool
    bad_lines: int
    bad: tuple[BadLine, ...]  # The first of them.


class Lists(msgspec.Struct, frozen=True):
    """Both lists, and of which day the kept list of bots is."""

    kept_as_of: str
    bots: ListState
    data_centres: ListState


def lists() -> Lists:
    """Return how the lists stand now. A large file that has changed takes about a second."""
    folder: Path = settings.VONK.data_dir
    return Lists(_kept_as_of(), _state(folder / BOTS_FILE), _state(folder / DATA_CENTRES_FILE))


def _state(path: Path) -> ListState:
    try:
        status = path.stat()
    except FileNotFoundError:
        return _told(path.name, "", None)
    except OSError:
        return _unreadable(path.name, None)
    changed_at = datetime.fromtimestamp(int(status.st_mtime), UTC)
    if status.st_size > LIST_BYTES_MAX:
        return _unreadable(path.name, changed_at)
    return _read(path, changed_at, (status.st_ino, status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, changed_at: datetime, mark: tuple[int, int, int]) -> ListState:  # noqa: ARG001 - the mark is the cache's.
    try:
        return _told(path.name, path.read_text(encoding="utf-8"), changed_at)
    except (OSError, ValueError):  # Also what is no UTF-8.
        return _unreadable(path.name, changed_at)


def _told(name: str, text: str, changed_at: datetime | None) -> ListState:
    if name == BOTS_FILE:
        tokens, bad = bot_tokens(_KEPT.read_text(encoding="utf-8"), text)
        entries = len(tokens)
    else:
        networks, bad = ranges_in(text)
        entries = Ranges(networks).count
    return ListState(
        file=name,
        entries=entries,
        changed_at=changed_at,
        unreadable=False,
        bad_lines=len(bad),
        bad=tuple(bad[:BAD_LINES_SHOWN]),
    )


def _unreadable(name: str, changed_at: datetime | None) -> ListState:
    return ListState(file=name, entries=0, changed_at=changed_at, unreadable=True, bad_lines=0, bad=())


@lru_cache(maxsize=1)
def _kept_as_of() -> str:
    """Return the date in the kept list's first line."""
    return _KEPT.read_text(encoding="utf-8").partition("as of ")[2][: len("2026-11-22")]
