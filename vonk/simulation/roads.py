"""The other roads to an ad: what a creator allows beforehand, whom she lets use her account, what brands ask for."""

from typing import Final

import msgspec

from vonk.simulation.advertisers import Agency, upload
from vonk.simulation.drawing import Drawn
from vonk.simulation.people import Town
from vonk.simulation.plans import AccessPlan, AskPlan

PULL: Final = "existing_posts"
PUSH: Final = "publish_ads_only"


class _Access(msgspec.Struct, frozen=True):
    access_id: str


class _Asked(msgspec.Struct, frozen=True):
    request_id: str


class _Pushed(msgspec.Struct, frozen=True):
    post_id: str


class _Organisation(msgspec.Struct, frozen=True):
    id: str
    name: str


class _Organisations(msgspec.Struct, frozen=True):
    items: tuple[_Organisation, ...]


def agree(town: Town, agency: Agency, drawn: Drawn) -> None:
    """Let Cleo say yes beforehand, brands ask, and creators let brands into their accounts."""
    plan = town.plan
    if plan.yes_days:
        body = {"duration_days_max": plan.yes_days, "switch_on": True}
        town.people[plan.cleo].caller.post("/me/standing_consents", body, msgspec.Raw)
    for asked in plan.asks:
        ask(town, agency, asked)
    for access in plan.accesses:
        let_in(town, agency, access, drawn)


def ask(town: Town, agency: Agency, asked: AskPlan) -> str:
    """Ask for a creator's post; return the request's id. What a standing consent covers is accepted at once."""
    body: dict[str, object] = {
        "post_id": town.posts[asked.post],
        "message": asked.message,
        "duration_days": asked.days,
    }
    if asked.notice_days:
        body["offer"] = {"notice_days": asked.notice_days}
    path = f"/accounts/{agency.account_of(asked.brand)}/requests"
    return town.people["ada"].caller.post(path, body, _Asked).request_id


def let_in(town: Town, agency: Agency, plan: AccessPlan, drawn: Drawn) -> None:
    """Let a brand's business ask for a creator's account, the creator grant it, and the brand push a draft there."""
    ada, shop = town.people["ada"].caller, town.people[plan.shop]
    account_id = agency.account_of(plan.brand)
    name = next(brand.name for brand in town.plan.brands if brand.slug == plan.brand)
    found = ada.get("/organisations", _Organisations).items
    organisation_id = next(organisation.id for organisation in found if organisation.name == name)
    scopes = [PULL, PUSH]
    body = {"handle": plan.shop, "scopes": scopes, "message": plan.message}
    access_id = ada.post(f"/organisations/{organisation_id}/accesses", body, _Access).access_id
    granted = {"scopes": scopes, "duration_days": plan.days}
    shop.caller.post(f"/me/accesses/{access_id}/grant", granted, msgspec.Raw)
    draft = {
        "profile_id": shop.profile_id,
        "access_id": access_id,
        "video_id": upload(ada, account_id, plan.clip, drawn),
        "caption": plan.caption,
    }
    ada.post(f"/accounts/{account_id}/pushed_posts", draft, _Pushed)
