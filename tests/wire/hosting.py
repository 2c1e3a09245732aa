"""A host app with a key, two accounts, a post, a sound and reconciliations; and items as hosts send them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings

from vonk.authorisation.post_codes import CodeUse
from vonk.content.actions.hosting import accounts, posts, reconciling, sounds
from vonk.content.hosted import AccountItem, ItemKind, PostItem, SoundItem, Verdict
from vonk.content.models import HostItem
from vonk.control import clock, fetching
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.control.webhooks import actions as webhooks
from vonk.identity import access
from vonk.identity.actions import hosts
from vonk.sandbox import resetting, worlds
from vonk.sandbox.keys import KEYS
from vonk.sandbox.world_codes import CodeStanding
from vonk.sandbox.worlds import World

ORIGIN = "https://media.example.org"


def account(external_id: str, version: int, **changes: Any) -> dict[str, Any]:
    """Return an account as a host sends it."""
    told = {"external_id": external_id, "version": version, "display_name": "Cleo", "country": "NL", "birth_year": 1990}
    return told | changes


def post(external_id: str, version: int, **changes: Any) -> dict[str, Any]:
    """Return a post of u-1 whose film stays at the host."""
    film = {
        "video_url": f"{ORIGIN}/{external_id}.mp4",
        "poster_url": f"{ORIGIN}/{external_id}.jpg",
        "width": 720,
        "height": 1280,
        "duration_ms": 9000,
    }
    told = {
        "external_id": external_id,
        "version": version,
        "account": "u-1",
        "created_at": "2026-01-01T00:00:00Z",
        "caption": "Bread #bread",
        "media": film,
    }
    return told | changes


def sound(external_id: str, version: int, **changes: Any) -> dict[str, Any]:
    """Return a sound as a host sends it."""
    return {"external_id": external_id, "version": version, "title": "Rain", "commercial": True} | changes


def allow_media(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let films stay at the host's origin."""
    monkeypatch.setattr(settings, "VONK", msgspec.structs.replace(settings.VONK, host_media_origins=(ORIGIN,)))


def settle(ids: dict[str, str], tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Scope:
    """Add a host's ids to a town's, and its server's key as that of "host"; return the server's scope."""
    now = clock.present().now()
    allow_media(monkeypatch)
    host_id = hosts.create(PLATFORM, name="Loaf", now=now)
    key = hosts.issue_key(PLATFORM, host_id, label="test", expires_at=None, now=now)
    scope = access.host(access.by_token(key.token, now=now))
    told = (
        *accounts.sync(scope, msgspec.convert([account("u-0", 1), account("u-1", 1)], list[AccountItem]), now=now),
        *posts.sync(scope, msgspec.convert([post("p-1", 1)], list[PostItem]), now=now),
        *sounds.sync(scope, msgspec.convert([sound("s-1", 1)], list[SoundItem]), now=now),
    )
    assert {one.verdict for one in told} == {Verdict.APPLIED}, told
    ended = reconciling.begin(scope, ItemKind.SOUND, now=now)
    reconciling.name(scope, ended, ["s-1"], last=True, now=now)
    begun = reconciling.begin(scope, ItemKind.POST, now=now)
    assert HostItem.objects.count() == 4
    made = {
        "host_id": host_id,
        "host_key_id": hosts.issue_key(PLATFORM, host_id, label="old", expires_at=None, now=now).id,
        "host_endpoint_id": webhooks.add(
            scope, url="https://example.org/vonk", topics=("video.*",), now=now
        ).endpoint_id,
        "reconciliation_id": ended,
        "begun_reconciliation_id": begun,
    }
    ids.update((name, str(number)) for name, number in made.items())
    tokens["host"] = key.token
    return scope


def quick_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have worlds made without their films, which take seconds; ``tests/wire/business/test_sandbox.py`` makes a whole one.

    And films fetched from nowhere; ``tests/wire/test_host_client.py`` fetches one.
    """

    def fetched(url: str, target: Path, *, bytes_max: int, field: str) -> fetching.Fetched:
        target.write_bytes(b"not yet looked at")
        return fetching.Fetched(17, "video/mp4")

    monkeypatch.setattr(fetching, "fetch", fetched)

    def made(scope: Scope, *, now: datetime) -> World:
        scope.require(Right.OPERATE)
        texts = dict.fromkeys(KEYS.values(), "1") | {"film": "film.mp4"}
        return msgspec.convert(texts, World, strict=False, dec_hook=lambda kind, value: kind(value))

    def told(scope: Scope, *, now: datetime) -> dict[str, CodeStanding]:
        scope.require(Right.CAMPAIGN_EDIT)
        return {"auth_code": CodeStanding("#", CodeUse.UNUSED)}

    monkeypatch.setattr(worlds, "create", made)
    monkeypatch.setattr(resetting, "codes", told)
    monkeypatch.setattr(resetting, "reset", told)
