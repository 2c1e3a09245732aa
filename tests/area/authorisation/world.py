"""The cast as authorisation meets them: Cleo with posts, Ada and Mallory with ad accounts, Vik and Olu."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings

from vonk.authorisation.actions import consents, switches
from vonk.authorisation.actions.consents import IssuedConsent
from vonk.content.models import Post, Profile, Video
from vonk.content.rules import Origin, VideoState, Visibility
from vonk.control.models import Publication
from vonk.control.scope import Right, Scope, Via
from vonk.delivery.snapshot import GrantDocument
from vonk.identity import access
from vonk.identity.actions import accounts, people
from vonk.identity.models import Letter, PlatformMember
from vonk.identity.rules import PlatformRole

DAY = timedelta(days=1)
PASSWORD = "a long sentence nobody guesses"


@dataclass
class World:
    """A clock and the scopes of the cast. ``ada`` and ``mallory`` act for their ad accounts."""

    now: datetime
    people: dict[str, Scope] = field(default_factory=dict)
    profiles: dict[str, int] = field(default_factory=dict)
    ada: Scope = field(init=False)
    mallory: Scope = field(init=False)

    def __post_init__(self) -> None:
        for name in ("Ada", "Cleo", "Vik", "Olu", "Mallory"):
            person_id = people.register(
                email=f"{name.lower()}@example.org",
                password=PASSWORD,
                display_name=name,
                language="en",
                country="NL",
                born_on=date(1990, 5, 17),
                now=self.now,
            )
            self.people[name] = access.person(access.Actor(person_id, Via.WEB))
            self.profiles[name] = Profile.objects.create(
                owner_id=person_id, handle=name.lower(), display_name=name, created_at=self.now
            ).pk
        PlatformMember.objects.create(person_id=self.people["Olu"].person, role=PlatformRole.OPERATOR.value)
        self.ada = self.account("Ada", "Ada's bread")
        self.mallory = self.account("Mallory", "Mallory's wares")

    @property
    def cleo(self) -> Scope:
        return self.people["Cleo"]

    @property
    def olu(self) -> Scope:
        return access.operator(access.Actor(self.people["Olu"].person, Via.WEB), may=Right.OPERATE)

    def account(self, name: str, account_name: str, *, terms: bool = True) -> Scope:
        """Open an ad account and return its scope."""
        person = self.people[name]
        account_id = accounts.open_account(
            person,
            organisation_name=name,
            name=account_name,
            currency="EUR",
            time_zone="Europe/Amsterdam",
            country="NL",
            advertiser_name=name,
            payer_name=name,
            now=self.now,
        )
        if terms:
            scope = access.advertiser(access.Actor(person.person, Via.WEB), account_id, may=Right.ACCOUNT_EDIT)
            accounts.accept_spark_terms(scope, version=settings.VONK.spark_terms_version, now=self.now)
        return access.advertiser(access.Actor(person.person, Via.WEB), account_id, may=Right.CAMPAIGN_EDIT)

    def post(self, name: str = "Cleo", **changed: Any) -> int:
        """Publish a small post with a ready video."""
        video = Video.objects.create(
            uploader_id=self.people[name].person,
            state=changed.pop("video_state", VideoState.READY).value,
            original_name="loaf.mp4",
            rendition_key="loaf/video.mp4",
            poster_key="loaf/poster.jpg",
            source_bytes=1000,
            source_sha256="0" * 64,
            rendition_bytes=900,
            width=360,
            height=640,
            duration_ms=5000,
            has_sound=True,
            created_at=self.now,
        )
        values: dict[str, Any] = {
            "profile_id": self.profiles[name],
            "caption": "A loaf rises",
            "visibility": Visibility.PUBLIC.value,
            "origin": Origin.ORGANIC.value,
            "created_at": self.now,
        }
        return Post.objects.create(video=video, **{**values, **changed}).pk

    def ready_post(self, name: str = "Cleo", **changed: Any) -> int:
        """Publish a post and switch everything on for it."""
        post_id = self.post(name, **changed)
        self.switch_on(post_id, name)
        return post_id

    def switch_on(self, post_id: int, name: str = "Cleo") -> None:
        switches.set_ad_settings(self.people[name], on=True, now=self.now)
        switches.set_post_authorisation(self.people[name], post_id, on=True, now=self.now)

    def issued(self, post_id: int | None = None, *, days: int = 30, **choice: Any) -> IssuedConsent:
        """Have Cleo issue a consent."""
        return consents.issue(self.cleo, post_id or self.ready_post(), duration_days=days, now=self.now, **choice)

    def redeemed(self, post_id: int | None = None, *, days: int = 30) -> IssuedConsent:
        """Have Cleo issue a consent and Ada redeem it."""
        issued = self.issued(post_id, days=days)
        assert consents.redeem(self.ada, issued.code, now=self.now) == consents.Redeemed(issued.id, again=False)
        return issued

    def advance(self, by: timedelta) -> None:
        self.now += by


def grant(consent_id: int) -> GrantDocument | None:
    """Return the grant that the ad servers see."""
    row = Publication.objects.filter(kind="grant", object_id=consent_id).first()
    return msgspec.json.decode(row.document, type=GrantDocument) if row is not None and row.document else None


def subjects(scope: Scope) -> list[str]:
    """Return the subjects of the letters written to the person, oldest first."""
    return list(Letter.objects.filter(person_id=scope.person).order_by("pk").values_list("subject", flat=True))


def bodies(scope: Scope) -> list[str]:
    return list(Letter.objects.filter(person_id=scope.person).order_by("pk").values_list("body", flat=True))
