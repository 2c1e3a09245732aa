"""The cast at the wire: each with a token, in a small town that has one of everything."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.kept import keep
from tests.wire import (
    accessing,
    agreeing,
    developing,
    hooking,
    lifting,
    listing,
    money,
    organising,
    pushing,
    requesting,
)
from vonk.advertising.actions import ad_groups, ads, campaigns, offline_sets, pixels
from vonk.advertising.drafts import AdDraft, AdGroupDraft, CampaignDraft
from vonk.advertising.models import Review
from vonk.authorisation.actions import consents, switches
from vonk.billing.actions import payments
from vonk.content.actions import engagement, posts, profiles, sounds
from vonk.content.models import Picture, Video
from vonk.content.rules import ORGANIC, VideoState
from vonk.control import clock, event_log
from vonk.control.scope import PLATFORM, Right, Scope, Via
from vonk.core.ids import new_id
from vonk.delivery.snapshot import Budget, BudgetMode, Targeting
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.actions import accounts, people, tokens
from vonk.identity.rules import PlatformRole
from vonk.privacy.actions import erasures

PASSWORD = "a long sentence nobody guesses"
CAST = ("anonymous", "vik", "cleo", "ada", "olu", "mallory")
PREFIX = "/platform/v1"


class Answer(msgspec.Struct, frozen=True):
    """What came back, decoded."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str | None:
        return self.body.get("code") if isinstance(self.body, dict) else None


class Api:
    """Calls the platform API as one of the cast."""

    def __init__(self, token_of: Mapping[str, str]) -> None:
        self._token_of = token_of
        self._client = Client(enforce_csrf_checks=True)

    def call(
        self,
        who: str,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = "",
        query: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
    ) -> Answer:
        headers = {}
        if who != "anonymous":
            headers["Authorization"] = f"Bearer {self._token_of[who]}"
        if key is not None:
            headers["Idempotency-Key"] = key or f"test {new_id()}"
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        response = self._client.generic(
            method, PREFIX + path, sent, content_type=content_type, headers=headers, query_params=query or {}
        )
        content = response.content
        return Answer(response.status_code, json.loads(content) if content else None, dict(response.headers))


class Town(msgspec.Struct, frozen=True):
    """Ids of one of everything, as the wire writes them, and scopes for what tests prepare."""

    ids: dict[str, str]
    scopes: dict[str, Scope]
    tokens: dict[str, str]
    code: str
    fresh_code: str


def ready_video(scope: Scope) -> int:
    """A video as processing leaves it."""
    now = clock.present().now()
    return Video.objects.create(
        uploader_id=scope.person,
        account_id=scope.account_id,
        state=VideoState.READY.value,
        progress_percent=100,
        original_name="clip.mp4",
        rendition_key="0" * 32 + ".mp4",
        poster_key="0" * 32 + ".jpg",
        source_bytes=1000,
        source_sha256="0" * 64,
        rendition_bytes=900,
        width=360,
        height=640,
        duration_ms=5000,
        has_sound=True,
        created_at=now,
    ).pk


@pytest.fixture
def kept_town(worlds_end: None, quick_passwords: None, django_db_blocker: DjangoDbBlocker) -> Town:
    """The town that all tests beside each other share; each gets its own copy of what is not in the database."""
    return keep("kept_town", django_db_blocker, settled)


@pytest.fixture
def kept_worlds(request: pytest.FixtureRequest) -> None:
    """Make a test's kept town before the test's own transaction begins."""
    if "kept_town" in request.fixturenames:
        request.getfixturevalue("kept_town")


@pytest.fixture
def _django_db_helper(kept_worlds: None, _django_db_helper: None) -> None:
    """pytest-django's transaction of each test, inside of that of the kept town."""


@pytest.fixture
def town(kept_town: Town, db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Cleo's consent is redeemed by Ada, whose ad waits for Olu's review; Vik has commented; Mallory looks on."""
    money.reopen()
    monkeypatch.setattr(event_log, "ENGINE", money.ENGINE)
    return msgspec.structs.replace(
        kept_town, ids=dict(kept_town.ids), scopes=dict(kept_town.scopes), tokens=dict(kept_town.tokens)
    )


def settled() -> Town:
    """Make the town."""
    now = clock.present().now()
    scopes, token_of = {}, {}
    for name in CAST[1:]:
        signed_up = profiles.sign_up(
            email=f"{name}@example.org",
            password=PASSWORD,
            handle=name,
            display_name=name.title(),
            language="en",
            country="NL",
            born_on=date(1990, 5, 17),
            now=now,
        )
        scopes[name] = access.person(access.Actor(signed_up.person_id, Via.PLATFORM_API))
        token_of[name] = tokens.issue(scopes[name], label="test", expires_at=None, now=now).token
        scopes[f"{name} profile"] = scopes[name]
        if name == "cleo":
            cleo_profile_id = signed_up.profile_id
    people.appoint(PLATFORM, scopes["olu"].person, PlatformRole.OPERATOR, now=now)
    cleo, vik = scopes["cleo"], scopes["vik"]
    account_id = accounts.open_account(
        scopes["ada"],
        organisation_name="Ada's bakery",
        name="Bread",
        currency="EUR",
        time_zone="Europe/Amsterdam",
        country="NL",
        advertiser_name="Ada's bakery",
        payer_name="Ada's bakery",
        now=now,
    )
    ada = access.advertiser(access.Actor(scopes["ada"].person, Via.PLATFORM_API), account_id, may=Right.FUNDS_EDIT)
    accounts.accept_spark_terms(ada, version="2026-11", now=now)
    payments.top_up(ada, amount_micros=100_000_000, now=now, provider_reference="first")
    video_id, spare_video_id = ready_video(cleo), ready_video(cleo)
    post_id = posts.publish(cleo, video_id=video_id, caption="Bread, slowly #bread", now=now)
    plain_post_id = posts.publish(cleo, video_id=ready_video(cleo), caption="Just so", now=now)
    switches.set_ad_settings(cleo, True, now)
    switches.set_post_authorisation(cleo, post_id, on=True, now=now)
    issued = consents.issue(cleo, post_id, duration_days=30, now=now)
    fresh = consents.issue(cleo, post_id, duration_days=7, now=now)
    unused = consents.issue(cleo, post_id, duration_days=7, now=now)
    consents.redeem(ada, issued.code, now=now)
    campaign_id = campaigns.create(ada, CampaignDraft(name="Bread", objective="traffic"), now=now)
    ad_group_id = ad_groups.create(
        ada,
        campaign_id,
        AdGroupDraft(
            name="Netherlands",
            billing="cpm",
            bid_micros=5_000_000,
            budget=Budget(BudgetMode.DAILY, 20_000_000),
            targeting=Targeting(countries=("NL",)),
        ),
        now=now,
    )
    ad_id = ads.create_one(
        ada,
        ad_group_id,
        AdDraft(
            name="Bread, slowly",
            call_to_action="shop_now",
            landing_url="https://example.org/bread",
            consent_id=issued.id,
        ),
        now=now,
    )
    identity_id = profiles.create_identity(ada, display_name="Ada's bakery", avatar=None, now=now)
    removed_id = posts.publish(cleo, video_id=ready_video(cleo), caption="Gone", now=now)
    ended = consents.issue(cleo, post_id, duration_days=7, now=now)
    consents.redeem(ada, ended.code, now=now)
    consents.revoke(cleo, ended.id, now=now + timedelta(microseconds=1))
    ids: dict[str, int] = {
        "video_id": video_id,
        "spare_video_id": spare_video_id,
        "picture_id": Picture.objects.create(uploader_id=cleo.person, width=9, height=12, created_at=now).pk,
        "account_video_id": ready_video(ada),
        "post_id": post_id,
        "plain_post_id": plain_post_id,
        "removed_post_id": removed_id,
        "consent_id": issued.id,
        "unused_consent_id": unused.id,
        "ended_consent_id": ended.id,
        "terms_id": agreeing.spread(cleo, account_id, cleo_profile_id, now),
        "account_id": account_id,
        "organisation_id": identity.organisations_of(ada)[0].id,
        "campaign_id": campaign_id,
        "ad_group_id": ad_group_id,
        "ad_id": ad_id,
        "identity_id": identity_id,
        "pixel_id": pixels.create(ada, "Shop", now=now).id,
        "offline_set_id": offline_sets.create(ada, "Tills", "", kept={}, now=now),
        "review_id": Review.objects.get(ad_id=ad_id).pk,
        "profile_id": cleo_profile_id,
        "comment_id": engagement.comment(vik, post_id, "Lovely!", source=ORGANIC, now=now),
        "sound_id": sounds.add_to_library(
            access.operator(access.Actor(scopes["olu"].person, Via.WEB), may=Right.OPERATE), title="Rain", now=now
        ),
        "person_id": cleo.person,
        "erased_person_id": _erased(now),
        "token_id": tokens.issue(vik, label="old phone", expires_at=None, now=now).id,
    }
    olu = access.operator(access.Actor(scopes["olu"].person, Via.WEB), may=Right.OPERATE)
    spread = accessing.spread(scopes, ada, ids["organisation_id"], now)
    spread |= requesting.spread(scopes, ada, ids, now)
    spread |= organising.spread(scopes, ids["organisation_id"], account_id, now)
    spread |= pushing.spread(scopes, ada, post_id, now)
    spread |= listing.spread(cleo, ada, unused, now)
    spread |= developing.spread(scopes["ada"], cleo, account_id, now)
    spread |= hooking.spread(scopes, ids["organisation_id"], account_id, now)
    spread |= lifting.spread(ada, now)
    made = ids | spread | money.spread(ada, olu, ids, now)
    return Town(
        {name: str(value) for name, value in made.items()}, {**scopes, "ada": ada}, token_of, issued.code, fresh.code
    )


def _erased(now: datetime) -> int:
    """Return somebody who was here and is no more."""
    gone = people.register(
        email="gone@example.org",
        password=PASSWORD,
        display_name="Gone",
        language="en",
        country="NL",
        born_on=date(1990, 5, 17),
        now=now,
    )
    return erasures.erase(access.person(access.Actor(gone, Via.WEB)), gone, now=now).person_id


@pytest.fixture
def api(town: Town) -> Api:
    """The wire, with everybody's token."""
    return Api(town.tokens)
