"""Statuses as v1.3 names them. They follow from ``reporting.statuses``: the headline of the causes gives the name."""

from collections.abc import Callable
from typing import Final, Literal

from vonk.advertising.rules import CAUSES, Cause, Primary, Stage, Status
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.status_names import PRIMARY_STATUSES, SECONDARY_STATUSES

Level = Literal["campaign", "adgroup", "ad"]
Predicate = Callable[[Status], bool]

_EVERYTHING: Final = frozenset({"STATUS_ALL", "CAMPAIGN_STATUS_ALL", "ADGROUP_STATUS_ALL", "AD_STATUS_ALL"})
_NOT_DELETED: Final = frozenset({
    "STATUS_NOT_DELETE", "CAMPAIGN_STATUS_NOT_DELETE", "ADGROUP_STATUS_NOT_DELETE", "AD_STATUS_NOT_DELETE",
})  # fmt: skip
_DELETED: Final = frozenset({
    "STATUS_DELETE", "CAMPAIGN_STATUS_DELETE", "ADGROUP_STATUS_DELETE", "ADGROUP_STATUS_CAMPAIGN_DELETE",
    "AD_STATUS_DELETE", "AD_STATUS_ADGROUP_DELETE", "AD_STATUS_CAMPAIGN_DELETE",
})  # fmt: skip

_PRIMARY: Final[dict[Primary, str]] = {
    Primary.DELETED: "STATUS_DELETE",
    Primary.DISABLED: "STATUS_DISABLE",
    Primary.DONE: "STATUS_TIME_DONE",
    Primary.NOT_DELIVERING: "STATUS_NOT_DELIVERY",
    Primary.LIMITED: "STATUS_DELIVERY_OK",
    Primary.DELIVERING: "STATUS_DELIVERY_OK",
}

# What a level says of a cause; where it has nothing of its own, of the cause's stage.
_CAMPAIGN: Final[dict[Cause, str]] = {
    Cause.ACCOUNT_SUSPENDED: "ADVERTISER_ACCOUNT_PUNISH",
    Cause.CAMPAIGN_DISABLED: "CAMPAIGN_STATUS_DISABLE",
    Cause.CAMPAIGN_BUDGET_SPENT: "CAMPAIGN_STATUS_BUDGET_EXCEED",
    Cause.REJECTED: "CAMPAIGN_STATUS_REVIEW_DISAPPROVED",
    # The campaign is in order; what is in it, or is to come, waits.
    Cause.NO_ADS: "CAMPAIGN_STATUS_ENABLE",
    Cause.IN_REVIEW: "CAMPAIGN_STATUS_ENABLE",
    Cause.RE_REVIEW: "CAMPAIGN_STATUS_ENABLE",
    Cause.CREATOR_PREVIEW: "CAMPAIGN_STATUS_ENABLE",
    Cause.NOT_STARTED: "CAMPAIGN_STATUS_ENABLE",
    Cause.CONSENT_NOT_STARTED: "CAMPAIGN_STATUS_ENABLE",
}
_CAMPAIGN_STAGES: Final[dict[Stage, str]] = {
    Stage.DELETED: "CAMPAIGN_STATUS_DELETE",
    Stage.DONE: "STATUS_NOT_DELIVERY",
    Stage.AUTHORISATION: "CAMPAIGN_STATUS_AD_UNAVAILABLE",
    Stage.LIMITED: "CAMPAIGN_STATUS_ENABLE",
    Stage.DELIVERING: "CAMPAIGN_STATUS_ENABLE",
}
_AD_GROUP: Final[dict[Cause, str]] = {
    Cause.CAMPAIGN_DELETED: "ADGROUP_STATUS_CAMPAIGN_DELETE",
    Cause.ACCOUNT_SUSPENDED: "ADVERTISER_ACCOUNT_PUNISH",
    Cause.CAMPAIGN_DISABLED: "ADGROUP_STATUS_CAMPAIGN_DISABLE",
    Cause.AD_GROUP_DISABLED: "ADGROUP_STATUS_DISABLE",
    Cause.SCHEDULE_OVER: "ADGROUP_STATUS_TIME_DONE",
    Cause.VIDEO_FAILED: "ADGROUP_STATUS_TRANSCODING_FAIL",
    Cause.VIDEO_NOT_READY: "STATUS_NOT_DELIVERY",
    Cause.NO_ADS: "ADGROUP_STATUS_CREATE",
    Cause.REJECTED: "ADGROUP_STATUS_AUDIT_DENY",
    Cause.RE_REVIEW: "ADGROUP_STATUS_REAUDIT",
    Cause.IN_REVIEW: "ADGROUP_STATUS_AUDIT",
    Cause.CREATOR_PREVIEW: "ADGROUP_STATUS_AUDIT",
    Cause.PAYMENT_OVERDUE: "ADGROUP_STATUS_BALANCE_EXCEED",
    Cause.BALANCE_SPENT: "ADGROUP_STATUS_BALANCE_EXCEED",
    Cause.CAMPAIGN_BUDGET_SPENT: "ADGROUP_STATUS_CAMPAIGN_EXCEED",
    Cause.AD_GROUP_BUDGET_SPENT: "ADGROUP_STATUS_BUDGET_EXCEED",
    Cause.PARTLY_REJECTED: "ADGROUP_STATUS_PARTIAL_AUDIT_DELIVERY_OK",
    Cause.PARTLY_IN_REVIEW: "ADGROUP_STATUS_PARTIAL_AUDIT_DELIVERY_OK",
}
_AD_GROUP_STAGES: Final[dict[Stage, str]] = {
    Stage.DELETED: "ADGROUP_STATUS_DELETE",
    Stage.AUTHORISATION: "ADGROUP_STATUS_ASSET_AUTHORIZATION_LOST",
    Stage.NOT_STARTED: "ADGROUP_STATUS_NOT_START",
    Stage.LIMITED: "ADGROUP_STATUS_DELIVERY_OK",
    Stage.DELIVERING: "ADGROUP_STATUS_DELIVERY_OK",
}
_AD: Final[dict[Cause, str]] = {
    Cause.CAMPAIGN_DELETED: "AD_STATUS_CAMPAIGN_DELETE",
    Cause.AD_GROUP_DELETED: "AD_STATUS_ADGROUP_DELETE",
    Cause.ACCOUNT_SUSPENDED: "ADVERTISER_ACCOUNT_PUNISH",
    Cause.CAMPAIGN_DISABLED: "AD_STATUS_CAMPAIGN_DISABLE",
    Cause.AD_GROUP_DISABLED: "AD_STATUS_ADGROUP_DISABLE",
    Cause.AD_DISABLED: "AD_STATUS_DISABLE",
    Cause.SCHEDULE_OVER: "AD_STATUS_DONE",
    Cause.CONSENT_REVOKED: "AD_STATUS_CREATOR_AUTHORIZATION_REVOKED",
    Cause.VIDEO_FAILED: "AD_STATUS_TRANSCODING_FAIL",
    Cause.VIDEO_NOT_READY: "AD_STATUS_AD_PRE_ONLINE",
    Cause.REJECTED: "AD_STATUS_AUDIT_DENY",
    Cause.RE_REVIEW: "AD_STATUS_REAUDIT",
    Cause.IN_REVIEW: "AD_STATUS_AUDIT",
    Cause.CREATOR_PREVIEW: "AD_STATUS_AUDIT",
    Cause.PAYMENT_OVERDUE: "AD_STATUS_BALANCE_EXCEED",
    Cause.BALANCE_SPENT: "AD_STATUS_BALANCE_EXCEED",
    Cause.CAMPAIGN_BUDGET_SPENT: "AD_STATUS_CAMPAIGN_EXCEED",
    Cause.AD_GROUP_BUDGET_SPENT: "AD_STATUS_BUDGET_EXCEED",
}
_AD_STAGES: Final[dict[Stage, str]] = {
    Stage.DELETED: "AD_STATUS_DELETE",
    Stage.AUTHORISATION: "AD_STATUS_ASSET_AUTHORIZATION_LOST",
    Stage.NOT_STARTED: "AD_STATUS_NOT_START",
    Stage.LIMITED: "AD_STATUS_DELIVERY_OK",
    Stage.DELIVERING: "AD_STATUS_DELIVERY_OK",
}
_NAMES: Final[dict[str, tuple[dict[Cause, str], dict[Stage, str]]]] = {
    "campaign": (_CAMPAIGN, _CAMPAIGN_STAGES),
    "adgroup": (_AD_GROUP, _AD_GROUP_STAGES),
    "ad": (_AD, _AD_STAGES),
}


def primary(status: Status) -> str:
    """Return what the status comes down to. A campaign whose ad groups are done is not delivering: see ``matching``."""
    return _PRIMARY[status.primary]


def secondary(level: Level, status: Status) -> str:
    """Return the status that an object of the level shows."""
    by_cause, by_stage = _NAMES[level]
    headline = status.headline
    return by_cause.get(headline) or by_stage.get(CAUSES[headline].stage) or primary(status)


def operation_status(enabled: bool, deleted: bool) -> str:  # noqa: FBT001 - two facts, not modes
    """Return what its owner has done with an object."""
    return "DELETE" if deleted else "ENABLE" if enabled else "DISABLE"


def deleted(level: Level, primary_status: str | None, secondary_status: str | None) -> bool | None:
    """Return whether a list holds deleted objects: False none, True only them, None these too (``Wanted.deleted``).

    Without a filter, deleted ones are left out. ParameterInvalid for a name that v1.3 does not have.
    """
    _check(level, primary_status, secondary_status)
    asked = {name for name in (primary_status, secondary_status) if name is not None}
    if asked & _DELETED:
        return True
    return None if asked & _EVERYTHING and not asked & _NOT_DELETED else False


def matching(level: Level, primary_status: str | None, secondary_status: str | None) -> Predicate | None:
    """Return what an object's status must fulfil besides ``deleted``; None where nothing, so that none is worked out.

    Names that v1.3 has and nothing here ever comes to match nothing. ParameterInvalid for a name that v1.3 has not.
    """
    _check(level, primary_status, secondary_status)
    wanted_primary = _told(primary_status)
    wanted_secondary = _told(secondary_status)
    if wanted_primary == "STATUS_DELETE" and wanted_secondary is None:
        return None  # ``deleted`` says it all.
    if wanted_primary is None and wanted_secondary is None:
        return None

    def fulfils(status: Status) -> bool:
        comes_to = primary(status)
        if level == "campaign" and comes_to == "STATUS_TIME_DONE":
            comes_to = "STATUS_NOT_DELIVERY"
        return wanted_primary in (None, comes_to) and (wanted_secondary in (None, secondary(level, status), comes_to))

    return fulfils


def _told(name: str | None) -> str | None:
    return None if name is None or name in _EVERYTHING | _NOT_DELETED else name


def _check(level: Level, primary_status: str | None, secondary_status: str | None) -> None:
    for field, name, known in (
        ("primary_status", primary_status, PRIMARY_STATUSES),
        ("secondary_status", secondary_status, SECONDARY_STATUSES[level]),
    ):
        if name is not None and name not in known:
            raise ParameterInvalid(field=f"filtering.{field}", reason=f"{name[:100]} is not one of {', '.join(known)}")
