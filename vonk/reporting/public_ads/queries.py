"""Search the public repository: no scope, because everybody may, and nothing that not everybody may know comes out.

What is withheld of an ad finds it no more: the words of a deleted post, and the advertiser of a removed ad, are in no
search. That is judged as things are when somebody asks, so a revocation takes effect with its commit.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from vonk.advertising.queries.public import PublicFacts, public_facts
from vonk.authorisation.queries import consent_facts
from vonk.content.queries import PostFacts, post_facts
from vonk.content.queries.public_standings import public_standings
from vonk.content.rules import PublicStanding
from vonk.control.paging import Page, Paging
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.taxonomy import COUNTRIES
from vonk.identity.queries import AccountFacts, accounts_facts
from vonk.reporting.models import PublicAd, PublicAdCountry
from vonk.reporting.public_ads.parameters import parameters
from vonk.reporting.public_ads.rules import (
    GROUNDS,
    KEPT_FOR,
    MEMBER_STATES,
    TOLD_IN,
    Ground,
    Recipients,
    Telling,
    Told,
    holds_words,
    in_tens,
    told,
    words,
)
from vonk.reporting.public_ads.views import (
    CountryRecipients,
    PublicAdView,
    PublicContent,
    PublicVersion,
    Statement,
)

TEXT_MAX: Final = 200  # Characters of each text of a search.
EXAMINED_MAX: Final = (
    2_000  # Ads a request looks at: some 0.3 s. A page may be shorter than asked, and the next goes on.
)
EXPORT_MAX: Final = 10_000  # Lines of a file.
_BATCH: Final = 200
_CONTRACT: Final = "The platform's terms for posts and advertising."
_UTC: Final = ZoneInfo("UTC")


class PublicSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; each narrows further, an empty one nothing.

    ``text`` are words that all stand in what the ad said and who spoke, or in who advertises and pays; ``advertiser`` and
    ``payer`` words of their names. ``country``: the ad was aimed at it, or reached ten people there. ``start_date`` and
    ``end_date`` (UTC, both included): it was shown within. ``targeted`` False: it was for everybody.
    """

    text: str = ""
    advertiser: str = ""
    payer: str = ""
    country: str = ""
    start_date: date | None = None
    end_date: date | None = None
    targeted: bool | None = None


class _Known(msgspec.Struct, frozen=True):
    """What is known of one ad."""

    row: PublicAd
    fact: PublicFacts
    post: PostFacts
    standing: PublicStanding
    account: AccountFacts
    state: Told
    people: Recipients


def search(wanted: PublicSearch, paging: Paging, *, now: datetime) -> Page[PublicAdView]:
    """Return a page of the ads that fit, the newest first; FieldInvalid names what is wrong.

    At most EXAMINED_MAX ads are looked at, so that a page may have fewer than there are: ``next_cursor`` tells.
    """
    rows = _matching(_checked(wanted), now)
    found: list[PublicAdView] = []
    cursor, examined = paging.cursor, 0
    while True:
        batch = list((rows if cursor is None else rows.filter(pk__lt=cursor)).order_by("-pk")[:_BATCH])
        for view in _views(batch, now=now):
            if _fits(view, wanted):
                found.append(view)
                if len(found) > paging.size:
                    return Page(tuple(found[: paging.size]), str(found[paging.size - 1].ad_id))
        examined += len(batch)
        if len(batch) < _BATCH:
            return Page(tuple(found), None)
        cursor = batch[-1].pk
        if examined >= EXAMINED_MAX:
            return Page(tuple(found), str(cursor))


def every(wanted: PublicSearch, *, now: datetime) -> Iterator[PublicAdView]:
    """Yield the ads that fit, the newest first, EXPORT_MAX at most; FieldInvalid is raised at once."""
    _checked(wanted)
    return _every(wanted, now)


def public_ad(ad_id: int, *, now: datetime) -> PublicAdView:
    """Return one record; NotFound when the ad was never shown, or not for a year."""
    rows = list(_kept(now).filter(pk=ad_id))
    view = next(iter(_views(rows, now=now)), None)
    if view is None:
        raise NotFound(noun="ad")
    return view


def recorded(now: datetime) -> int:
    """Return how many ads the repository holds."""
    return _kept(now).count()


def _every(wanted: PublicSearch, now: datetime) -> Iterator[PublicAdView]:
    cursor, left = None, EXPORT_MAX
    while left > 0:
        page = search(wanted, Paging(cursor, min(_BATCH, left)), now=now)
        yield from page.items
        left -= len(page.items)
        if page.next_cursor is None:
            return
        cursor = int(page.next_cursor)


def _checked(wanted: PublicSearch) -> PublicSearch:
    for name in ("text", "advertiser", "payer"):
        if len(getattr(wanted, name)) > TEXT_MAX:
            raise FieldInvalid(name, "at most %(most)s characters", most=TEXT_MAX)
    if wanted.country and wanted.country not in COUNTRIES:
        raise FieldInvalid("country", "a code of ISO 3166-1, for example NL")
    if wanted.start_date and wanted.end_date and wanted.end_date < wanted.start_date:
        raise FieldInvalid("end_date", "not before the start")
    return wanted


def _kept(now: datetime) -> QuerySet[PublicAd]:
    return PublicAd.objects.filter(last_at__gte=now - KEPT_FOR, ad__isnull=False)


def _matching(wanted: PublicSearch, now: datetime) -> QuerySet[PublicAd]:
    """Return the ads that may fit: what the database can tell without knowing what is withheld."""
    rows = _kept(now)
    if wanted.start_date:
        rows = rows.filter(last_at__gte=datetime.combine(wanted.start_date, time(), _UTC))
    if wanted.end_date and wanted.end_date < date.max:
        rows = rows.filter(first_at__lt=datetime.combine(wanted.end_date + timedelta(days=1), time(), _UTC))
    if wanted.country:
        there = PublicAdCountry.objects.filter(ad_id=OuterRef("pk"), country=wanted.country, viewers__gte=TOLD_IN)
        aimed = Q(ad__ad_group__targeting__icontains=f'"{wanted.country}"')
        subject = Q(ad__reviews__subject__icontains=f'"{wanted.country}"')
        rows = rows.filter(Q(Exists(there)) | aimed | Q(pk__in=PublicAd.objects.filter(subject).values("pk")))
    account = "ad__ad_group__campaign__account"
    for field, text in (("advertiser_name", wanted.advertiser), ("payer_name", wanted.payer)):
        for word in _indexed(text):
            rows = rows.filter(**{f"{account}__{field}__icontains": word})
    for word in _indexed(wanted.text):
        rows = rows.filter(
            Q(**{f"{account}__advertiser_name__icontains": word})
            | Q(**{f"{account}__payer_name__icontains": word})
            | Q(ad__post__caption__icontains=word)
            | Q(ad__landing_url__icontains=word)
            | Q(ad__identity__display_name__icontains=word)
            | Q(ad__identity__handle__icontains=word)
            | Q(pk__in=PublicAd.objects.filter(ad__reviews__subject__icontains=word).values("pk"))
        )
    return rows


def _indexed(text: str) -> tuple[str, ...]:
    """Return the words that every database finds as they are: SQLite knows small letters of ASCII alone, and JSON escapes some."""
    return tuple(word for word in words(text) if word.isascii() and not set(word) & {'"', "\\"})


def _fits(view: PublicAdView, wanted: PublicSearch) -> bool:
    """Tell whether what everybody may know of the ad is what is looked for."""
    if wanted.targeted is not None and view.targeted is not wanted.targeted:
        return False
    if wanted.country and wanted.country not in {
        *(one.country for one in view.recipients_by_country),
        *(code for parameter in view.parameters if parameter.name == "countries" for code in parameter.values),
    }:
        return False
    content = view.content
    said = [view.advertiser_name, view.payer_name]
    if content is not None:
        said += [content.caption, content.landing_url, content.display_name, content.handle]
        said += [text for version in content.versions for text in (version.caption, version.landing_url)]
    return (
        holds_words(words(wanted.text), said)
        and holds_words(words(wanted.advertiser), [view.advertiser_name])
        and holds_words(words(wanted.payer), [view.payer_name])
    )


def _views(rows: Sequence[PublicAd], *, now: datetime) -> Iterator[PublicAdView]:
    facts = public_facts([row.pk for row in rows])
    posts = post_facts({one.post_id for one in facts.values()})
    standings = public_standings(posts)
    consents = consent_facts([one.consent_id for one in facts.values() if one.consent_id], now, posts=posts)
    accounts = accounts_facts({one.account_id for one in facts.values()})
    counts: dict[int, dict[str, int]] = {}
    for ad_id, country, viewers in PublicAdCountry.objects.filter(ad_id__in=list(facts)).values_list(
        "ad_id", "country", "viewers"
    ):
        counts.setdefault(ad_id, {})[country] = viewers
    for row in rows:
        fact = facts.get(row.pk)
        if fact is None:
            continue
        consent = consents.get(fact.consent_id or 0)
        standing = standings[fact.post_id]
        state = told(
            standing,
            consent=consent.state if consent is not None else None,
            revoked=consent is not None and consent.revoked_at is not None,
        )
        people = in_tens(counts.get(row.pk, {}))
        yield _view(_Known(row, fact, posts[fact.post_id], standing, accounts[fact.account_id], state, people))


def _view(known: _Known) -> PublicAdView:
    row, fact, account, state, people = known.row, known.fact, known.account, known.state, known.people
    aimed = parameters(fact.versions[0].targeting, fact.audiences)
    removed = state.telling is Telling.REMOVED
    return PublicAdView(
        ad_id=row.pk,
        telling=state.telling,
        content=_content(fact, known.post) if state.telling is Telling.SHOWN else None,
        statement=_statement(state.ground, known.standing) if state.ground is not None else None,
        advertiser_name="" if removed else account.advertiser_name,
        payer_name="" if removed else account.payer_name,
        payer_differs=not removed and account.advertiser_name != account.payer_name,
        first_shown_at=row.first_at,
        last_shown_at=row.last_at,
        kept_until=row.last_at + KEPT_FOR,
        targeted=bool(aimed),
        parameters=aimed,
        recipients=people.total,
        recipients_by_country=tuple(
            CountryRecipients(country, count, country in MEMBER_STATES) for country, count in people.by_country
        ),
        recipients_elsewhere=people.elsewhere,
    )


def _content(fact: PublicFacts, post: PostFacts) -> PublicContent:
    newest, *earlier = fact.versions
    return PublicContent(
        post_id=post.id,
        identity_id=post.profile_id,
        spark=fact.consent_id is not None,
        format=post.format,
        display_name=post.display_name,
        handle=post.handle,
        avatar_url=post.avatar_url,
        caption=post.caption,
        sound_title=post.sound_title,
        video_url=post.video_url,
        poster_url=post.poster_url,
        pictures=post.pictures,
        sound_url=post.sound_url,
        width=post.width,
        height=post.height,
        duration_ms=post.duration_ms,
        call_to_action=newest.call_to_action,
        landing_url=newest.landing_url,
        category=newest.category,
        disclosure=post.disclosure,
        ai_generated=post.ai_generated,
        versions=tuple(
            PublicVersion(
                approved_at=one.approved_at,
                caption=one.caption,
                call_to_action=one.call_to_action,
                landing_url=one.landing_url,
            )
            for one in earlier
        ),
    )


def _statement(ground: Ground, standing: PublicStanding) -> Statement:
    text = GROUNDS[ground]
    if ground is Ground.POST_REMOVED:
        return Statement(
            ground=ground,
            text=text,
            reason=standing.removed_reason,
            at=standing.removed_at,
            contractual_ground=_CONTRACT,
        )
    if ground is Ground.PROFILE_BANNED:
        return Statement(ground=ground, text=text, at=standing.banned_at, contractual_ground=_CONTRACT)
    return Statement(ground=ground, text=text)
