"""What an advertiser is written of an ad: what review and its creator decided, and why; what a creator is written of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.advertising.models import Ad
from vonk.advertising.rules import REVIEW_REASONS
from vonk.advertising.rules.causes import AD_LINK
from vonk.authorisation.queries.limits import previews_required
from vonk.content.queries import post_facts
from vonk.control.scope import Scope
from vonk.control.wording import joined
from vonk.control.wording import later as _
from vonk.identity.actions import letters
from vonk.identity.queries import account_facts

CREATOR_LINK: Final = "/studio/ads/%(ad_id)s/"
_NAME_CHARS: Final = 60


def approved(ad: Ad, *, now: datetime) -> None:
    """Tell the account that its ad may be shown."""
    _write(
        ad,
        _("Your ad “%(name)s” was approved"),
        _("Review has approved the ad “%(name)s”. It is shown as soon as its schedule and budget allow.\n%(link)s"),
        "",
        now=now,
    )


def rejected(ad: Ad, reasons: tuple[str, ...], note: str, *, now: datetime) -> None:
    """Tell the account why its ad may not be shown."""
    lines = ["- " + _(REVIEW_REASONS[reason]) for reason in reasons]  # noqa: INT001 - a closed list, declared in rules
    if note:
        lines.append(_("The reviewer writes: %(note)s") % {"note": note})
    _write(
        ad,
        _("Your ad “%(name)s” was rejected"),
        _(
            "Review has rejected the ad “%(name)s”:\n%(reasons)s\n\n"
            "Change the ad: it is reviewed again as soon as you save it.\n%(link)s"
        ),
        joined("\n", lines),
        now=now,
    )


def appeal_upheld(ad: Ad, answer: str, *, now: datetime) -> None:
    """Tell the account that the rejection stands, and why."""
    _write(
        ad,
        _("Your appeal for the ad “%(name)s”: the rejection stands"),
        _(
            "Somebody else than the first reviewer has looked at the ad “%(name)s” again. The rejection stands:\n%(reasons)s\n\n"
            "Change the ad: it is reviewed again as soon as you save it.\n%(link)s"
        ),
        answer,
        now=now,
    )


def appeal_overturned(ad: Ad, answer: str, *, now: datetime) -> None:
    """Tell the account that the rejection is taken back, and why."""
    _write(
        ad,
        _("Your appeal for the ad “%(name)s”: the rejection is taken back"),
        _(
            "Somebody else than the first reviewer has looked at the ad “%(name)s” again and took the rejection back:\n%(reasons)s\n%(link)s"
        ),
        answer,
        now=now,
    )


def _write(ad: Ad, subject: str, body: str, reasons: str, *, now: datetime) -> None:
    path = AD_LINK % {"ad_id": ad.pk}
    values = {"name": ad.name[:_NAME_CHARS], "reasons": reasons, "link": settings.VONK.site_url + path}
    account_id = ad.ad_group.campaign.account_id
    letters.to_account(account_id, subject=subject % values, body=body % values, now=now, link=path, kind="ad_verdict")


def tell_creators(scope: Scope, ads: Sequence[Ad], *, edited: bool, now: datetime) -> None:
    """Tell each creator of the ads with their posts: of new ones always, of edited ones where they have a say to renew."""
    sparks = [ad for ad in ads if ad.consent_id is not None]
    posts = post_facts({ad.post_id for ad in sparks})
    required = previews_required(ad.consent_id for ad in sparks if ad.consent_id is not None)
    for ad in sparks:
        owner_id = posts[ad.post_id].owner_id
        asked = ad.consent_id in required or ad.creator_refused_at is not None
        if owner_id is None or owner_id == scope.person_id or (edited and not asked):
            continue
        account = account_facts(ad.ad_group.campaign.account_id)
        if asked:
            body = _(
                "%(account)s has made an ad with your post, on behalf of %(advertiser)s. It is shown only after you "
                "have looked at it and accepted it:\n%(link)s"
            )
        else:
            body = _(
                "%(account)s has made an ad with your post, on behalf of %(advertiser)s. You can look at it, and "
                "refuse it at any time:\n%(link)s"
            )
        path = CREATOR_LINK % {"ad_id": ad.pk}
        values = {
            "account": account.name,
            "advertiser": account.advertiser_name,
            "link": settings.VONK.site_url + path,
        }
        subject = _("An ad with your post waits for you") if asked else _("%(account)s made an ad with your post")
        letters.to_person(owner_id, subject=subject % values, body=body % values, now=now, link=path, kind="ad_made")


def accepted_by_creator(ad: Ad, *, now: datetime) -> None:
    """Tell the account that the creator agrees to the ad."""
    _write(
        ad,
        _("The creator accepted your ad “%(name)s”"),
        _("The creator has looked at the ad “%(name)s” and accepted it.\n%(link)s"),
        "",
        now=now,
    )


def refused_by_creator(ad: Ad, *, now: datetime) -> None:
    """Tell the account that the creator does not want the ad, and why."""
    _write(
        ad,
        _("The creator refused your ad “%(name)s”"),
        _(
            "The creator has refused the ad “%(name)s”, and it has stopped.\n%(reasons)s\n\n"
            "Change the ad and ask the creator to look at it again, or use another post.\n%(link)s"
        ),
        _("The creator writes: %(note)s") % {"note": ad.creator_note} if ad.creator_note else "",
        now=now,
    )
