"""What mends a cause of a status, for who reads it: a button that does it at once, or leads to the very form."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vonk.advertising.rules import Cause, Status
from vonk.web.advertiser.access import Desk
from vonk.web.common.records import Badge
from vonk.web.common.records import Cause as Shown


class _Mend(NamedTuple):
    """The page (by name), of which object, and what its button says. ``at_once``: it is done by the button itself."""

    page: str
    of: str
    label: str | Promise
    at_once: bool = False


_ANOTHER: Final = _Mend("ad_edit", "ad_id", gettext_lazy("Use another post"))
_MENDS: Final[Mapping[Cause, _Mend]] = {
    Cause.CAMPAIGN_DISABLED: _Mend("campaign_switch_on", "campaign_id", gettext_lazy("Switch the campaign on"), True),
    Cause.AD_GROUP_DISABLED: _Mend("ad_group_switch_on", "ad_group_id", gettext_lazy("Switch the ad group on"), True),
    Cause.AD_DISABLED: _Mend("ad_switch_on", "ad_id", gettext_lazy("Switch the ad on"), True),
    Cause.SCHEDULE_OVER: _Mend("ad_group_edit", "ad_group_id", gettext_lazy("Choose a later end")),
    Cause.NOT_STARTED: _Mend("ad_group_edit", "ad_group_id", gettext_lazy("Choose another start")),
    Cause.CONSENT_EXPIRED: _Mend("consent_ask_extension", "consent_id", gettext_lazy("Ask for more time")),
    Cause.CONSENT_ENDING: _Mend("consent_ask_extension", "consent_id", gettext_lazy("Ask for more time")),
    Cause.SPEND_CAP_REACHED: _Mend("spark_post", "consent_id", gettext_lazy("Open the post")),
    **dict.fromkeys(
        (
            Cause.CONSENT_REVOKED,
            Cause.CONSENT_RELEASED,
            Cause.CONSENT_ABSENT,
            Cause.CREATOR_REFUSED,
            Cause.PROFILE_BANNED,
            Cause.POST_DELETED,
            Cause.POST_REMOVED,
            Cause.ACCOUNT_PRIVATE,
            Cause.POST_PRIVATE,
            Cause.POST_UNAVAILABLE,
            Cause.VIDEO_FAILED,
        ),
        _ANOTHER,
    ),
    Cause.CATEGORY_NOT_ALLOWED: _Mend("ad_edit", "ad_id", gettext_lazy("Say what is advertised")),
    Cause.REJECTED: _Mend("ad_edit", "ad_id", gettext_lazy("Change the ad")),
    Cause.REGION_NOT_LICENSED: _Mend("ad_group_edit", "ad_group_id", gettext_lazy("Change the countries")),
    Cause.PARTLY_UNLICENSED: _Mend("ad_group_edit", "ad_group_id", gettext_lazy("Change the countries")),
    Cause.LIMITS_UNMET: _Mend("ad_group_edit", "ad_group_id", gettext_lazy("Change the audience")),
    Cause.NO_ADS: _Mend("ad_new", "ad_group_id", gettext_lazy("Create an ad")),
    Cause.CAMPAIGN_BUDGET_SPENT: _Mend("campaign_edit", "campaign_id", gettext_lazy("Raise the budget")),
    Cause.AD_GROUP_BUDGET_SPENT: _Mend("ad_group_edit", "ad_group_id", gettext_lazy("Raise the budget")),
}
_PAID: Final[Mapping[Cause, tuple[str, str | Promise]]] = {
    Cause.BALANCE_SPENT: ("advertiser:funds", gettext_lazy("Top up")),
    Cause.PAYMENT_OVERDUE: ("advertiser:invoices", gettext_lazy("Pay")),
}


def mended(badge: Badge, status: Status, ids: Mapping[str, int], desk: Desk, *, here: str = "") -> Badge:
    """Return the status with each cause's mend, as far as who reads it may act. ``ids`` are of what it is about and above it.

    ``here`` is the page, to which no cause leads.
    """
    causes = tuple(
        _with(shown, cause, ids, desk, here) for shown, cause in zip(badge.causes, status.causes, strict=False)
    )
    return msgspec.structs.replace(badge, causes=causes)


def of_cause(shown: Shown, cause: Cause, ids: Mapping[str, int], desk: Desk) -> Shown:
    """Return one cause with its mend."""
    return _with(shown, cause, ids, desk, "")


def _with(shown: Shown, cause: str, ids: Mapping[str, int], desk: Desk, here: str) -> Shown:
    paid = _PAID.get(Cause(cause))
    if paid is not None:
        name, label = paid
        url = reverse(name) if desk.may_pay else ""
        return msgspec.structs.replace(shown, link=url, link_label=str(label))
    mend = _MENDS.get(Cause(cause))
    if mend is None or not ids.get(mend.of):
        return shown
    if not desk.may_edit:
        return msgspec.structs.replace(shown, link="")
    url = reverse(f"advertiser:{mend.page}", args=[ids[mend.of]])
    if mend.at_once:
        return msgspec.structs.replace(shown, act=url, link_label=str(mend.label))
    return msgspec.structs.replace(shown, link="" if url == here else url, link_label=str(mend.label))
