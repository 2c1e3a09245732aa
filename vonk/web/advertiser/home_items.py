"""What needs somebody: each with what is the matter and the button that mends it, the worst first."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vonk.advertising import queries as advertising
from vonk.advertising.queries import AdGroupView
from vonk.advertising.queries.object_pages import Wanted, numbered_ad_groups
from vonk.advertising.rules import CAUSES, Cause, Primary, Stage, Verdict
from vonk.advertising.rules.learning import LASTS, RESULTS_ENOUGH, Learning, Phase
from vonk.authorisation import queries as authorisation
from vonk.authorisation.queries import LibraryItem
from vonk.authorisation.queries.requests import countered_count
from vonk.authorisation.rules import ConsentState
from vonk.billing.funding import Stop
from vonk.billing.queries import Balance
from vonk.control.paging import Numbering, Paging
from vonk.reporting import queries as reporting
from vonk.reporting.diagnoses import LOOKED_BACK, kept_from
from vonk.reporting.fates import queries as fates
from vonk.reporting.fates.rules import Gathered
from vonk.web.advertiser import mends, money, rows, words
from vonk.web.advertiser.access import Desk
from vonk.web.common import formats
from vonk.web.common.records import Tone

ITEMS_MAX: Final = 5  # Of each kind; the lists have the rest.
LOW_DAYS: Final = 3  # A balance that lasts no longer at this speed is low.
WEEK: Final = 7
GROUPS_LOOKED_AT: Final = 50  # The newest.
LEARNING_LOOKED_AT: Final = 10
LEARNING_JUDGED_AFTER: Final = timedelta(days=2)  # Before, how many results a week brings is a guess.
OUTBID_FROM: Final = 0.9  # Of the slots that an ad group wanted in a day.
NEW_FOR: Final = timedelta(days=14)
_SAID_ELSEWHERE: Final = frozenset(
    {
        Cause.CONSENT_REVOKED,
        Cause.CONSENT_EXPIRED,
        Cause.REJECTED,
        Cause.BALANCE_SPENT,
        Cause.PAYMENT_OVERDUE,
        Cause.ACCOUNT_SUSPENDED,
    }
)
"""Causes that have items of their own, or stand in the page's frame."""
_WAITS: Final = frozenset(
    {Cause.RE_REVIEW, Cause.IN_REVIEW, Cause.VIDEO_NOT_READY, Cause.NOT_STARTED, Cause.CONSENT_NOT_STARTED}
)
"""Causes that end by themselves."""
_ORDER: Final = {Tone.BAD: 0, Tone.WARN: 1, Tone.BUSY: 2, Tone.GOOD: 3, Tone.CALM: 4}


class Item(msgspec.Struct, frozen=True):
    """Something that needs somebody. ``action`` "" where who reads this may not act."""

    tone: Tone
    icon: str
    title: str
    text: str
    url: str
    action: str


def items(desk: Desk, balance: Balance, week_micros: int, *, started: bool) -> tuple[Item, ...]:
    """Return what needs somebody. ``week_micros`` is what the last seven days cost."""
    found = [
        *_money(desk, balance, week_micros, started=started),
        *_rejected(desk),
        *_ending(desk),
        *_ad_groups(desk),
        *_requests(desk),
        *_unused(desk),
        *_drafts(desk),
    ]
    return tuple(sorted(found, key=lambda item: _ORDER[item.tone]))


def _money(desk: Desk, balance: Balance, week_micros: int, *, started: bool) -> Iterator[Item]:
    if balance.stopped:
        text = str(money.STOPS[Stop(balance.stopped)])
        yield Item(Tone.BAD, "wallet", _("Your ads stand still"), text, reverse("advertiser:invoices"), _("Pay"))
    elif started and balance.micros <= 0:
        text = _("No ad is shown until the account is topped up.")
        yield Item(Tone.BAD, "wallet", _("The balance is spent"), text, reverse("advertiser:funds"), _("Top up"))
    elif started and balance.micros * WEEK < week_micros * LOW_DAYS:
        yield Item(
            Tone.WARN,
            "wallet",
            _("The balance is low"),
            _low_words(balance.micros, week_micros, desk.account.currency),
            reverse("advertiser:funds"),
            _("Top up"),
        )


def _low_words(micros: int, week_micros: int, currency: str) -> str:
    days = micros * WEEK // week_micros
    left = formats.money(micros, currency)
    if not days:
        return _("%(balance)s are left: less than a day at the speed of this week.") % {"balance": left}
    return ngettext(
        "%(balance)s are left: %(days)d day at the speed of this week.",
        "%(balance)s are left: %(days)d days at the speed of this week.",
        days,
    ) % {"balance": left, "days": days}


def _rejected(desk: Desk) -> Iterator[Item]:
    rejected = advertising.ads(desk.scope, Paging(size=ITEMS_MAX), verdict=Verdict.REJECTED)
    for ad in rejected.items:
        reasons = " ".join(_(reason.text) for reason in ad.review.reasons)  # noqa: INT001 - a closed list.
        text = " ".join(part for part in (reasons, ad.review.note) if part)
        title = _("Review rejected “%(name)s”") % {"name": ad.name}
        if desk.may_edit:
            yield Item(
                Tone.BAD, "gavel", title, text, reverse("advertiser:ad_edit", args=[ad.id]), _("Look and change")
            )
        else:
            yield Item(Tone.BAD, "gavel", title, text, reverse("advertiser:ad", args=[ad.id]), _("Open the ad"))


def _ending(desk: Desk) -> Iterator[Item]:
    within = timedelta(days=words.SOON_DAYS)
    ending = authorisation.ending(desk.scope, desk.now, within=within, at_most=ITEMS_MAX)
    ads = advertising.ads_of_consents(desk.scope, [item.consent_id for item in ending])
    for item in ending:
        yield _ending_item(desk, item, len(ads[item.consent_id]))


def _ending_item(desk: Desk, item: LibraryItem, ads: int) -> Item:
    values = {"name": words.title_of(item.post.caption), "who": words.speaker_of(item.post)}
    uses = ngettext("%(count)d ad uses it.", "%(count)d ads use it.", ads) % {"count": ads}
    link, action = reverse("advertiser:spark_post", args=[item.consent_id]), _("Open the post")
    if item.state is ConsentState.REVOKED:
        tone, title = Tone.BAD, _("%(who)s revoked “%(name)s”") % values
        text = _("Ask for a new code, or use another post.")
    elif item.state is ConsentState.EXPIRED:
        tone, title = Tone.BAD, _("The authorisation of “%(name)s” has ended") % values
        text = _("Ask %(who)s to extend it: the same code then works again.") % values
    else:
        tone, title = Tone.WARN, _("“%(name)s” ends soon") % values
        text = f"{words.days_words(item.days_left)}. " + _("Ask %(who)s to extend it.") % values
    if desk.may_edit and item.state in {ConsentState.EXPIRED, ConsentState.ENDING, ConsentState.ACTIVE}:
        link, action = reverse("advertiser:consent_ask_extension", args=[item.consent_id]), _("Ask for more time")
    return Item(tone, "hourglass", title, f"{text} {uses}", link, action)


def _ad_groups(desk: Desk) -> Iterator[Item]:
    """Return what keeps ad groups that are switched on from viewers, and learning that cannot end."""
    groups = [
        one for one in numbered_ad_groups(desk.scope, Wanted(), Numbering(1, GROUPS_LOOKED_AT)).items if one.enabled
    ]
    of_each = reporting.ad_group_statuses([one.id for one in groups], now=desk.now)
    running = []
    told = 0
    for group in groups:
        status = of_each[group.id]
        if status.primary in {Primary.DELIVERING, Primary.LIMITED}:
            running.append(group)
        elif (
            status.primary is Primary.NOT_DELIVERING
            and told < ITEMS_MAX
            and status.headline not in _SAID_ELSEWHERE | _WAITS
        ):
            told += 1
            yield _not_delivering(desk, group, status.headline)
    yield from _outbid(desk, running)
    yield from _learning(desk, running[:LEARNING_LOOKED_AT])


def _not_delivering(desk: Desk, group: AdGroupView, headline: Cause) -> Item:
    ids = rows.ad_group_ids(group)
    cause = mends.of_cause(words.cause_of(headline, ids), headline, ids, desk)
    return Item(
        Tone.WARN if CAUSES[headline].stage is Stage.MONEY else Tone.BAD,
        "hand-stop",
        _("“%(name)s” is not delivering") % {"name": group.name},
        " ".join(part for part in (cause.label, cause.remedy) if part),
        cause.link or reverse("advertiser:ad_group_delivery", args=[group.id]),
        (cause.link_label or _("Solve")) if cause.link else _("See why"),
    )


def _outbid(desk: Desk, running: list[AdGroupView]) -> Iterator[Item]:
    became = fates.of_ad_groups(desk.scope, [one.id for one in running], start=desk.now - LOOKED_BACK, end=desk.now)
    told = 0
    for group in running:
        for kept in kept_from(became[group.id]) if group.id in became else ():
            if kept.by is Gathered.LOST and kept.count >= OUTBID_FROM * kept.wanted and told < ITEMS_MAX:
                told += 1
                yield _outbid_item(desk, group, kept.count / kept.wanted)


def _outbid_item(desk: Desk, group: AdGroupView, share: float) -> Item:
    title = _("“%(name)s” is outbid") % {"name": group.name}
    text = _("Others won %(share)s of the slots that it wanted in the last day.") % {"share": formats.percent(share, 0)}
    if desk.may_edit:
        url, action = reverse("advertiser:ad_group_edit", args=[group.id]), _("Change the bid")
    else:
        url, action = reverse("advertiser:ad_group_delivery", args=[group.id]), _("See why")
    return Item(Tone.WARN, "gavel", title, text, url, action)


def _learning(desk: Desk, running: list[AdGroupView]) -> Iterator[Item]:
    for group in running:
        found = reporting.learning_of(desk.scope, group, now=desk.now)
        expected = _week_of_results(desk, found)
        if expected is None:
            continue
        told = {"name": group.name, "results": found.results, "enough": RESULTS_ENOUGH, "expected": expected}
        if found.phase is Phase.UNFINISHED:
            text = _(
                "%(results)d of %(enough)d results came in its week. More budget, a higher bid or a wider audience begins it anew."
            )
        else:
            text = _(
                "At this speed its week brings %(expected)d of %(enough)d results. More budget, a higher bid or a wider audience would help."
            )
        url = reverse("advertiser:ad_group_edit" if desk.may_edit else "advertiser:ad_group", args=[group.id])
        action = _("Change the ad group") if desk.may_edit else _("Open the ad group")
        yield Item(Tone.WARN, "trending-up", _("“%(name)s” cannot finish learning") % told, text % told, url, action)


def _week_of_results(desk: Desk, found: Learning) -> int | None:
    """Return how many results the week of learning brings; None where they are enough, or nothing can be said yet."""
    if found.phase is Phase.UNFINISHED:
        return found.results
    passed = desk.now - found.since
    if found.phase is not Phase.LEARNING or passed < LEARNING_JUDGED_AFTER:
        return None
    expected = int(found.results * (LASTS / passed))
    return expected if expected < RESULTS_ENOUGH else None


def _requests(desk: Desk) -> Iterator[Item]:
    waiting = countered_count(desk.scope, desk.now)
    if waiting:
        title = ngettext("%(count)d creator made you an offer", "%(count)d creators made you an offer", waiting)
        text = _("They answered your request with terms of their own, which lapse when nobody answers.")
        url = reverse("advertiser:requests")
        yield Item(Tone.WARN, "send", title % {"count": waiting}, text, url, _("Answer"))


def _unused(desk: Desk) -> Iterator[Item]:
    """Return posts that came lately and of which no ad was made."""
    if not desk.may_edit:
        return
    library = authorisation.library(desk.scope, Paging(size=ITEMS_MAX * 2), desk.now).items
    new = [one for one in library if one.state is ConsentState.ACTIVE and one.redeemed_at > desk.now - NEW_FOR]
    ads = advertising.ads_of_consents(desk.scope, [item.consent_id for item in new])
    for item in [one for one in new if not ads[one.consent_id]][:ITEMS_MAX]:
        values = {"name": words.title_of(item.post.caption), "who": words.speaker_of(item.post)}
        url = f"{reverse('advertiser:campaign_new')}?consent={item.consent_id}"
        text = _("You may advertise it; no ad shows it yet.")
        yield Item(Tone.GOOD, "sparkles", _("%(who)s gave you “%(name)s”") % values, text, url, _("Make an ad of it"))


def _drafts(desk: Desk) -> Iterator[Item]:
    drafts = advertising.launch_drafts(desk.scope) if desk.may_edit else ()
    if drafts:
        title = ngettext("%(count)d draft is not submitted", "%(count)d drafts are not submitted", len(drafts))
        newest = drafts[0].name or _("Without a name")
        text = _("The last one that was changed: “%(name)s”.") % {"name": newest}
        yield Item(Tone.CALM, "edit", title % {"count": len(drafts)}, text, reverse("advertiser:drafts"), _("Go on"))
