"""A creator's posts in ads, read at once from all areas that know something of them; the owner's alone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from vonk.advertising.queries import used_posts as advertising
from vonk.advertising.queries.used_posts import PostInAds, UsingAd
from vonk.advertising.rules import Status
from vonk.advertising.rules.causes import Cause
from vonk.authorisation.queries import used as authorisation
from vonk.authorisation.queries.used import UsedConsent
from vonk.authorisation.rules import Payment, Road
from vonk.billing import queries as billing
from vonk.billing.queries import By
from vonk.content import queries as content
from vonk.content.queries import Bucket, PostFacts, TallyRow
from vonk.control.paging import Page, Paging
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import accounts_facts
from vonk.reporting import net
from vonk.reporting.metrics import total_of
from vonk.reporting.net import FIRST_DAY, LAST_DAY
from vonk.reporting.statuses import statuses
from vonk.reporting.used import rules
from vonk.reporting.used.rules import Earned, Use

POSTS_EXAMINED_MAX: Final = 200  # For one page, when a state is wanted that few ads are in.
AGREEMENTS_MAX: Final = 100
_FIRST_INSTANT: Final = datetime(2000, 1, 1, tzinfo=UTC)  # Before anything was counted,
_LAST_INSTANT: Final = datetime(2200, 1, 1, tzinfo=UTC)  # and after.
_USES: Final = {use: place for place, use in enumerate(Use)}


class UsedAd(msgspec.Struct, frozen=True, kw_only=True):
    """An ad with one's post. ``causes`` say why it stands where it stands; ``days_left`` is of its consent.

    Numbers are net, of the ad alone. ``spent_micros`` is net of credit notes, None where the terms keep it from the
    creator; ``owed_micros`` what this ad's part of a share comes to, or the fee, which is owed once for all ads under the terms.
    """

    ad_id: int
    ad_name: str
    post_id: int
    consent_id: int
    account_id: int
    account_name: str
    advertiser_name: str
    payer_name: str
    road: Road
    use: Use
    causes: tuple[Cause, ...]
    since: datetime
    starts_at: datetime
    ends_at: datetime | None
    consent_ends_at: datetime | None
    days_left: int | None
    may_extend: bool
    landing_url: str
    call_to_action: str
    call_to_action_text: str  # To be translated.
    countries: tuple[str, ...]
    impressions: int
    engagements: int
    follows: int
    clicks: int
    currency: str
    spent_micros: int | None
    terms_id: int | None
    payment: Payment
    share_ppm: int
    owed_micros: int
    owed_currency: str


class UsedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post that is or was in ads, with its numbers, and its hundred ads changed last; ``ads_count`` are all of them."""

    post_id: int
    caption: str
    poster_url: str
    unavailable_reason: str | None
    active_at: datetime
    ads_count: int
    impressions: Earned
    engagements: Earned
    follows: Earned
    ads: tuple[UsedAd, ...]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What one ad account owes under terms, whatever ads and posts there are under them; settled outside the platform."""

    terms_id: int
    account_id: int
    account_name: str
    payment: Payment
    share_ppm: int
    consents: int
    owed_micros: int
    currency: str


class AdDay(msgspec.Struct, frozen=True):
    """What was counted for an ad on one UTC day, net."""

    day: date
    counts: Mapping[str, int]


def used_posts(
    scope: Scope,
    paging: Paging,
    *,
    post_id: int | None = None,
    account_id: int | None = None,
    use: Use | None = None,
    now: datetime,
) -> Page[UsedPost]:
    """Return the acting creator's posts in ads, newest activity first, each with its ads, the live ones first.

    Of one post, one ad account, or ads in one state. Of many posts only two hundred are looked through for one page: it may be
    short and have a next one all the same. FieldInvalid (cursor).
    """
    found: list[UsedPost] = []
    examined, cursor = 0, paging.cursor
    while True:
        part = Paging(cursor, paging.size - len(found))
        page = advertising.posts_in_ads(scope, part, post_id=post_id, account_id=account_id)
        found += _posts(scope, page.items, account_id, use, now)
        examined += len(page.items)
        if page.next_cursor is None or len(found) >= paging.size or examined >= POSTS_EXAMINED_MAX:
            return Page(tuple(found), page.next_cursor)
        cursor = int(page.next_cursor)


def used_ad(scope: Scope, ad_id: int, *, now: datetime) -> UsedAd:
    """Return one ad with a post of the acting creator, a deleted one too; NotFound for every other."""
    ad = advertising.using_ad(scope, ad_id)
    if ad is None:
        raise NotFound(noun="ad")
    return _ads(scope, [ad], now)[0]


def ad_days(scope: Scope, ad_ids: Collection[int]) -> dict[int, tuple[AdDay, ...]]:
    """Return what was counted for each of the ads by UTC day, net, oldest first; ads that are not with one's post are absent."""
    own = advertising.own_among(scope, ad_ids)
    counts = {ad_id: dict[date, dict[str, int]]() for ad_id in own}
    for ad_id, day, metric, value in _daily(own):
        of_day = counts[ad_id].setdefault(day, {})
        of_day[metric] = of_day.get(metric, 0) + value
    return {ad_id: tuple(AdDay(day, of_days[day]) for day in sorted(of_days)) for ad_id, of_days in counts.items()}


def agreements(scope: Scope) -> tuple[Agreement, ...]:
    """Return what is owed to the acting creator under terms that pay, the newest hundred; by terms and ad account."""
    consents = authorisation.paid_consents(scope, agreements_max=AGREEMENTS_MAX)
    terms = authorisation.used_terms({terms_id for terms_id, _ in consents})
    accounts = accounts_facts({account_id for _, account_id in consents})
    spent = billing.spent_under({consent_id for ids in consents.values() for consent_id in ids})
    return tuple(
        Agreement(
            terms_id=terms_id,
            account_id=account_id,
            account_name=accounts[account_id].name,
            payment=terms[terms_id].payment,
            share_ppm=terms[terms_id].share_ppm,
            consents=len(ids),
            owed_micros=rules.owed_micros(terms[terms_id], sum(spent[consent_id] for consent_id in ids)),
            currency=_owed_currency(terms[terms_id].payment, terms[terms_id].currency, accounts[account_id].currency),
        )
        for (terms_id, account_id), ids in consents.items()
    )


def _posts(
    scope: Scope, rows: Sequence[PostInAds], account_id: int | None, use: Use | None, now: datetime
) -> list[UsedPost]:
    ids = [row.post_id for row in rows]
    of_posts = advertising.ads_of_used(scope, ids, account_id=account_id)
    ads = {ad.ad_id: ad for ad in _ads(scope, [ad for of_post in of_posts.values() for ad in of_post], now)}
    facts = content.post_facts(ids)
    tallied = content.tallies(post_ids=ids, start=_FIRST_INSTANT, end=_LAST_INSTANT)
    tallied += [TallyRow(one.post_id, one.ad_id, None, one.metric, one.value) for one in net.of_posts(ids)]
    shown = []
    for row in rows:
        wanted = [ads[ad.ad_id] for ad in of_posts[row.post_id] if use is None or ads[ad.ad_id].use is use]
        if wanted:
            wanted.sort(key=lambda ad: _USES[ad.use])
            shown.append(_post(row, facts[row.post_id], [one for one in tallied if one.post_id == row.post_id], wanted))
    return shown


def _post(row: PostInAds, post: PostFacts, tallied: Sequence[TallyRow], ads: Sequence[UsedAd]) -> UsedPost:
    organic = total_of({one.metric: one.value} for one in tallied if one.ad_id == 0)
    paid = total_of({one.metric: one.value} for one in tallied if one.ad_id != 0)
    return UsedPost(
        post_id=row.post_id,
        caption=post.caption,
        poster_url=post.poster_url,
        unavailable_reason=post.unavailable_reason,
        active_at=row.active_at,
        ads_count=row.ads,
        impressions=_earned(organic.get("impressions", 0), paid.get("impressions", 0)),
        engagements=_earned(rules.engagements(organic), rules.engagements(paid)),
        follows=_earned(organic.get("follows", 0), paid.get("follows", 0)),
        ads=tuple(ads),
    )


def _earned(organic: int, paid: int) -> Earned:
    return Earned(organic, paid, organic + paid)


def _ads(scope: Scope, ads: Sequence[UsingAd], now: datetime) -> list[UsedAd]:
    ids = [ad.ad_id for ad in ads]
    consents = authorisation.used_consents(scope, {ad.consent_id for ad in ads}, now)
    states = statuses(ids, now=now)
    counts = _counts(ids)
    spent = dict.fromkeys(ids, 0)
    for one in billing.spend(start_date=FIRST_DAY, end_date=LAST_DAY, ad_ids=ids):
        spent[one.ad_id] += one.micros
    return [_ad(ad, consents[ad.consent_id], states[ad.ad_id], counts.get(ad.ad_id, {}), spent[ad.ad_id]) for ad in ads]


def _ad(ad: UsingAd, consent: UsedConsent, status: Status, counts: Mapping[str, int], spent: int) -> UsedAd:
    terms = consent.terms
    payment = terms.payment if terms is not None else Payment.NONE
    return UsedAd(
        ad_id=ad.ad_id,
        ad_name=ad.ad_name,
        post_id=ad.post_id,
        consent_id=ad.consent_id,
        account_id=ad.account_id,
        account_name=ad.account_name,
        advertiser_name=ad.advertiser_name,
        payer_name=ad.payer_name,
        road=consent.road,
        use=rules.use_of(status),
        causes=status.causes,
        since=ad.created_at,
        starts_at=ad.starts_at,
        ends_at=ad.ends_at,
        consent_ends_at=consent.ends_at,
        days_left=consent.days_left,
        may_extend=consent.may_extend,
        landing_url=ad.landing_url,
        call_to_action=ad.call_to_action,
        call_to_action_text=ad.call_to_action_text,
        countries=ad.countries,
        impressions=counts.get("impressions", 0),
        engagements=rules.engagements(counts),
        follows=counts.get("follows", 0),
        clicks=counts.get("clicks_destination", 0),
        currency=ad.currency,
        spent_micros=spent if rules.spend_shown(terms) else None,
        terms_id=terms.id if terms is not None else None,
        payment=payment,
        share_ppm=terms.share_ppm if terms is not None else 0,
        owed_micros=rules.owed_micros(terms, spent) if terms is not None else 0,
        owed_currency=_owed_currency(payment, terms.currency if terms is not None else "", ad.currency),
    )


def _owed_currency(payment: Payment, of_terms: str, of_account: str) -> str:
    """Return the currency of what is owed: a fee is in the terms', a share in the account's, nothing in none."""
    return {Payment.FLAT_FEE: of_terms, Payment.SPEND_SHARE: of_account}.get(payment, "")


def _counts(ad_ids: Collection[int]) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = {}
    rows = content.tallies(ad_ids=ad_ids, start=_FIRST_INSTANT, end=_LAST_INSTANT)
    found = net.corrections(billing.finding_counts(start_date=FIRST_DAY, end_date=LAST_DAY, ad_ids=ad_ids))
    moves = [(row.ad_id, row.metric, row.value) for row in rows]
    for ad_id, metric, value in (*moves, *((one.ad_id, one.metric, one.value) for one in found)):
        of_ad = counts.setdefault(ad_id, {})
        of_ad[metric] = of_ad.get(metric, 0) + value
    return counts


def _daily(ad_ids: Collection[int]) -> list[tuple[int, date, str, int]]:
    """Return what was counted by UTC day, and what findings have changed on it since."""
    rows = content.tallies(ad_ids=ad_ids, start=_FIRST_INSTANT, end=_LAST_INSTANT, by=Bucket.DAY)
    found = billing.finding_counts(start_date=FIRST_DAY, end_date=LAST_DAY, ad_ids=ad_ids, by=By.HOUR)
    daily: list[tuple[int, date | None, str, int]] = [(row.ad_id, row.bucket, row.metric, row.value) for row in rows]
    daily += [(one.ad_id, one.bucket, one.metric, one.value) for one in net.corrections(found)]
    return [
        (ad_id, at.astimezone(UTC).date(), metric, value)
        for ad_id, at, metric, value in daily
        if isinstance(at, datetime)
    ]
