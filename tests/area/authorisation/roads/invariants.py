"""What holds after every step, whoever did what; the record is read whole now and then, and at the end of a life."""

from datetime import datetime, timedelta

from django.db.models import Count

from tests.area.authorisation.roads.model import Consent
from tests.area.authorisation.roads.stage import START, Stage, tables
from vonk.authorisation import access_reach, queries
from vonk.authorisation.models import AccountAccess, ConsentRecord, PermissionRequest
from vonk.authorisation.models import Consent as ConsentRow
from vonk.billing.proving import consent_rows
from vonk.content.models import Post as PostRow
from vonk.control.models import Publication as Row
from vonk.core.clock import to_ms
from vonk.delivery.matching import eligibility
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.snapshot import (
    AdDocument,
    AdGroupDocument,
    Billing,
    Budget,
    CampaignDocument,
    Document,
    DocumentKind,
    FundsDocument,
    GrantDocument,
    Pacing,
    Publication,
    Targeting,
    decode_document,
)
from vonk.storage.memory.counters import MemoryCounters

MS = timedelta(milliseconds=1)
CATEGORY = "food"
VIEWERS = {country: Viewer(country, country, "en", "25_34", "", "desktop", ()) for country in ("NL", "FR")}
MISSING: set[str | None] = {"grant_absent", "original_absent"}


class Serving:
    """An ad server's index, fed with what is published, with one ad for each consent."""

    def __init__(self) -> None:
        self.counters = MemoryCounters()
        self.index = Index(self.counters)
        self.grants: dict[int, GrantDocument] = {}
        self.posts: set[int] = set()
        self._after = 0
        self._accounts: set[int] = set()

    def follow(self) -> None:
        """Apply what was published since the last time, in its order."""
        rows = Row.objects.filter(sequence__gt=self._after, kind__in=["grant", "post"]).order_by("sequence")
        for sequence, kind, object_id, body in rows.values_list("sequence", "kind", "object_id", "document"):
            document = decode_document(DocumentKind(kind), body) if body else None
            self.index.apply(Publication(sequence, DocumentKind(kind), object_id, document))
            self._after = sequence
            if kind == "post":
                (self.posts.add if document is not None else self.posts.discard)(object_id)
            else:
                self.grants.pop(object_id, None)
                if isinstance(document, GrantDocument):
                    self.grants[object_id] = document

    def show(self, consent_id: int, post_id: int, account_id: int) -> None:
        """Make an ad that stands on the consent, once."""
        if consent_id in self.index.rows:
            return
        if account_id not in self._accounts:
            self._accounts.add(account_id)
            starts_ms = to_ms(START) - 1
            self._apply(
                CampaignDocument(account_id, account_id, "EUR", "Europe/Amsterdam", "traffic", Budget()),
                DocumentKind.CAMPAIGN,
                account_id,
            )
            group = AdGroupDocument(
                account_id,
                account_id,
                Billing.CPM,
                5_000_000,
                Budget(),
                Pacing.FAST,
                starts_ms,
                None,
                Targeting(),
                None,
            )
            self._apply(group, DocumentKind.AD_GROUP, account_id)
            self._apply(FundsDocument(account_id, "EUR", 10**12, 0), DocumentKind.FUNDS, account_id)
        ad = AdDocument(
            consent_id, account_id, account_id, account_id, consent_id, post_id, "", "https://shop.example/", "", "",
            CATEGORY,
        )  # fmt: skip
        self._apply(ad, DocumentKind.AD, consent_id)

    def refusal(self, consent_id: int, viewer: Viewer, at: datetime) -> str | None:
        found = eligibility.refuse(self.index.rows[consent_id], viewer, self.counters, to_ms(at))
        return found.value if found is not None else None

    def decide(self, now_ms: int) -> list[int]:
        """Do what decisions do for all ads: wake, judge, park; return which ads are parked though they may be shown."""
        self.index.wake(now_ms)
        wrong = []
        for ad_id, row in self.index.rows.items():
            found = eligibility.refuse(row, VIEWERS["NL"], self.counters, now_ms)
            if row.parked is not None:
                wrong += [ad_id] if found is None else []
            elif found is not None and (until := eligibility.lasting(row, found, now_ms)) is not None:
                self.index.park(row, found, *until)
        return wrong

    def _apply(self, document: Document, kind: DocumentKind, object_id: int) -> None:
        self.index.apply(Publication(self.index.sequence, kind, object_id, document))


def check(stage: Stage, serving: Serving) -> None:
    """Hold everything against the model."""
    states(stage)
    posts(stage)
    requests(stage)
    accesses(stage)
    serving.follow()
    grants(stage, serving)
    served(stage, serving)
    assert serving.decide(to_ms(stage.now)) == []
    caps(stage)
    stage.before = tables()


def states(stage: Stage) -> None:
    town, now = stage.town, stage.now
    assert set(ConsentRow.objects.values_list("pk", flat=True)) == set(town.consents)
    facts = queries.consent_facts(town.consents, now)
    for key, consent in town.consents.items():
        right = {town.state(consent, now)}
        if town.needs(consent) is not None and not town.settled and right & {"active", "ending"}:
            right |= {"suspended"}  # Its way back follows with the next round of *work*, never its end.
        assert facts[key].state.value in right, (key, facts[key].state.value, right, consent)
        assert facts[key].ends_at == consent.ends, (key, consent)


def posts(stage: Stage) -> None:
    rows = {row.pk: row for row in PostRow.objects.filter(pk__in=stage.town.posts)}
    for key, post in stage.town.posts.items():
        row = rows[key]
        there = (row.visibility == "public", row.ads_only, row.draft, row.deleted_at is not None)
        assert there == (post.public, post.ads_only, post.draft, post.deleted), (key, post)
        assert row.caption_locked == post.locked


def requests(stage: Stage) -> None:
    town, now = stage.town, stage.now
    rows = {row.pk: row for row in PermissionRequest.objects.all()}
    assert set(rows) == set(town.requests)
    for key, request in town.requests.items():
        row = rows[key]
        open_ = row.outcome is None and row.lapses_at > now
        assert open_ == request.is_open(now), (row.outcome, request)
        assert not open_ or (row.turn == "advertiser") == request.countered
    twice = PermissionRequest.objects.filter(outcome=None).values("account", "post", "kind").annotate(n=Count("pk"))
    assert not [row for row in twice if row["n"] > 1]


def accesses(stage: Stage) -> None:
    names = {"requested": "asked", "withdrawn": "closed"}
    for row in AccountAccess.objects.all():
        found, access = access_reach.state_of(row, stage.now).value, stage.town.accesses[row.pk]
        assert names.get(found, found) == access.state(stage.now), (found, access)
        assert not access.granted or row.ends_at == access.ends, access


def grants(stage: Stage, serving: Serving) -> None:
    """Hold which grants and posts are published, and with what, against the model."""
    town, now = stage.town, stage.now
    for key, consent in town.consents.items():
        document = serving.grants.get(key)
        if consent.redeemed is None or consent.closed is not None:
            assert document is None, (key, consent)
            continue
        if not consent.in_force(now):
            assert document is None or document.ends_ms <= to_ms(now), (key, consent)
            continue
        original = town.needs(consent)
        if document is None:
            assert original is not None, (key, consent)
            assert not (town.settled and town.met(consent, now)), (key, consent)
            continue
        assert consent.account is not None
        starts, ends = consent.granted()
        terms = consent.terms
        assert document == GrantDocument(
            id=key,
            post_id=next(post_id for post_id, post in town.posts.items() if post is consent.post),
            account_id=stage.scope(consent.account).account,
            starts_ms=to_ms(starts),
            ends_ms=to_ms(ends),
            countries=terms.countries,
            spend_cap_micros=terms.cap,
            categories=terms.categories,
            requires=document.requires if original is not None else (),
        ), (key, consent)
        if original is not None:
            required = [town.consents[one] for one in document.requires]
            assert [(one.post, one.account) for one in required] == [(original, consent.account)]
            assert not town.settled or required[0].in_force(now)
    assert serving.posts == {key for key, post in town.posts.items() if post.in_ads and post.shown}


def served(stage: Stage, serving: Serving) -> None:
    """Ask the ad server of every consent's ad, now and around each end to come."""
    town, now = stage.town, stage.now
    ids = {post: key for key, post in town.posts.items()}
    for key, consent in town.consents.items():
        if consent.redeemed is None or consent.account is None:
            continue
        serving.show(key, ids[consent.post], stage.scope(consent.account).account)
        document = serving.grants.get(key)
        required = [town.consents[one] for one in document.requires] if document is not None else []
        instants = {now}
        for one in (consent, *required):
            instants |= {instant + by for instant in one.granted() for by in (-MS, MS * 0) if instant.year < 9999}  # noqa: PLR2004 - as the model says never.
        for at in sorted(instant for instant in instants if instant >= now):
            for country, viewer in VIEWERS.items():
                right = verdicts(stage, consent, required, at, country)
                found = serving.refusal(key, viewer, at)
                assert found in right, (key, found, right, at, country, consent)


def verdicts(stage: Stage, consent: Consent, required: list[Consent], at: datetime, country: str) -> set[str | None]:
    """Return every answer that an ad server may give."""
    town, post = stage.town, consent.post
    if not post.shown:
        return {"post_gone"}
    if consent.closed is not None:
        return {"grant_absent"}
    starts, ends = consent.granted()
    if not consent.in_force(at) or ends <= at:
        return {"grant_absent", "grant_expired"}
    if town.needs(consent) is not None:
        if not town.met(consent, at) or not required or not required[0].in_force(at):
            return {*MISSING, "grant_not_started"} if at < starts else {*MISSING}
        if not town.settled and not required[0].post.shown:
            return {*MISSING}
    if at < starts:
        return {"grant_not_started"}
    for one in required:
        begins, until = one.granted()
        if not begins <= at < until:
            return {*MISSING}
    for one in (consent, *required):
        if one.terms.categories and CATEGORY not in one.terms.categories:
            return {"grant_category"}
    if any(one.terms.countries and country not in one.terms.countries for one in (consent, *required)):
        return {"grant_country"}
    return {None}


def records(stage: Stage) -> None:
    """The record is whole, tells the rows, and holds no code."""
    assert queries.verify_chain(None) == []
    found = consent_rows.check()
    assert found.wrong == (), found.wrong
    bodies = [one.code.removeprefix("#") for one in stage.town.consents.values() if one.code is not None]
    texts = str(list(ConsentRecord.objects.values_list("detail", flat=True))) if bodies else ""
    assert not any(body in texts for body in bodies)


def caps(stage: Stage) -> None:
    """What was accepted under a standing consent stays within it, as the rows say it."""
    for key, standing in stage.town.standings.items():
        if standing.total is None:
            continue
        rows = ConsentRow.objects.filter(requests__standing_id=key, requests__outcome="accepted").distinct()
        caps = [row.terms.spend_cap_micros or 0 for row in rows.select_related("terms") if row.terms is not None]
        assert sum(caps) <= standing.total
        assert sum(caps) == standing.used()
