"""Which people, accounts and posts make a developer's world: a file of ids in the data directory, without any secret."""

import os
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings

from vonk.core.errors import NotFound

FOLDER: Final = "sandbox"
WORLDS: Final = "worlds"


class WorldRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A world by its ids. ``posts``: those whose codes are tried, by the name of the code."""

    account_ids: tuple[int, ...]
    advertiser: int
    creator: int
    original: int  # A post that one of them answers.
    video_id: int
    posts: dict[str, int]


def keep(record: WorldRecord) -> None:
    """Write the record, instead of the one of before; a reader finds the former or the new one, whole."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{record.account_ids[0]}.json"
    draft = target.with_suffix(f".{os.getpid()}")
    draft.write_bytes(msgspec.json.encode(record))
    draft.replace(target)


def of_account(account_id: int) -> WorldRecord:
    """Return the world that the ad account is of; NotFound when it is of none."""
    found = next((one for one in all_worlds() if account_id in one.account_ids), None)
    if found is None:
        raise NotFound(noun="sandbox world")
    return found


def all_worlds() -> list[WorldRecord]:
    """Return every world of the directory, the oldest first."""
    return [msgspec.json.decode(file.read_bytes(), type=WorldRecord) for file in sorted(_folder().glob("*.json"))]


def _folder() -> Path:
    folder: Path = settings.VONK.data_dir / FOLDER / WORLDS
    return folder
