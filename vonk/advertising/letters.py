"""What an advertiser is written: what review decided about an ad, why, and what to do about it."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vonk.advertising.models import Ad
from vonk.advertising.rules import REVIEW_REASONS
from vonk.advertising.rules.causes import AD_LINK
from vonk.identity.actions import letters

_NAME_CHARS: Final = 60


def approved(ad: Ad, *, now: datetime) -> None:
    """Tell the account that its ad may be shown."""
    with translation.override(settings.VONK.language):  # Not the reviewer's: the account has several readers.
        _write(
            ad,
            _("Your ad “%(name)s” was approved"),
            _("Review has approved the ad “%(name)s”. It is shown as soon as its schedule and budget allow.\n%(link)s"),
            "",
            now=now,
        )


def rejected(ad: Ad, reasons: tuple[str, ...], note: str, *, now: datetime) -> None:
    """Tell the account why its ad may not be shown."""
    with translation.override(settings.VONK.language):
        lines = [f"- {_(REVIEW_REASONS[reason])}" for reason in reasons]  # noqa: INT001 - a closed list, declared in rules
        if note:
            lines.append(_("The reviewer writes: %(note)s") % {"note": note})
        _write(
            ad,
            _("Your ad “%(name)s” was rejected"),
            _(
                "Review has rejected the ad “%(name)s”:\n%(reasons)s\n\n"
                "Change the ad: it is reviewed again as soon as you save it.\n%(link)s"
            ),
            "\n".join(lines),
            now=now,
        )


def _write(ad: Ad, subject: str, body: str, reasons: str, *, now: datetime) -> None:
    values = {
        "name": ad.name[:_NAME_CHARS],
        "reasons": reasons,
        "link": settings.VONK.site_url + AD_LINK % {"ad_id": ad.pk},
    }
    letters.to_account(ad.ad_group.campaign.account_id, subject=subject % values, body=body % values, now=now)
