"""Whatever happens in whatever order, state, grant and record follow a model of a dozen lines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.area.authorisation.world import World, grant
from vonk.authorisation import queries
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.models import Consent, ConsentRecord
from vonk.content.actions import posts
from vonk.content.rules import Visibility
from vonk.control.models import Publication
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.core.errors import Problem

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GRANTED = {"active", "suspended", "expired"}


class Known:
    """What the model knows of one consent."""

    def __init__(self, code: str, ends_at: datetime) -> None:
        self.code = code
        self.ends_at = ends_at
        self.holder: int | None = None
        self.closed: str | None = None  # revoked, released or deleted.

    def state(self, now: datetime, *, shown: bool) -> str:
        if self.closed is not None:
            return self.closed
        if self.ends_at <= now:
            return "expired"
        if self.holder is None:
            return "issued"
        return "active" if shown else "suspended"


Outcome = TypeVar("Outcome")


def attempt(call: Callable[[], Outcome]) -> tuple[Outcome | None, str | None]:
    """Return what the call returned, or the code of what stood in its way."""
    try:
        return call(), None
    except Problem as problem:
        return None, problem.code


class Life(RuleBasedStateMachine):
    """One post of Cleo's, two accounts, and a clock that only goes forward."""

    world: World  # Made once: each life is rolled back to it.

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.savepoint()
        self.world.now = START
        self.post_id = self.world.post()
        self.settings_on = self.post_on = self.deleted = self.ads_only = False
        self.public = True
        self.known: dict[int, Known] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self._savepoint)

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def shown(self) -> bool:
        return not self.deleted and (self.public or self.ads_only)

    def one(self, choice: int) -> tuple[int, Known]:
        return list(self.known.items())[choice % len(self.known)]

    def close_live(self) -> tuple[int, ...]:
        live = [key for key, known in self.known.items() if known.closed is None and known.ends_at > self.now]
        for key in live:
            self.known[key].closed = "revoked"
        return tuple(live)

    @initialize()
    def begin(self) -> None:
        self.switch_settings(on=True)
        self.switch_post(on=True)
        self.issue(days=7, ads_only=False, make_public=False)
        self.redeem(choice=0, name="ada")

    @rule(on=st.booleans())
    def switch_settings(self, *, on: bool) -> None:
        expected = self.close_live() if self.settings_on and not on else ()
        assert switches.set_ad_settings(self.world.cleo, on=on, now=self.now).revoked_ids == expected
        self.settings_on = on

    @rule(on=st.booleans())
    def switch_post(self, *, on: bool) -> None:
        done, refused = attempt(
            lambda: switches.set_post_authorisation(self.world.cleo, self.post_id, on=on, now=self.now)
        )
        if on and not self.settings_on:
            assert refused == "ad_settings_off"
        elif on and self.deleted:
            assert refused == "video_deleted"
        else:
            assert done is not None
            assert done.revoked_ids == (self.close_live() if self.post_on and not on else ())
            self.post_on = on

    @rule()
    def switch_both_on(self) -> None:
        self.switch_settings(on=True)
        self.switch_post(on=True)

    @rule(days=st.sampled_from([7, 30]), ads_only=st.booleans(), make_public=st.booleans())
    def issue(self, *, days: int, ads_only: bool, make_public: bool) -> None:
        make_public = make_public and not ads_only
        issued, refused = attempt(
            lambda: self.world.issued(self.post_id, days=days, ads_only=ads_only, make_public=make_public)
        )
        if not self.settings_on:
            assert refused == "ad_settings_off"
        elif not self.post_on:
            assert refused == "post_authorisation_off"
        elif self.deleted:
            assert refused == "video_deleted"
        elif not (self.public or ads_only or make_public):
            assert refused == "not_public_video"
        else:
            assert issued is not None
            self.known[issued.id] = Known(issued.code, issued.ends_at)
            self.ads_only, self.public = ads_only, self.public or make_public

    @precondition(lambda self: self.known)
    @rule(choice=st.integers(0, 99), name=st.sampled_from(["ada", "mallory"]))
    def redeem(self, choice: int, name: str) -> None:
        key, known = self.one(choice)
        scope = self.scope(name)
        expected = self.expected_error(known, scope.account)
        redeemed, refused = attempt(lambda: consents.redeem(scope, known.code, now=self.now))
        assert refused == expected
        if expected is None:
            assert redeemed == consents.Redeemed(key, again=known.holder is not None)
            known.holder = scope.account

    def scope(self, name: str) -> Scope:
        return self.world.ada if name == "ada" else self.world.mallory

    def expected_error(self, known: Known, account_id: int) -> str | None:
        if known.closed == "deleted":
            return "auth_code_not_found"
        if known.holder not in {None, account_id}:
            return "auth_code_already_used"
        if known.closed is not None:
            released_after_end = known.closed == "released" and not self.was_revoked(known)
            return "authorization_released" if released_after_end else "authorization_revoked"
        if known.ends_at <= self.now:
            return "auth_code_expired"
        if known.holder is None and not self.shown:
            return "video_deleted" if self.deleted else "not_public_video"
        return None

    def was_revoked(self, known: Known) -> bool:
        (row,) = (row for row in Consent.objects.all() if self.known[row.pk] is known)
        return row.revoked_at is not None

    @precondition(lambda self: self.known)
    @rule(choice=st.integers(0, 99), days=st.sampled_from([7, 30]))
    def extend(self, choice: int, days: int) -> None:
        key, known = self.one(choice)
        may = known.closed is None and self.settings_on and self.post_on and not self.deleted
        extended, refused = attempt(lambda: consents.extend(self.world.cleo, key, duration_days=days, now=self.now))
        assert (refused is None) == may
        if extended is not None:
            known.ends_at = max(self.now, known.ends_at) + timedelta(days=days)
            assert extended.ends_at == known.ends_at

    @precondition(lambda self: self.known)
    @rule(choice=st.integers(0, 99))
    def revoke(self, choice: int) -> None:
        key, known = self.one(choice)
        assert consents.revoke(self.world.cleo, key, now=self.now) == (known.closed is None)
        known.closed = known.closed or "revoked"

    @precondition(lambda self: self.known)
    @rule(choice=st.integers(0, 99))
    def delete(self, choice: int) -> None:
        key, known = self.one(choice)
        _, refused = attempt(lambda: consents.delete(self.world.cleo, key, now=self.now))
        assert refused == (None if known.holder is None else "auth_code_in_use")
        if refused is None:
            known.closed = "deleted"

    @precondition(lambda self: self.known)
    @rule(choice=st.integers(0, 99), name=st.sampled_from(["ada", "mallory"]))
    def release(self, choice: int, name: str) -> None:
        key, known = self.one(choice)
        scope = self.scope(name)
        _, refused = attempt(lambda: consents.release(scope, key, now=self.now))
        if known.holder != scope.account:
            assert refused == "not_found"
        elif known.closed is None and known.ends_at > self.now:
            assert refused == "authorization_still_live"
        else:
            assert refused is None
            known.closed = "released"

    @rule(hours=st.sampled_from([1, 24, 24 * 3, 24 * 7, 24 * 30]))
    def time_passes(self, hours: int) -> None:
        self.world.advance(timedelta(hours=hours))

    @rule()
    def notice(self) -> None:
        consents.notice_ended(self.now)
        again = consents.notice_ended(self.now)
        assert (again.ended, again.reminded, again.gone, again.back) == (0, 0, 0, 0)

    @precondition(lambda self: not self.deleted)
    @rule(visibility=st.sampled_from(list(Visibility)))
    def change_visibility(self, visibility: Visibility) -> None:
        posts.set_visibility(self.world.cleo, self.post_id, visibility, now=self.now)
        self.public = visibility is Visibility.PUBLIC

    @precondition(lambda self: not self.deleted and len(self.known) > 2)
    @rule()
    def delete_post(self) -> None:
        posts.delete(self.world.cleo, self.post_id, now=self.now)
        self.deleted = True

    @invariant()
    def states_match(self) -> None:
        facts = queries.consent_facts(self.known, self.now)
        assert {key: view.state.value for key, view in facts.items()} == {
            key: known.state(self.now, shown=self.shown) for key, known in self.known.items()
        }
        assert {key: view.account_id for key, view in facts.items()} == {
            key: known.holder for key, known in self.known.items()
        }

    @invariant()
    def grants_match(self) -> None:
        for key, known in self.known.items():
            document = grant(key)
            granted = known.holder is not None and known.state(self.now, shown=self.shown) in GRANTED
            assert (document is not None) == granted
            if document is not None:
                assert (document.account_id, document.ends_ms) == (known.holder, to_ms(known.ends_at))
        published = Publication.objects.filter(kind="post", document__isnull=False).exists()
        assert published == (self.shown and any(known.holder is not None for known in self.known.values()))

    @invariant()
    def record_is_whole(self) -> None:
        assert queries.verify_chain(None) == []
        bodies = [known.code.removeprefix("#") for known in self.known.values()]
        texts = str(list(ConsentRecord.objects.values()))
        assert not any(body in texts for body in bodies)


class LifeTest(TestCase):
    def test_any_life_of_a_post(self) -> None:
        Life.world = World(START)
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=15,
                stateful_step_count=30,
                phases=[
                    Phase.reuse,
                    Phase.generate,
                ],  # Thirty steps can be read; shrinking them outlasts a test's time.
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            ),
        )
