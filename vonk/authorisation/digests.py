"""One letter to each side for whatever was noticed in one go: ten thousand consents that end together are one piece of news."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.conf import settings

from vonk.authorisation import letters
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import Refusal, Side
from vonk.content.queries import PostFacts
from vonk.content.queries.studio import creator_time_zone
from vonk.control.wording import joined, moment, nlater
from vonk.identity.actions import letters as post
from vonk.identity.queries import accounts_facts

LINES_MAX: Final = 50  # Of one letter; the rest is a number, and the page has them all.


class Noted(msgspec.Struct, frozen=True):
    """One consent of which both sides hear. ``days`` and ``reason`` are what the letter is about, if it is."""

    consent: Consent
    post: PostFacts
    days: int = 0
    reason: Refusal | None = None


Single = Callable[[Noted, Side], None]


def ended(noted: Sequence[Noted], *, now: datetime) -> None:
    """Tell both sides what has ended."""
    _write(
        noted,
        lambda one, side: letters.ended(one.consent, one.post, sides=(side,), now=now),
        lambda count: nlater("%(count)d authorisation has ended", "%(count)d authorisations have ended", count),
        now=now,
    )


def reminded(noted: Sequence[Noted], *, now: datetime) -> None:
    """Tell both sides what ends soon, with a link to one-tap extension for each."""
    _write(
        noted,
        lambda one, side: letters.reminder(one.consent, one.post, days=one.days, sides=(side,), now=now),
        lambda count: nlater("%(count)d authorisation ends soon", "%(count)d authorisations end soon", count),
        now=now,
    )


def revoked(noted: Sequence[Noted], *, now: datetime) -> None:
    """Tell the ad accounts what their creator took back."""
    _write(
        noted,
        lambda one, _side: letters.revoked(one.consent, one.post, now=now),
        lambda count: nlater(
            "Your ads with %(count)d post have stopped: its creator revoked the authorisation",
            "Your ads with %(count)d posts have stopped: their creator revoked the authorisations",
            count,
        ),
        account_line=lambda one: letters.titled(one.post),
        sides=(Side.ADVERTISER,),
        now=now,
    )


def gone(noted: Sequence[Noted], *, now: datetime) -> None:
    """Tell both sides which posts cannot be shown for now, and why."""

    def single(one: Noted, side: Side) -> None:
        assert one.reason is not None, "A post is gone for a reason."
        letters.gone(one.consent, one.post, one.reason, sides=(side,), now=now)

    _write(
        noted,
        single,
        lambda count: nlater("Ads with %(count)d post have stopped", "Ads with %(count)d posts have stopped", count),
        now=now,
    )


def back(noted: Sequence[Noted], *, now: datetime) -> None:
    """Tell the ad accounts which posts can be shown again."""
    _write(
        noted,
        lambda one, _side: letters.back(one.consent, one.post, now=now),
        lambda count: nlater("%(count)d post is available again", "%(count)d posts are available again", count),
        sides=(Side.ADVERTISER,),
        now=now,
    )


def _write(
    noted: Sequence[Noted],
    single: Single,
    subject: Callable[[int], str],
    *,
    account_line: Callable[[Noted], str] | None = None,
    sides: Sequence[Side] = letters.BOTH,
    now: datetime,
) -> None:
    """Write a letter to each ad account and each creator: the usual one about one consent, a list about several."""
    accounts, creators = defaultdict(list), defaultdict(list)
    for one in noted:
        if one.consent.account_id is not None:
            accounts[one.consent.account_id].append(one)
        assert one.post.owner_id is not None, "Only a person's post is consented to."
        creators[one.post.owner_id].append(one)
    names = {account_id: account.name for account_id, account in accounts_facts(accounts).items()}
    if Side.ADVERTISER in sides:
        for account_id, of_account in sorted(accounts.items()):
            if len(of_account) == 1:
                single(of_account[0], Side.ADVERTISER)
                continue
            lines = [(account_line or _extendable)(one) for one in _shown(of_account)]
            page = "/advertiser/spark-posts/"
            head = subject(len(of_account)) % {"count": len(of_account)}
            body = _body(head, lines, len(of_account), page)
            post.to_account(account_id, subject=head, body=body, now=now, link=page, kind=letters.KIND)
    if Side.CREATOR in sides:
        for person_id, of_creator in sorted(creators.items()):
            if len(of_creator) == 1:
                single(of_creator[0], Side.CREATOR)
                continue
            lines = [
                f"{letters.titled(one.post)}, {names.get(one.consent.account_id or 0, '–')}: "
                + _until(one)
                + f" {letters.extend_link(one.consent)}"
                for one in _shown(of_creator)
            ]
            page = "/studio/"
            head = subject(len(of_creator)) % {"count": len(of_creator)}
            body = _body(head, lines, len(of_creator), page)
            zone = creator_time_zone(person_id)
            post.to_person(person_id, subject=head, body=body, now=now, link=page, kind=letters.KIND, time_zone=zone)


def _shown(noted: Sequence[Noted]) -> list[Noted]:
    """Return those that are listed: what ends first comes first."""
    return sorted(noted, key=lambda one: (one.consent.ends_at, one.consent.pk))[:LINES_MAX]


def _extendable(one: Noted) -> str:
    return f"{letters.titled(one.post)}: " + _until(one) + f" {letters.ask_link(one.consent)}"


def _until(one: Noted) -> str:
    if one.reason is not None:
        return letters.reason_of(one.reason)
    return moment(one.consent.ends_at) + "."


def _body(head: str, lines: Sequence[str], count: int, page: str) -> str:
    left = count - len(lines)
    more = [nlater("… and %(left)d more.", "… and %(left)d more.", left) % {"left": left}] if left else []
    return joined("\n", (head + ".", "", *("- " + line for line in lines), *more, "", settings.VONK.site_url + page))
