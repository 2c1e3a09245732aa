"""Post codes, switches, posts and the clock."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.area.authorisation.roads.model import Consent
from tests.area.authorisation.roads.stage import ACCOUNTS, TERMS, Stage
from vonk.authorisation.actions import consents, switches
from vonk.content.actions import posts, profiles
from vonk.content.rules import Visibility

CHOICE = st.integers(0, 99)
DAYS = st.sampled_from([7, 30])
NAMES = st.sampled_from(ACCOUNTS)


class Codes(Stage):
    """What a creator does with codes and an account with what it holds."""

    @rule(
        choice=CHOICE,
        days=DAYS,
        shown=st.sampled_from(["feed", "feed", "ads_only", "make_public"]),
        terms=st.integers(0, TERMS - 1),
        accounts_max=st.sampled_from([1, 1, 2]),
    )
    def issue(self, choice: int, days: int, shown: str, terms: int, accounts_max: int) -> None:
        post_id, post = self.pick(choice)
        ads_only, make_public = shown == "ads_only", shown == "make_public"
        draft, known = self.terms(terms)
        public = post.public or make_public
        may = post.on and post.may_be_ad(ads_only=ads_only or (post.ads_only and public), public=public)
        may = may and post.there and (ads_only or (public and not post.owner.private))
        done = self.act(
            lambda: consents.issue(
                self.creator(post.owner),
                post_id,
                duration_days=days,
                ads_only=ads_only,
                make_public=make_public,
                accounts_max=accounts_max,
                terms=draft,
                now=self.now,
            ),
            may=may,
        )
        if done is not None:
            ends = min(self.now + timedelta(days=days), known.ends or self.now + timedelta(days=days))
            self.town.consents[done.id] = Consent(post, ends, known, code=done.code, accounts_max=accounts_max)
            post.public, post.ads_only, post.locked = public, ads_only, True

    @precondition(lambda self: self.codes())
    @rule(choice=CHOICE, name=NAMES, agree=st.sampled_from([True, True, False]))
    def redeem(self, choice: int, name: str, *, agree: bool) -> None:
        found = self.codes()
        key, code = found[-1 - choice % len(found)]
        held = code.shares.get(name, code)
        mine = held.account == name
        may = held.live(self.now) and (
            mine
            or (
                held.account is None
                and code.post.shown
                and (draftless(code) or agree)
                and (code.accounts_max == 1 or len(code.shares) < code.accounts_max)
            )
        )
        sha256 = self.sha256_of(key) if agree else None
        assert code.code is not None
        text = code.code
        done = self.act(lambda: consents.redeem(self.scope(name), text, agree_sha256=sha256, now=self.now), may=may)
        if done is None:
            return
        assert done.again == mine
        if mine:
            return
        if code.accounts_max > 1:
            held = code.shares[name] = Consent(code.post, code.ends, code.terms)
        held.account = name
        assert (done.consent_id == key) == (held is code)
        self.took(done.consent_id, held)

    def codes(self) -> list[tuple[int, Consent]]:
        return [(key, one) for key, one in self.town.consents.items() if one.code is not None]

    @precondition(lambda self: self.town.consents)
    @rule(choice=CHOICE, days=DAYS)
    def extend(self, choice: int, days: int) -> None:
        key, consent = self.pick_consent(choice)
        may = consent.post.on and self.town.may_extend(consent, days, self.now)
        scope = self.creator(consent.post.owner)
        done = self.act(lambda: consents.extend(scope, key, duration_days=days, now=self.now), may=may)
        if done is not None:
            self.town.extend(consent, days, self.now)
            assert done.ends_at == consent.ends

    @precondition(lambda self: self.town.consents)
    @rule(choice=CHOICE)
    def revoke(self, choice: int) -> None:
        key, consent = self.pick_consent(choice)
        scope = self.creator(consent.post.owner)
        done = self.act(lambda: consents.revoke(scope, key, now=self.now), may=True)
        assert done is not None
        changed = [one.revoke(self.now) for one in (consent, *consent.shares.values())]
        assert done.changed == any(changed)

    @precondition(lambda self: self.codes())
    @rule(choice=CHOICE)
    def delete_code(self, choice: int) -> None:
        found = self.codes()
        key, code = found[-1 - choice % len(found)]
        unused = code.account is None and not code.shares
        scope = self.creator(code.post.owner)
        self.act(lambda: consents.delete(scope, key, now=self.now), may=unused)
        if unused:
            code.closed = "deleted"

    @precondition(lambda self: self.town.consents)
    @rule(choice=CHOICE, name=NAMES)
    def release(self, choice: int, name: str) -> None:
        key, consent = self.pick_consent(choice)
        name = consent.account if consent.account is not None and choice % 3 else name
        may = consent.account == name and not consent.live(self.now)
        self.act(lambda: consents.release(self.scope(name), key, now=self.now), may=may)
        if may:
            consent.closed = "released"

    @rule(choice=CHOICE, on=st.booleans())
    def switch_settings(self, choice: int, *, on: bool) -> None:
        _, post = self.pick(choice)
        owner = post.owner
        done = self.act(lambda: switches.set_ad_settings(self.creator(owner), on=on, now=self.now), may=True)
        assert done is not None
        ended = self.town.close_live(self.now, owner) if owner.settings_on and not on else []
        assert list(done.revoked_ids) == ended
        owner.settings_on = on

    @rule(choice=CHOICE, on=st.sampled_from([True, True, False]))
    def switch_post(self, choice: int, *, on: bool) -> None:
        post_id, post = self.pick(choice)
        may = not on or (post.owner.settings_on and post.there and (post.ads_only or not post.owner.private))
        scope = self.creator(post.owner)
        done = self.act(lambda: switches.set_post_authorisation(scope, post_id, on=on, now=self.now), may=may)
        if done is not None:
            ended = self.town.close_live(self.now, post.owner, post) if post.switch and not on else []
            assert list(done.revoked_ids) == ended
            post.switch = on if on or post.switch is not None else None

    @rule(choice=CHOICE)
    def switch_both_on(self, choice: int) -> None:
        self.switch_settings(choice, on=True)
        self.before = self.digest()
        self.switch_post(choice, on=True)

    @rule(choice=CHOICE, visibility=st.sampled_from(list(Visibility)))
    def change_visibility(self, choice: int, visibility: Visibility) -> None:
        post_id, post = self.pick(choice)
        may = not post.deleted and not post.draft
        scope = self.creator(post.owner)
        self.act(lambda: posts.set_visibility(scope, post_id, visibility, now=self.now) or True, may=may)
        if may:
            post.public = visibility is Visibility.PUBLIC

    @precondition(lambda self: len(self.town.consents) > 3)  # noqa: PLR2004 - late in a life.
    @rule(choice=CHOICE)
    def delete_post(self, choice: int) -> None:
        post_id, post = self.pick(choice)
        self.act(lambda: posts.delete(self.creator(post.owner), post_id, now=self.now) or True, may=not post.deleted)
        post.deleted = True

    @rule(choice=CHOICE, gone=st.booleans())
    def moderate(self, choice: int, *, gone: bool) -> None:
        post_id, post = self.pick(choice)
        olu = self.cast.world.olu
        if gone:
            self.act(lambda: posts.remove(olu, post_id, "rules", now=self.now) or True, may=True)
        else:
            self.act(lambda: posts.restore(olu, post_id, now=self.now) or True, may=True)
        post.removed = gone

    @rule(choice=CHOICE, private=st.sampled_from([True, False, False]))
    def set_private(self, choice: int, *, private: bool) -> None:
        owner = self.pick(choice)[1].owner
        self.act(lambda: profiles.set_private(self.creator(owner), private, now=self.now) or True, may=True)
        owner.private = private

    @rule(choice=CHOICE, banned=st.sampled_from([True, False, False]))
    def ban(self, choice: int, *, banned: bool) -> None:
        owner = self.pick(choice)[1].owner
        profile_id = self.profile_id(owner)
        olu = self.cast.world.olu
        if banned:
            self.act(lambda: profiles.ban(olu, profile_id, reason="rules", now=self.now) or True, may=True)
        else:
            self.act(lambda: profiles.unban(olu, profile_id, now=self.now) or True, may=True)
        owner.banned = banned

    @rule(hours=st.sampled_from([1, 24, 24 * 3, 24 * 8, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.town.settled = False

    @precondition(lambda self: self.town.instants(self.now))
    @rule(choice=st.integers(0, 4), early=st.sampled_from([False, False, True]))
    def an_instant_comes(self, choice: int, *, early: bool) -> None:
        """Go to the instant at which something begins or ends, or a millisecond before it."""
        found = self.town.instants(self.now)
        self.now = max(self.now, found[choice % len(found)] - timedelta(milliseconds=early))
        self.town.settled = False


def draftless(code: Consent) -> bool:
    """Say whether the code has no terms to agree to."""
    terms = code.terms
    return not (terms.notice or terms.cap or terms.countries or terms.categories or terms.ends or terms.starts)
