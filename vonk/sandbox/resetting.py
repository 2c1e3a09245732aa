"""A developer's world as it was in the beginning: no campaigns, money on the accounts, codes that nobody used."""

from datetime import datetime

import msgspec
from django.conf import settings

from vonk.advertising import queries as advertising
from vonk.advertising.actions import campaigns
from vonk.authorisation.actions import switches
from vonk.billing import queries as billing
from vonk.billing.actions import payments
from vonk.control import audit
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope, Via
from vonk.core.ids import new_id
from vonk.identity import access
from vonk.identity.actions import accounts
from vonk.sandbox import records, world_codes
from vonk.sandbox.world_codes import CodeStanding
from vonk.sandbox.worlds import BALANCE_MICROS, BEFORE, NoSandbox


def codes(scope: Scope, *, now: datetime) -> dict[str, CodeStanding]:
    """Return the codes of the world that the scope's ad account is of, and what became of each.

    Raises NoSandbox, and NotFound for an ad account of no world.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    _require_sandbox()
    world = records.of_account(scope.account)
    return world_codes.standing(_person(world.creator), world.posts, now=now)


def reset(scope: Scope, *, now: datetime) -> dict[str, CodeStanding]:
    """Make the world of the scope's ad account new; return its new codes.

    Campaigns of its ad accounts are deleted, with what is in them; every authorisation of its creator ends; each account
    has its test money again, and the Spark terms of today. Apps, tokens, people and numbers stay. Raises NoSandbox, and
    NotFound for an ad account of no world. No transaction is open when this is called; what was done until a failure stays.
    """
    scope.require(Right.ACCOUNT_EDIT)
    _require_sandbox()
    world = records.of_account(scope.account)
    for account_id in world.account_ids:
        actor = access.Actor(world.advertiser, Via.COMMAND)
        _empty(access.advertiser(actor, account_id, may=Right.ACCOUNT_EDIT), now)
    creator = _person(world.creator)
    switches.set_ad_settings(creator, on=False, now=now)  # It revokes whatever anybody holds.
    before = now - BEFORE
    switches.set_ad_settings(creator, on=True, now=now)
    made = world_codes.make(creator, video_id=world.video_id, original=world.original, before=before, now=now)
    records.keep(msgspec.structs.replace(world, posts=made.posts))
    audit.record(scope, "sandbox.reset", "ad_account", scope.account, at=now)
    return world_codes.standing(creator, made.posts, now=now)


def _empty(account: Scope, now: datetime) -> None:
    while ids := [
        one.id for one in advertising.campaigns(account, Paging()).items
    ]:  # Those that live, a page at a time.
        campaigns.delete(account, ids, now=now)
    accounts.accept_spark_terms(account, version=settings.VONK.spark_terms_version, now=now)
    missing = BALANCE_MICROS - billing.balance(account.account, now=now).micros
    if missing > 0:
        reference = f"sandbox {account.account} {new_id()}"
        payments.top_up(account, amount_micros=missing, now=now, provider_reference=reference)


def _person(person_id: int) -> Scope:
    return access.person(access.Actor(person_id, Via.COMMAND))


def _require_sandbox() -> None:
    if not settings.VONK.sandbox:
        raise NoSandbox
