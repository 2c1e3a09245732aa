"""Requests, answers and standing consents."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.area.authorisation.roads.codes import CHOICE, DAYS, NAMES
from tests.area.authorisation.roads.model import NEVER, NO_TERMS, Consent, Post, Request, Standing, Terms
from tests.area.authorisation.roads.stage import EURO, TERMS, Stage
from vonk.authorisation.actions import answers, requests, standings
from vonk.authorisation.actions.answers import Choice
from vonk.authorisation.models import PermissionRequest
from vonk.authorisation.rules.standings import Limits

LAPSES = timedelta(days=30)
SWITCH_ON = st.sampled_from([True, True, False])
AGREE = st.sampled_from([True, True, True, False])


class Asking(Stage):
    """An account asks, the creator answers, now or beforehand."""

    @rule(choice=CHOICE, name=NAMES, days=DAYS, ads_only=st.booleans(), terms=st.integers(0, TERMS - 1))
    def ask(self, choice: int, name: str, days: int, *, ads_only: bool, terms: int) -> None:
        post_id, post = self.pick(choice)
        draft, known = self.terms(terms)
        mine = self.town.held(name, post, self.now)
        may = post.everybody_sees and all(one.ending is not None for one in mine)
        there = self.open_request("use", name, post)
        done = self.act(
            lambda: requests.ask(
                self.scope(name), post_id, duration_days=days, ads_only=ads_only, offer=draft, now=self.now
            ),
            may=may,
        )
        if done is None:
            return
        assert done.again == (there is not None)
        request = there or self.town.requests.setdefault(
            done.request_id, Request("use", post, name, days, self.now + LAPSES)
        )
        assert self.town.requests[done.request_id] is request
        request.days, request.ads_only = days, ads_only
        request.lapses = min(self.now + LAPSES, known.ends or NEVER)
        request.terms, request.countered, request.counter_terms = known if draft else None, False, None
        self.maybe_at_once(request, done.consent_id)

    def open_request(self, kind: str, name: str, post: Post) -> Request | None:
        found = [
            one
            for one in self.town.requests.values()
            if (one.kind, one.account) == (kind, name) and one.post is post and one.is_open(self.now)
        ]
        assert len(found) <= 1
        return found[0] if found else None

    @precondition(lambda self: self.held_ones())
    @rule(choice=CHOICE, days=DAYS)
    def ask_extension(self, choice: int, days: int) -> None:
        found = self.held_ones()
        key, consent = found[-1 - choice % len(found)]
        assert consent.account is not None
        name = consent.account
        there = self.open_request("extend", name, consent.post)
        done = self.act(
            lambda: requests.ask_extension(self.scope(name), key, duration_days=days, now=self.now),
            may=self.town.may_extend(consent, days, self.now),
        )
        if done is None:
            return
        assert done.again == (there is not None)
        if there is None:
            request = Request("extend", consent.post, name, days, self.now + LAPSES, consent=consent)
            self.town.requests[done.request_id] = request
            self.maybe_at_once(request, done.consent_id)

    def held_ones(self) -> list[tuple[int, Consent]]:
        return [(key, one) for key, one in self.town.consents.items() if one.account is not None]

    def maybe_at_once(self, request: Request, consent_id: int | None) -> None:
        """Note what a standing consent made of a request that just came."""
        post, now = request.post, self.now
        extended = request.consent
        terms = (extended.terms if extended is not None else request.terms) or NO_TERMS
        until = max(now, extended.ends if extended is not None else now) + timedelta(days=request.days)
        covering = [
            one
            for one in self.town.standings.values()
            if one.owner is post.owner and one.covers(request, until, terms, now)
        ]
        hides = request.ads_only and not post.ads_only
        may = bool(covering) and post.owner.settings_on and post.switch is not False
        may = may and not hides and post.may_be_ad(ads_only=post.ads_only)
        may = may and (extended is not None or (terms.ends or NEVER) > now)
        assert (consent_id is not None) == may, (request, covering, consent_id)
        if consent_id is None:
            return
        post.switch = True
        self.accepted(request, consent_id, request.days, terms, "standing", ads_only=request.ads_only)
        covering[0].under += (
            [] if self.town.consents[consent_id] in covering[0].under else [self.town.consents[consent_id]]
        )

    def accepted(
        self, request: Request, consent_id: int, days: int, terms: Terms, road: str, *, ads_only: bool
    ) -> None:
        """Note what both sides agreed to."""
        request.outcome = "accepted"
        if request.consent is not None and request.kind == "extend":
            self.town.extend(request.consent, days, self.now)
            return
        post = request.post
        ends = min(self.now + timedelta(days=days), terms.ends or NEVER)
        taken = Consent(post, ends, terms, account=request.account, road=road)
        request.consent = self.took(consent_id, taken)
        post.ads_only = post.ads_only or ads_only

    def pick_request(self, choice: int) -> tuple[int, Request]:
        found = list(self.town.requests.items())
        return found[-1 - choice % len(found)]

    def may_grant(self, request: Request, days: int, terms: Terms, *, ads_only: bool, public: bool) -> bool:
        post = request.post
        if request.kind == "extend":
            assert request.consent is not None
            return self.town.may_extend(request.consent, days, self.now)
        lasts = (terms.ends or NEVER) > self.now
        return lasts and post.may_be_ad(ads_only=ads_only or post.ads_only, public=public)

    @precondition(lambda self: self.town.requests)
    @rule(
        choice=CHOICE,
        days=st.sampled_from([None, 7, 60]),
        shown=st.sampled_from([None, None, "ads_only", "feed", "make_public"]),
        switch_on=SWITCH_ON,
        agree=AGREE,
    )
    def accept(self, choice: int, days: int | None, shown: str | None, *, switch_on: bool, agree: bool) -> None:
        key, request = self.pick_request(choice)
        post, make_public = request.post, shown == "make_public"
        chosen = {"ads_only": True, "feed": False}.get(shown or "")
        ads_only = chosen if chosen is not None else request.ads_only and not make_public
        terms = request.terms or NO_TERMS
        may = request.state(self.now) == "waiting" and (agree or request.terms is None)
        may = may and (post.on or switch_on) and not (make_public and (post.deleted or post.draft) and not post.public)
        public = post.public or make_public
        may = may and self.may_grant(request, days or request.days, terms, ads_only=ads_only, public=public)
        sha256 = self.offered(key) if agree else ""
        given = Choice(duration_days=days, ads_only=chosen, make_public=make_public, switch_on=switch_on)
        done = self.act(
            lambda: answers.accept(self.creator(post.owner), key, given, agree_sha256=sha256, now=self.now), may=may
        )
        if done is None:
            return
        if switch_on:
            post.owner.settings_on = post.switch = True
        post.public = public
        self.accepted(request, done.consent_id, days or request.days, terms, "request", ads_only=ads_only)

    @precondition(lambda self: self.town.requests)
    @rule(
        choice=CHOICE, days=st.sampled_from([7, 60]), terms=st.integers(0, TERMS - 1), switch_on=SWITCH_ON, agree=AGREE
    )
    def counter(self, choice: int, days: int, terms: int, *, switch_on: bool, agree: bool) -> None:
        key, request = self.pick_request(choice)
        post = request.post
        draft, known = self.terms(terms)
        may = request.state(self.now) == "waiting" and (post.on or switch_on)
        may = may and post.may_be_ad(ads_only=request.ads_only or post.ads_only)
        if draft is None:
            may = may and days != request.days and (agree or request.terms is None)
        else:
            may = may and request.kind != "extend"
        sha256 = self.offered(key) if agree and draft is None else ""
        given = Choice(duration_days=days, switch_on=switch_on)
        done = self.act(
            lambda: (
                answers.counter(self.creator(post.owner), key, given, terms=draft, agree_sha256=sha256, now=self.now)
                or True
            ),
            may=may,
        )
        if done is None:
            return
        if switch_on:
            post.owner.settings_on = post.switch = True
        request.countered, request.counter_days = True, days
        request.counter_terms = known if draft is not None else None
        request.lapses = min(self.now + LAPSES, (request.counter_terms or request.terms or NO_TERMS).ends or NEVER)

    @precondition(lambda self: self.town.requests)
    @rule(choice=CHOICE, agree=AGREE)
    def accept_counter(self, choice: int, *, agree: bool) -> None:
        key, request = self.pick_request(choice)
        post = request.post
        terms = request.counter_terms or request.terms or NO_TERMS
        may = request.state(self.now) == "countered" and (agree or request.counter_terms is None) and post.on
        may = may and self.may_grant(
            request, request.counter_days, terms, ads_only=request.ads_only, public=post.public
        )
        sha256 = self.countered(key) if agree else ""
        done = self.act(
            lambda: answers.accept_counter(self.scope(request.account), key, agree_sha256=sha256, now=self.now),
            may=may,
        )
        if done is not None:
            self.accepted(request, done.consent_id, request.counter_days, terms, "request", ads_only=request.ads_only)

    def offered(self, key: int) -> str:
        offer = PermissionRequest.objects.select_related("offer").get(pk=key).offer
        return offer.sha256 if offer is not None else ""

    def countered(self, key: int) -> str:
        terms = PermissionRequest.objects.select_related("counter_terms").get(pk=key).counter_terms
        return terms.sha256 if terms is not None else ""

    @precondition(lambda self: self.town.requests)
    @rule(choice=CHOICE, creator=st.booleans())
    def say_no(self, choice: int, *, creator: bool) -> None:
        key, request = self.pick_request(choice)
        outcome = "refused" if creator else "withdrawn"
        may = request.is_open(self.now) or request.outcome == outcome
        if creator:
            scope = self.creator(request.post.owner)
            done = self.act(lambda: answers.refuse(scope, key, now=self.now), may=may)
        else:
            done = self.act(lambda: requests.withdraw(self.scope(request.account), key, now=self.now), may=may)
        if done:
            request.outcome = outcome

    @rule(
        choice=CHOICE,
        name=st.sampled_from([None, None, "ada"]),
        days=st.sampled_from([7, 30]),
        ends_days=st.sampled_from([None, None, 20]),
        capped=st.sampled_from([None, None, (30, None), (None, 60), (50, 60)]),
        countries=st.sampled_from([(), (), ("NL",)]),
        notice=st.sampled_from([0, 5, 5]),
        switch_on=SWITCH_ON,
    )
    def give_standing(  # noqa: PLR0913 - the limits are what it is about.
        self,
        choice: int,
        name: str | None,
        days: int,
        ends_days: int | None,
        capped: tuple[int | None, int | None] | None,
        countries: tuple[str, ...],
        notice: int,
        *,
        switch_on: bool,
    ) -> None:
        owner = self.pick(choice)[1].owner
        ends = NEVER if ends_days is None else self.now + timedelta(days=ends_days)
        cap, total = ((amount * EURO if amount else None) for amount in capped or (None, None))
        limits = Limits(
            account_id=self.scope(name).account if name else None,
            starts_at=self.now,
            ends_at=ends,
            duration_days_max=days,
            countries=countries,
            currency="EUR" if capped else "",
            spend_cap_micros=cap,
            spend_total_micros=total,
            notice_days=notice,
        )
        done = self.act(
            lambda: standings.give(self.creator(owner), limits, switch_on=switch_on, now=self.now),
            may=owner.settings_on or switch_on,
        )
        if done is not None:
            owner.settings_on = True
            self.town.standings[done.standing_id] = Standing(owner, name, days, ends, cap, total, notice, countries)

    @precondition(lambda self: self.town.standings)
    @rule(choice=CHOICE)
    def withdraw_standing(self, choice: int) -> None:
        found = list(self.town.standings.items())
        key, standing = found[choice % len(found)]
        scope = self.creator(standing.owner)
        done = self.act(lambda: standings.withdraw(scope, key, now=self.now), may=True)
        assert done == (not standing.ended)
        standing.ended = True

    def learn_requests(self) -> None:
        """Note what *work* closed and whom it asked."""
        for request in self.town.requests.values():
            if request.is_open(self.now) and self.town.hopeless(request, self.now):
                request.outcome = "withdrawn"
        rows = PermissionRequest.objects.exclude(pk__in=self.town.requests).select_related("need")
        posts = self.town.posts
        accounts = {scope.account: name for name, scope in self.cast.scopes.items()}
        for row in rows.order_by("pk"):
            assert row.kind == "original"
            assert row.need is not None
            needing = self.town.consents[row.need.consent_id]
            post = posts[row.post_id]
            assert (self.town.needs(needing), needing.account) == (post, accounts[row.account_id])
            assert needing.in_force(self.now)
            assert not self.town.met(needing, self.now)
            request = Request(
                "original", post, accounts[row.account_id], row.duration_days, self.now + LAPSES, needing=needing
            )
            self.town.requests[row.pk] = request
            self.maybe_at_once(request, row.consent_id)
