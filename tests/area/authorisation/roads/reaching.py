"""Access of a business and links of one's own: posts pulled and posts pushed."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.area.authorisation.business import business
from tests.area.authorisation.roads.codes import CHOICE
from tests.area.authorisation.roads.model import AHEAD_MAX, NEVER, PULL, PUSH, PUSH_HIDDEN, Access, Consent, Post
from tests.area.authorisation.roads.stage import TERMS, Stage
from vonk.authorisation.actions import accesses, links, pushes
from vonk.authorisation.models import AccountAccess
from vonk.content.actions.pushes import Draft
from vonk.content.rules import Disclosure, PublishAs
from vonk.control.scope import Right
from vonk.identity import access as identity

DAYS = st.sampled_from([None, 7, 30])
SCOPES = st.sampled_from([(PULL,), (PULL, PUSH), (PUSH_HIDDEN,), (PULL, PUSH_HIDDEN), (PUSH,)])
LAPSES = timedelta(days=30)


class Reaching(Stage):
    """Cleo's account, open to businesses and to the ad account of her own."""

    def businesses(self) -> list[tuple[int, Access]]:
        return [(key, one) for key, one in self.town.accesses.items() if not one.own]

    @rule(name=st.sampled_from(["ada", "ada", "mallory"]), scopes=SCOPES)
    def ask_access(self, name: str, scopes: tuple[str, ...]) -> None:
        if self.cleo.banned:
            return  # Nobody has the handle then.
        ours = [one for _, one in self.businesses() if one.holder == name]
        may = not any(one.state(self.now) in {"asked", "active", "ending"} for one in ours)
        week = self.now - timedelta(days=7)
        may = may and not any(one.refused is not None and one.refused > week for one in ours)
        asker = business(self.scope(name))
        key = self.act(lambda: accesses.ask(asker, handle="cleo", scopes=scopes, now=self.now), may=may)
        if key is not None:
            self.town.accesses[key] = Access(name, own=False, lapses=self.now + LAPSES)

    @precondition(lambda self: self.businesses())
    @rule(choice=CHOICE, days=DAYS, scopes=SCOPES, terms=st.integers(0, TERMS - 1))
    def grant_access(self, choice: int, days: int | None, scopes: tuple[str, ...], terms: int) -> None:
        key, access = self.pick_access(choice)
        draft, known = self.terms(terms)
        may = access.state(self.now) == "asked" and not self.another(access)
        given = self.act(
            lambda: (
                accesses.grant(self.cast.world.cleo, key, scopes=scopes, duration_days=days, terms=draft, now=self.now),
            ),
            may=may,
        )
        if given is None:
            return
        chosen = NEVER if days is None else self.now + timedelta(days=days)
        access.granted, access.scopes, access.terms = True, frozenset(scopes), known
        access.ends = min(chosen, known.ends or NEVER)
        access.agreed = draft is None
        self.cleo.settings_on = True
        assert given[0] == (None if access.ends == NEVER else access.ends)

    def pick_access(self, choice: int) -> tuple[int, Access]:
        found = self.businesses()
        return found[-1 - choice % len(found)]

    def another(self, access: Access) -> bool:
        """Say whether the business has another live access."""
        others = [one for _, one in self.businesses() if one is not access and one.holder == access.holder]
        return any(one.state(self.now) in {"active", "ending"} for one in others)

    @precondition(lambda self: self.businesses())
    @rule(choice=CHOICE, creator=st.booleans())
    def deny_access(self, choice: int, *, creator: bool) -> None:
        key, access = self.pick_access(choice)
        state = access.state(self.now)
        if creator:
            done = self.act(
                lambda: accesses.refuse(self.cast.world.cleo, key, now=self.now),
                may=state == "asked" or access.refused is not None,
            )
            access.refused = self.now if done else access.refused
        else:
            asker, may = business(self.scope(access.holder)), state in {"asked", "closed"}
            done = self.act(lambda: accesses.withdraw(asker, key, now=self.now), may=may)
            access.closed = access.closed or bool(done)

    @precondition(lambda self: self.businesses())
    @rule(choice=CHOICE, scopes=SCOPES)
    def change_access(self, choice: int, scopes: tuple[str, ...]) -> None:
        key, access = self.pick_access(choice)
        done = self.act(
            lambda: accesses.change(self.cast.world.cleo, key, scopes=scopes, now=self.now),
            may=access.state(self.now) == "active",
        )
        if done is None:
            return
        had = {road for road in ("pull", "push") if access.covers(road)}
        access.scopes = frozenset(scopes)
        has = {road for road in ("pull", "push") if access.covers(road)}
        for consent in self.town.under(access):
            if consent.road in had - has:
                self.end_under(consent, access, self.now)
            elif consent.road in has - had and not consent.over(self.now):
                consent.scope_ending = None

    def end_under(self, consent: Consent, access: Access, now: datetime) -> None:
        if access.terms.notice and consent.live(now):
            consent.scope_ending = min(access.ends, now + timedelta(days=access.terms.notice))
        elif not access.terms.notice:
            consent.closed = "revoked"

    @precondition(lambda self: self.businesses())
    @rule(choice=CHOICE, days=DAYS)
    def extend_access(self, choice: int, days: int | None) -> None:
        key, access = self.pick_access(choice)
        state = access.state(self.now)
        ends = (
            NEVER
            if days is None
            else max(self.now, access.ends) + timedelta(days=days)
            if access.ends < NEVER
            else NEVER
        )
        may = state == "active" or (state == "expired" and not self.another(access))
        if access.ends < NEVER:
            may = may and (days is None or ends <= self.now + AHEAD_MAX) and ends <= (access.terms.ends or NEVER)
        done = self.act(
            lambda: (accesses.extend(self.cast.world.cleo, key, duration_days=days, now=self.now),), may=may
        )
        if done is not None and access.ends < NEVER:
            access.ends = ends
            for consent in self.town.under(access):
                consent.ends = ends

    @precondition(lambda self: self.businesses())
    @rule(choice=CHOICE)
    def revoke_access(self, choice: int) -> None:
        key, access = self.pick_access(choice)
        state = access.state(self.now)
        done = self.act(lambda: accesses.revoke(self.cast.world.cleo, key, now=self.now), may=access.granted)
        if done is None:
            return
        assert done.changed == (not access.closed and access.ending is None)
        if not done.changed:
            return
        if access.terms.notice and state == "active":
            access.ending = min(access.ends, self.now + timedelta(days=access.terms.notice))
        else:
            self.close_access(access)

    def close_access(self, access: Access) -> None:
        access.closed = True
        for consent in self.town.under(access):
            consent.closed = "revoked"

    @rule(on=st.sampled_from([True, True, False]))
    def link(self, *, on: bool) -> None:
        shop = identity.advertiser(
            identity.Actor(self.scope("shop").person, self.scope("shop").via),
            self.scope("shop").account,
            may=Right.ACCOUNT_EDIT,
        )
        there = [(key, one) for key, one in self.town.accesses.items() if one.own and not one.closed]
        if on:
            if self.cleo.banned:
                return
            done = self.act(lambda: links.link(shop, now=self.now), may=True)
            assert done is not None
            assert done.again == bool(there)
            if not there:
                self.town.accesses[done.access_id] = Access(
                    "shop", own=True, lapses=self.now, agreed=True, granted=True
                )
                self.cleo.settings_on = True
        elif there:
            key, access = there[0]
            gone = self.act(lambda: links.unlink(shop, key, now=self.now), may=True)
            assert gone is not None
            assert gone.changed
            self.close_access(access)

    @precondition(lambda self: self.usable())
    @rule(
        choice=CHOICE,
        of=CHOICE,
        shown=st.sampled_from([None, None, None, "ads_only", "make_public"]),
        agree=st.sampled_from([True, True, False]),
    )
    def take_post(self, choice: int, of: int, shown: str | None, *, agree: bool) -> None:
        key, access = self.usable()[-1 - of % len(self.usable())]
        post_id, post = self.pick(choice)
        name = access.holder
        may = self.reachable(access, "pull", agree=agree) and post.owner is self.cleo
        held = [
            one for one in self.town.under(access) if one.account == name and one.post is post and one.open(self.now)
        ]
        ads_only, make_public = shown == "ads_only", shown == "make_public"
        if not held:
            public = post.public or make_public
            may = may and (shown is None or access.own) and post.switch is not False
            may = may and not (make_public and (post.draft or post.deleted))
            may = may and post.may_be_ad(ads_only=ads_only or post.ads_only, public=public)
        sha256 = self.terms_of(key) if agree else None
        done = self.act(
            lambda: accesses.take_post(
                self.scope(name),
                post_id,
                key,
                ads_only=ads_only,
                make_public=make_public,
                agree_sha256=sha256,
                now=self.now,
            ),
            may=may,
        )
        if done is None:
            return
        access.agreed = True
        assert done.again == bool(held)
        if not held:
            post.public = public
            post.ads_only = post.ads_only or ads_only
            self.took(done.consent_id, Consent(post, access.ends, access.terms, name, access=access, road="pull"))

    @precondition(lambda self: self.usable())
    @rule(of=CHOICE, publish_as=st.sampled_from(list(PublishAs)), agree=st.sampled_from([True, True, False]))
    def push(self, of: int, publish_as: PublishAs, *, agree: bool) -> None:
        key, access = self.usable()[-1 - of % len(self.usable())]
        name = access.holder
        may = self.reachable(access, "push", agree=agree)
        may = may and (access.own or publish_as is PublishAs.ADS_ONLY or PUSH in access.scopes)
        draft = Draft(
            video_id=self.cast.video_ids[name],
            caption="Warm from the oven",
            publish_as=publish_as,
            disclosure=Disclosure.BRANDED,
        )
        sha256 = self.terms_of(key) if agree else None
        cleo_id = self.profile_id(self.cleo)
        done = self.act(
            lambda: pushes.push(self.scope(name), cleo_id, draft, access_id=key, agree_sha256=sha256, now=self.now),
            may=may,
        )
        if done is None:
            return
        access.agreed = True
        post = Post(self.cleo, public=False, draft=True, publish_as=publish_as.value)
        post.ads_only = publish_as is PublishAs.ADS_ONLY
        self.town.posts[done.post_id] = post
        self.took(done.consent_id, Consent(post, access.ends, access.terms, name, access=access, road="push"))

    def usable(self) -> list[tuple[int, Access]]:
        return [(key, one) for key, one in self.town.accesses.items() if one.granted]

    def reachable(self, access: Access, road: str, *, agree: bool) -> bool:
        """Say whether nothing stands between the account and the creator's posts."""
        able = access.state(self.now) == "active" and access.covers(road) and (access.agreed or agree)
        return able and self.cleo.settings_on and not self.cleo.banned

    def terms_of(self, key: int) -> str | None:
        terms = AccountAccess.objects.select_related("terms").get(pk=key).terms
        return terms.sha256 if terms is not None else None

    @precondition(lambda self: self.pushed())
    @rule(choice=CHOICE, act=st.sampled_from(["approve", "approve", "discard", "refuse"]))
    def decide_push(self, choice: int, act: str) -> None:
        post_id, post = self.pushed()[-1 - choice % len(self.pushed())]
        consent = next(one for one in self.town.consents.values() if one.post is post and one.road == "push")
        if act == "approve":
            right = post.draft and not post.deleted and consent.in_force(self.now)
            done = self.act(lambda: self.approve(post_id), may=True)
            assert done == right
            if right:
                post.draft = False
                post.public = post.publish_as == PublishAs.PUBLIC.value
                post.ads_only = post.publish_as == PublishAs.ADS_ONLY.value
        elif act == "discard":
            may = post.draft and not post.deleted
            assert consent.account is not None
            scope = self.scope(consent.account)
            self.act(lambda: pushes.discard(scope, post_id, now=self.now) or True, may=may)
            if may:
                post.deleted = True
                consent.closed = consent.closed or "released"
        else:
            may = not post.deleted
            self.act(lambda: pushes.refuse(self.cast.world.cleo, post_id, now=self.now) or True, may=may)
            if may:
                post.deleted = True
                self.town.close_live(self.now, self.cleo, post)

    def approve(self, post_id: int) -> bool:
        return pushes.publish_approved(post_id, now=self.now)

    def pushed(self) -> list[tuple[int, Post]]:
        return [(key, post) for key, post in self.town.posts.items() if post.publish_as]
