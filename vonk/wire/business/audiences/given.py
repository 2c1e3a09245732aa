"""What dmp/custom_audience/* answers of an audience."""

from typing import Any, Final

from vonk.advertising.queries.custom_audiences import ActView, AudienceView
from vonk.advertising.rules.custom_audiences import Act, Source
from vonk.reporting.audience_sizes import Sized
from vonk.wire.business.audiences.rules import SOURCES
from vonk.wire.business.given import Digits, Given, Moment, PageInfo, moment
from vonk.wire.business.locations import location_ids

TYPES: Final[dict[Source, str]] = {
    Source.CUSTOMERS: "Customer File",
    Source.AD_GROUPS: "Engagement",
    Source.POSTS: "Organic Engagement",
    Source.FOLLOWERS: "Business Account",
    Source.PIXELS: "Website Traffic",
    Source.LOOKALIKE: "Lookalike",
}
assert set(TYPES) - set(SOURCES.values()) == {Source.CUSTOMERS, Source.LOOKALIKE}, "Each source has its name."
_MODES: Final = {Act.APPLIED: "Apply", Act.DISCONNECTED: "Disconnect"}


class Audience(Given, frozen=True):
    """An audience. ``cover_num`` is how many people matched, rounded down to tens, and 0 below 100.

    ``is_creator``: the ad account's own; ``owner_id`` is whose it is. Of a lookalike ``msg`` says whether it
    is waiting, made or failed, and ``error_msg`` why it failed; other audiences are judged when they are asked for.
    """

    audience_id: Digits
    name: str
    audience_type: str
    audience_sub_type: str
    calculate_type: str | None
    cover_num: int
    is_valid: bool
    is_expiring: bool
    is_auto_refresh: bool | None
    is_creator: bool
    shared: bool
    owner_id: Digits
    rule: dict[str, Any] | None
    lookalike_spec: dict[str, Any] | None
    msg: str
    error_msg: str
    create_time: Moment
    expired_time: Moment


class AudiencePage(Given, frozen=True):
    """A page of audiences."""

    list: tuple[Audience, ...]
    page_info: PageInfo


class History(Given, frozen=True):
    """Something that the ad account did with an audience."""

    action: str
    action_detail: dict[str, Any]
    create_time: Moment


class Details(Given, frozen=True):
    """An audience and what was done with it, newest first."""

    audience_details: Audience
    audience_history: tuple[History, ...]


class DetailsList(Given, frozen=True):
    """Those of the audiences that the ad account may use."""

    list: tuple[Details, ...]


class Application(Given, frozen=True):
    """An ad group that was made to name an audience, or to name it no more."""

    custom_audience_id: Digits
    advertiser_id: Digits
    adgroup_id: Digits
    action_mode: str
    usage_mode: str | None
    create_time: Moment


class ApplicationPage(Given, frozen=True):
    """A page of them."""

    list: tuple[Application, ...]
    page_info: PageInfo


class Sharing(Given, frozen=True):
    """An ad account that was let use an audience (``action`` SHARE), or may no more (CANCEL)."""

    custom_audience_id: Digits
    advertiser_id: Digits
    shared_advertiser_id: Digits
    action: str
    create_time: Moment


class SharingList(Given, frozen=True):
    """All of them, newest first."""

    list: tuple[Sharing, ...]


def audience(sized: Sized) -> Audience:
    """Return an audience as v1.3 writes it. The rule of another account's is not told: it names what is theirs."""
    view = sized.view
    own, like = not view.shared_by_other, view.likeness
    return Audience(
        audience_id=str(view.id),
        name=view.name,
        audience_type=TYPES[view.source],
        audience_sub_type=str(view.kept.get("audience_sub_type", "NORMAL")),
        calculate_type=view.kind.upper() or None,
        cover_num=sized.told,
        is_valid=view.usable,
        is_expiring=view.expiring,
        is_auto_refresh=None if view.rule is None else view.refreshes,
        is_creator=own,
        shared=view.shared,
        owner_id=str(view.account_id),
        rule=view.kept.get("rule_spec") if own else None,
        lookalike_spec=_spec(view) if own else None,
        msg="" if like is None else like.state.value,
        error_msg="" if like is None else like.reason,
        create_time=moment(view.created_at),
        expired_time=moment(view.expires_at),
    )


def _spec(view: AudienceView) -> dict[str, Any] | None:
    like = view.likeness
    if like is None:
        return None
    kept = view.kept.get("lookalike_spec")
    return {
        **(kept if isinstance(kept, dict) else {}),
        "source_audience_id": str(like.source_audience_id),
        "include_source": like.includes_source,
        "location_ids": location_ids(like.countries),
        "audience_size": like.size.value.upper(),
    }


def history(act: ActView) -> History:
    """Return what was done, as v1.3 writes it."""
    return History(action=act.act.value.upper(), action_detail=act.detail, create_time=moment(act.at))


def application(act: ActView) -> Application:
    """Return a use by an ad group, as v1.3 writes it."""
    return Application(
        custom_audience_id=str(act.audience_id),
        advertiser_id=str(act.account_id),
        adgroup_id=act.detail["ad_group_id"],
        action_mode=_MODES[act.act],
        usage_mode=act.detail.get("usage_mode"),
        create_time=moment(act.at),
    )


def sharing(act: ActView) -> Sharing:
    """Return a share, as v1.3 writes it."""
    return Sharing(
        custom_audience_id=str(act.audience_id),
        advertiser_id=str(act.account_id),
        shared_advertiser_id=act.detail["account_id"],
        action="SHARE" if act.act is Act.SHARED else "CANCEL",
        create_time=moment(act.at),
    )
