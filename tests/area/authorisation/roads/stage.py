"""The world on which the machine acts: every act is tried, expected, and followed by what the product does on commit."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from hypothesis.stateful import RuleBasedStateMachine

from tests.area.authorisation.roads.model import NO_TERMS, Consent, Post, Profile, Terms, Town
from tests.area.authorisation.world import DAY, World
from vonk.authorisation.models import Consent as ConsentRow
from vonk.authorisation.rules import TermsDraft
from vonk.content.models import Video
from vonk.content.rules import VideoState
from vonk.control.scope import Scope
from vonk.core.errors import Problem

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EURO = 1_000_000
ACCOUNTS = ("ada", "mallory", "shop")  # ``shop`` is Cleo's own.
TERMS = 6
TABLES = (
    "authorisation_access",
    "authorisation_ad_settings",
    "authorisation_consent",
    "authorisation_consent_need",
    "authorisation_consent_record",
    "authorisation_post",
    "authorisation_request",
    "authorisation_standing",
    "authorisation_terms",
    "authorisation_terms_agreement",
    "content_post",
    "content_profile",
    "control_publication",
)
Outcome = TypeVar("Outcome")


def tables() -> int:
    """Return a digest of every row that an act could change."""
    found: list[object] = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 - names of our own.
            found.append(str(cursor.fetchall()))
    return hash(tuple(found))


class Cast:
    """The world of all lives: made once, each life is rolled back to it."""

    def __init__(self) -> None:
        self.world = World(START)
        self.scopes: dict[str, Scope] = {
            "ada": self.world.ada,
            "mallory": self.world.mallory,
            "shop": self.world.account("Cleo", "Cleo's loaves"),
        }
        self.posts = {
            "loaf": self.world.post(),
            "tune": self.world.post("Vik"),
        }
        self.posts["duet"] = self.world.post(duet_of_id=self.posts["tune"])
        self.video_ids = {name: self._clip(scope) for name, scope in self.scopes.items()}

    def _clip(self, scope: Scope) -> int:
        return Video.objects.create(
            uploader_id=scope.person,
            account_id=scope.account,
            state=VideoState.READY.value,
            original_name="oven.mp4",
            source_container="mov",
            rendition_key="oven/video.mp4",
            poster_key="oven/poster.jpg",
            source_bytes=4_000_000,
            source_sha256="1" * 64,
            duration_ms=10_000,
            has_sound=True,
            width=1080,
            height=1920,
            created_at=START,
        ).pk


class Stage(RuleBasedStateMachine):
    """One life: its clock, its town, and how acts are tried."""

    cast: Cast
    examples = steps = refusals = 0  # Of all lives, for who runs it long.

    def __init__(self) -> None:
        super().__init__()
        Stage.examples += 1
        self._savepoint = transaction.savepoint()
        connection.run_on_commit.clear()
        self.now = START
        self.town = Town()
        cleo, vik = self.town.profiles["Cleo"], self.town.profiles["Vik"]
        tune = Post(vik)
        self.town.posts = {
            self.cast.posts["loaf"]: Post(cleo),
            self.cast.posts["tune"]: tune,
            self.cast.posts["duet"]: Post(cleo, original=tune),
        }
        self.since_work = 0  # Acts.
        self.before = tables()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self._savepoint)
        connection.run_on_commit.clear()

    def act(self, call: Callable[[], Outcome], *, may: bool) -> Outcome | None:
        """Try an act; it is accepted exactly when it may be, and a refused one changes nothing."""
        Stage.steps += 1
        self.since_work += 1
        self.town.settled = False
        done, refused = self._tried(call)
        if refused is not None or done is None:
            assert not may, f"refused: {refused}"
            assert tables() == self.before, f"{refused} changed something"
            Stage.refusals += 1
            return None
        assert may, "accepted"
        following, connection.run_on_commit = connection.run_on_commit, []
        for _, follow, *_ in following:
            follow()
        connection.run_on_commit.clear()
        return done

    def _tried(self, call: Callable[[], Outcome]) -> tuple[Outcome | None, str | None]:
        try:
            return call(), None
        except Problem as problem:
            return None, problem.code

    def digest(self) -> int:
        return tables()

    @property
    def cleo(self) -> Profile:
        return self.town.profiles["Cleo"]

    def profile_id(self, owner: Profile) -> int:
        return self.cast.world.profiles["Cleo" if owner is self.cleo else "Vik"]

    def scope(self, account: str) -> Scope:
        return self.cast.scopes[account]

    def creator(self, owner: Profile) -> Scope:
        return self.cast.world.people["Cleo" if owner is self.town.profiles["Cleo"] else "Vik"]

    def pick(self, choice: int, *, drafts: bool = True) -> tuple[int, Post]:
        found = [(key, post) for key, post in self.town.posts.items() if drafts or not post.publish_as]
        return found[choice % len(found)]

    def pick_consent(self, choice: int) -> tuple[int, Consent]:
        found = list(self.town.consents.items())
        return found[-1 - choice % len(found)]

    def terms(self, kind: int) -> tuple[TermsDraft | None, Terms]:
        """Return terms as they are offered and as the model knows them."""
        days = timedelta(days=1)
        match kind:
            case 1:
                known = Terms(notice=3)
            case 2:
                known = Terms(countries=("NL",), cap=50 * EURO)
            case 3:
                known = Terms(categories=("food",), ends=self.now + 40 * days, notice=5)
            case 4:
                known = Terms(starts=self.now + 2 * days, countries=("DE", "NL"), cap=20 * EURO)
            case 5:
                known = Terms(ends=self.now + 12 * DAY, categories=("art",))
            case _:
                return None, NO_TERMS
        draft = TermsDraft(
            currency="EUR" if known.cap is not None else "",
            spend_cap_micros=known.cap,
            starts_at=known.starts,
            ends_at=known.ends,
            countries=known.countries,
            categories=known.categories,
            notice_days=known.notice,
        )
        return draft, known

    def sha256_of(self, consent_id: int) -> str | None:
        terms = ConsentRow.objects.select_related("terms").get(pk=consent_id).terms
        return terms.sha256 if terms is not None else None

    def took(self, consent_id: int, consent: Consent) -> Consent:
        """Note a consent that an account holds from now on."""
        self.town.consents[consent_id] = consent
        consent.redeemed = self.now
        consent.post.in_ads = consent.post.locked = True
        return consent
