"""The button that makes a developer's world."""

from http import HTTPStatus
from pathlib import Path

import msgspec
import pytest
from django.conf import LazySettings

from tests.web.creator.stage import Stage, text_of
from vonk.identity.models import App
from vonk.sandbox import worlds
from vonk.sandbox.keys import KEYS

MADE = worlds.World(
    access_token="vonk_x", app_id=1, app_secret="secret", oauth_code="code", advertiser_id=2, second_advertiser_id=3,
    foreign_advertiser_id=4, bc_id=5, tt_user_identity_id=6, bc_identity_id=7, auth_code="#1", auth_code_2="#2",
    expired_code="#3", private_code="#4", unavailable_code="#5", duet_code="#6", film=Path("film.mp4"),
    email="ada@example.org", password="long",
)  # fmt: skip


def test_an_operator_makes_a_world_and_reads_it_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "create", lambda _scope, *, now: MADE if now else None)  # The command's test makes one.
    olu = stage.browser("Olu")
    assert 'href="/console/sandbox/"' in olu.get("/console/").content.decode()
    assert "vonk_x" not in text_of(olu.get("/console/sandbox/"))
    answer = olu.post("/console/sandbox/")
    assert answer.status_code == HTTPStatus.CREATED
    shown = text_of(answer)
    assert all(key in shown for key in (*KEYS, "BASE_URL"))
    assert all(text in shown for text in ("vonk_x", "secret", "#6", "http://testserver"))
    assert "vonk_x" not in text_of(olu.get("/console/sandbox/"))


def test_nobody_else_and_no_real_platform_makes_one(stage: Stage, settings: LazySettings) -> None:
    for name in ("Ada", "Mallory"):
        for answer in (stage.browser(name).get("/console/sandbox/"), stage.browser(name).post("/console/sandbox/")):
            assert answer.status_code == HTTPStatus.FORBIDDEN
    settings.VONK = msgspec.structs.replace(settings.VONK, sandbox=False)
    olu = stage.browser("Olu")
    for answer in (olu.get("/console/sandbox/"), olu.post("/console/sandbox/")):
        assert answer.status_code == HTTPStatus.CONFLICT
    with pytest.raises(worlds.NoSandbox):
        worlds.create(stage.town.olu, now=stage.now)
    assert App.objects.count() == 0
