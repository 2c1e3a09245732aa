"""Whatever happens in whatever order, state, grant and record follow a small model.

``Known`` is the model of one consent, ``Model`` of one post's; ``Life`` does to both what people do. A road more is a
rule that puts a ``Known`` into the model; its endings are those of all.
"""

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
from tests.chance import examples
from vonk.authorisation import queries
from vonk.authorisation.actions import consents, records, switches, takings
from vonk.authorisation.models import Consent, ConsentRecord
from vonk.authorisation.rules import Road, TermsDraft
from vonk.content import queries as content
from vonk.content.actions import posts
from vonk.content.rules import Visibility
from vonk.control.models import Publication
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.core.errors import Problem

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = ("ada", "mallory", "vik")


class Known:
    """What the model knows of one consent. ``code`` is None where the road needs none."""

    def __init__(
        self, ends_at: datetime, *, code: str | None = None, notice_days: int = 0, accounts_max: int = 1
    ) -> None:
        self.code = code
        self.ends_at = ends_at
        self.notice_days = notice_days
        self.accounts_max = accounts_max
        self.holder: int | None = None
        self.shares: dict[int, Known] = {}  # Of a code for several accounts, by account.
        self.ending_at: datetime | None = None
        self.closed: str | None = None  # revoked, released or deleted.
        self.revoked = False  # Whatever came after.

    def state(self, now: datetime, *, shown: bool) -> str:
        if self.closed is not None:
            return self.closed
        if self.ending_at is not None and self.ending_at <= now:
            return "revoked"
        if self.ends_at <= now:
            return "expired"
        if self.holder is None:
            return "issued"
        if not shown:
            return "suspended"
        return "active" if self.ending_at is None else "ending"

    def live(self, now: datetime) -> bool:
        return self.state(now, shown=True) in {"issued", "active", "ending"}

    def revoke(self, now: datetime) -> bool:
        """Return whether a revocation changes anything, and do it."""
        if self.closed is not None:
            return False
        if self.ending_at is not None:
            self.notice_over(now)
            return False
        ending_at = min(self.ends_at, now + timedelta(days=self.notice_days))
        if self.holder is not None and ending_at > now:
            self.ending_at = ending_at
        else:
            self.closed, self.revoked = "revoked", True
        return True

    def notice_over(self, now: datetime) -> None:
        if self.closed is None and self.ending_at is not None and self.ending_at <= now:
            self.closed, self.revoked = "revoked", True

    def grant_ends_at(self) -> datetime | None:
        """Return the end that the ad servers hold, None when they hold nothing."""
        if self.holder is None or self.closed is not None:
            return None
        return self.ends_at if self.ending_at is None else min(self.ends_at, self.ending_at)


Outcome = TypeVar("Outcome")


def attempt(call: Callable[[], Outcome]) -> tuple[Outcome | None, str | None]:
    """Return what the call returned, or the code of what stood in its way."""
    try:
        return call(), None
    except Problem as problem:
        return None, problem.code


class Model:
    """One post: its switches, who sees it, and every consent to it."""

    def __init__(self) -> None:
        self.settings_on = self.post_on = self.deleted = self.ads_only = self.locked = False
        self.public = True
        self.known: dict[int, Known] = {}

    @property
    def shown(self) -> bool:
        return not self.deleted and (self.public or self.ads_only)

    def close_live(self, now: datetime) -> tuple[int, ...]:
        return tuple(key for key, known in sorted(self.known.items()) if known.live(now) and known.revoke(now))

    def post_error(self, *, ads_only: bool = False, make_public: bool = False) -> str | None:
        """Return why nobody may consent with these choices."""
        if self.deleted:
            return "video_deleted"
        return None if self.public or ads_only or make_public else "not_public_video"

    def code_error(self, known: Known, account_id: int, now: datetime, *, agreed: bool) -> str | None:
        """Return why the account may not use the code; what it holds of a shared one decides, once it holds it."""
        held = known.shares.get(account_id, known)
        if held.closed == "deleted":
            return "auth_code_not_found"
        if held.holder not in {None, account_id}:
            return "auth_code_already_used"
        if held.revoked or (held.ending_at is not None and held.ending_at <= now):
            return "authorization_revoked"
        if held.closed == "released":
            return "authorization_released"
        if held.ends_at <= now:
            return "auth_code_expired"
        if held.holder == account_id:
            return None
        if not self.shown:
            return "video_deleted" if self.deleted else "not_public_video"
        if known.notice_days and not agreed:
            return "terms_agreement_required"
        return "auth_code_already_used" if len(known.shares) == known.accounts_max > 1 else None


class Life(RuleBasedStateMachine):
    """One post of Cleo's, three accounts, and a clock that only goes forward."""

    world: World  # Made once: each life is rolled back to it.
    third: Scope

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.savepoint()
        self.world.now = START
        self.post_id = self.world.post()
        self.model = Model()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self._savepoint)

    @property
    def now(self) -> datetime:
        return self.world.now

    def one(self, choice: int) -> tuple[int, Known]:
        return list(self.model.known.items())[choice % len(self.model.known)]

    def scope(self, name: str) -> Scope:
        return {"ada": self.world.ada, "mallory": self.world.mallory, "vik": self.third}[name]

    @initialize()
    def begin(self) -> None:
        self.switch_settings(on=True)
        self.switch_post(on=True)
        self.issue(days=7, ads_only=False, make_public=False, notice_days=0, accounts_max=1)
        self.redeem(choice=0, name="ada", agree=False)

    @rule(on=st.booleans())
    def switch_settings(self, *, on: bool) -> None:
        expected = self.model.close_live(self.now) if self.model.settings_on and not on else ()
        assert switches.set_ad_settings(self.world.cleo, on=on, now=self.now).revoked_ids == expected
        self.model.settings_on = on

    @rule(on=st.booleans())
    def switch_post(self, *, on: bool) -> None:
        model = self.model
        done, refused = attempt(
            lambda: switches.set_post_authorisation(self.world.cleo, self.post_id, on=on, now=self.now)
        )
        if on and not model.settings_on:
            assert refused == "ad_settings_off"
        elif on and model.deleted:
            assert refused == "video_deleted"
        else:
            assert done is not None
            assert done.revoked_ids == (model.close_live(self.now) if model.post_on and not on else ())
            model.post_on = on

    @rule()
    def switch_both_on(self) -> None:
        self.switch_settings(on=True)
        self.switch_post(on=True)

    @rule(
        days=st.sampled_from([7, 30]),
        ads_only=st.booleans(),
        make_public=st.booleans(),
        notice_days=st.sampled_from([0, 0, 3]),
        accounts_max=st.sampled_from([1, 1, 2]),
    )
    def issue(self, *, days: int, ads_only: bool, make_public: bool, notice_days: int, accounts_max: int) -> None:
        model, make_public = self.model, make_public and not ads_only
        issued, refused = attempt(
            lambda: self.world.issued(
                self.post_id,
                days=days,
                ads_only=ads_only,
                make_public=make_public,
                accounts_max=accounts_max,
                terms=TermsDraft(notice_days=notice_days) if notice_days else None,
            )
        )
        if not model.settings_on:
            assert refused == "ad_settings_off"
        elif not model.post_on:
            assert refused == "post_authorisation_off"
        else:
            assert refused == model.post_error(ads_only=ads_only, make_public=make_public)
        if issued is not None:
            model.known[issued.id] = Known(
                issued.ends_at, code=issued.code, notice_days=notice_days, accounts_max=accounts_max
            )
            model.ads_only, model.public, model.locked = ads_only, model.public or make_public, True

    @rule(name=st.sampled_from(NAMES), days=st.sampled_from([7, 30]))
    def accept(self, name: str, days: int) -> None:
        """Cleo says yes to a request: a consent without a code."""
        model, scope = self.model, self.scope(name)
        taken, refused = attempt(lambda: self.take(scope, days))
        assert refused == ("ad_settings_off" if not model.settings_on else model.post_error(ads_only=model.ads_only))
        if taken is not None:
            known = model.known[taken.pk] = Known(self.now + timedelta(days=days))
            known.holder = scope.account
            model.post_on = model.locked = True

    @transaction.atomic
    def take(self, scope: Scope, days: int) -> Consent:
        post = content.post_facts([self.post_id])[self.post_id]
        return takings.take(
            self.world.cleo,
            records.lock(post.profile_id),
            post,
            account_id=scope.account,
            person_id=scope.person,
            road=Road.REQUEST,
            ends_at=self.now + timedelta(days=days),
            duration_days=days,
            now=self.now,
        )

    @precondition(lambda self: self.model.known)
    @rule(choice=st.integers(0, 99), name=st.sampled_from(NAMES), agree=st.booleans())
    def redeem(self, choice: int, name: str, *, agree: bool) -> None:
        key, known = self.one(choice)
        if known.code is None:
            return
        code, scope = known.code, self.scope(name)
        expected = self.model.code_error(known, scope.account, self.now, agreed=agree)
        terms = Consent.objects.get(pk=key).terms
        sha256 = terms.sha256 if terms is not None and agree else None
        done, refused = attempt(lambda: consents.redeem(scope, code, agree_sha256=sha256, now=self.now))
        assert refused == expected
        if done is None:
            return
        held = known.shares.get(scope.account, known)
        assert done.again == (held.holder is not None)
        if known.accounts_max > 1 and held is known:
            held = known.shares[scope.account] = self.model.known[done.consent_id] = Known(
                known.ends_at, notice_days=known.notice_days
            )
        held.holder = scope.account
        assert self.model.known[done.consent_id] is held

    @precondition(lambda self: self.model.known)
    @rule(choice=st.integers(0, 99), days=st.sampled_from([7, 30]))
    def extend(self, choice: int, days: int) -> None:
        key, known = self.one(choice)
        model = self.model
        may = known.closed is None and known.ending_at is None and model.settings_on and model.post_on
        extended, refused = attempt(lambda: consents.extend(self.world.cleo, key, duration_days=days, now=self.now))
        assert (refused is None) == (may and not model.deleted)
        if extended is not None:
            known.ends_at = max(self.now, known.ends_at) + timedelta(days=days)
            assert extended.ends_at == known.ends_at
            for share in known.shares.values():
                if share.closed is None and share.ending_at is None:
                    share.ends_at = max(share.ends_at, known.ends_at)

    @precondition(lambda self: self.model.known)
    @rule(choice=st.integers(0, 99))
    def revoke(self, choice: int) -> None:
        key, known = self.one(choice)
        expected = [one.revoke(self.now) for one in (known, *known.shares.values())]
        assert consents.revoke(self.world.cleo, key, now=self.now).changed == any(expected)

    @precondition(lambda self: self.model.known)
    @rule(choice=st.integers(0, 99))
    def delete(self, choice: int) -> None:
        key, known = self.one(choice)
        _, refused = attempt(lambda: consents.delete(self.world.cleo, key, now=self.now))
        assert refused == ("auth_code_in_use" if known.holder is not None or known.shares else None)
        if refused is None:
            known.closed = "deleted"

    @precondition(lambda self: self.model.known)
    @rule(choice=st.integers(0, 99), name=st.sampled_from(NAMES))
    def release(self, choice: int, name: str) -> None:
        key, known = self.one(choice)
        scope = self.scope(name)
        _, refused = attempt(lambda: consents.release(scope, key, now=self.now))
        if known.holder != scope.account:
            assert refused == "not_found"
        elif known.live(self.now):
            assert refused == "authorization_still_live"
        else:
            assert refused is None
            known.notice_over(self.now)
            known.closed = "released"

    @rule(hours=st.sampled_from([1, 24, 24 * 3, 24 * 7, 24 * 30]))
    def time_passes(self, hours: int) -> None:
        self.world.advance(timedelta(hours=hours))

    @rule()
    def notice(self) -> None:
        consents.notice_ended(self.now)
        again = consents.notice_ended(self.now)
        assert (again.ended, again.reminded, again.gone, again.back, again.revoked) == (0, 0, 0, 0, 0)
        for known in self.model.known.values():
            known.notice_over(self.now)

    @precondition(lambda self: not self.model.deleted)
    @rule(visibility=st.sampled_from(list(Visibility)))
    def change_visibility(self, visibility: Visibility) -> None:
        posts.set_visibility(self.world.cleo, self.post_id, visibility, now=self.now)
        self.model.public = visibility is Visibility.PUBLIC

    @precondition(lambda self: not self.model.deleted and len(self.model.known) > 2)
    @rule()
    def delete_post(self) -> None:
        posts.delete(self.world.cleo, self.post_id, now=self.now)
        self.model.deleted = True

    @invariant()
    def states_match(self) -> None:
        facts = queries.consent_facts(self.model.known, self.now)
        assert {key: (view.state.value, view.account_id) for key, view in facts.items()} == {
            key: (known.state(self.now, shown=self.model.shown), known.holder)
            for key, known in self.model.known.items()
        }

    @invariant()
    def grants_match(self) -> None:
        for key, known in self.model.known.items():
            document, ends_at = grant(key), known.grant_ends_at()
            granted = (document.account_id, document.ends_ms) if document is not None else None
            assert granted == ((known.holder, to_ms(ends_at)) if ends_at is not None else None)
        published = Publication.objects.filter(kind="post", document__isnull=False).exists()
        held = any(known.holder is not None for known in self.model.known.values())
        assert published == (self.model.shown and held)

    @invariant()
    def caption_is_locked_from_the_first_consent_on(self) -> None:
        assert content.post_facts([self.post_id])[self.post_id].caption_locked == self.model.locked

    @invariant()
    def record_is_whole(self) -> None:
        assert queries.verify_chain(None) == []
        bodies = [known.code.removeprefix("#") for known in self.model.known.values() if known.code is not None]
        texts = str(list(ConsentRecord.objects.values()))
        assert not any(body in texts for body in bodies)


class LifeTest(TestCase):
    def test_any_life_of_a_post(self) -> None:
        Life.world = World(START)
        Life.third = Life.world.account("Vik", "Vik's views")
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=examples(7),
                stateful_step_count=30,
                phases=[
                    Phase.reuse,
                    Phase.generate,
                ],  # Thirty steps can be read; shrinking them outlasts a test's time.
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            ),
        )
