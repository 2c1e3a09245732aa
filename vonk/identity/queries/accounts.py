"""What others may read of ad accounts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, NoReturn

import msgspec
from django.db.models import Q

from vonk.control import prepared
from vonk.control.prepared import given
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.models import AdAccount
from vonk.identity.queries import rights
from vonk.identity.queries.rights import Held, Origin
from vonk.identity.rules import AccountRole


class AccountFacts(msgspec.Struct, frozen=True):
    """What other areas need of an ad account."""

    id: int
    name: str
    currency: str
    time_zone: str
    country: str
    advertiser_name: str
    payer_name: str
    suspended: bool
    spark_terms_accepted: bool


class AccountView(msgspec.Struct, frozen=True):
    """An ad account as its members see it."""

    id: int
    name: str
    organisation_id: int
    organisation_name: str
    currency: str
    time_zone: str
    country: str
    advertiser_name: str
    payer_name: str
    role: str  # The highest of those that the person holds; what they may do is the sum of them all.
    suspended: bool
    spark_terms_version: str | None
    spark_terms_accepted_at: datetime | None
    created_at: datetime


_BY_ID: Final = prepared.models(lambda: AdAccount.objects.filter(pk__in=given("ids")))


def account_facts(account_id: int) -> AccountFacts:
    """Return the facts of an account, for an area that has it already inside its scope; NotFound when there is none."""
    return accounts_facts([account_id]).get(account_id) or _no_account()


def accounts_facts(account_ids: Iterable[int]) -> dict[int, AccountFacts]:
    """Return the facts of the accounts that exist among the ids."""
    return {row.pk: _facts(row) for row in _BY_ID.rows(ids=set(account_ids))}


def accounts_named(name: str, *, at_most: int) -> list[AccountFacts]:
    """Return the accounts that are not suspended and have exactly this name, or whose organisation or advertiser has.

    Upper and lower case are the same. Whoever asks learns nothing that they could not name themselves.
    """
    said = name.strip()
    if not said or "\0" in said:
        return []
    named = Q(name__iexact=said) | Q(organisation__name__iexact=said) | Q(advertiser_name__iexact=said)
    return [_facts(row) for row in AdAccount.objects.filter(named, suspended_at=None).order_by("pk")[:at_most]]


def account(scope: Scope) -> AccountView:
    """Return the scope's account, as the acting person sees it."""
    scope.require(Right.ACCOUNT_VIEW)
    found = _views(rights.in_accounts(person_id=scope.person, account_ids=[scope.account]))
    return found[0] if found else _no_account()


def accounts_of(scope: Scope) -> list[AccountView]:
    """Return the accounts in which the acting person holds a role, oldest first (bounded by accounts per person)."""
    return _views(rights.in_accounts(person_id=scope.person, account_ids=scope.reach))


def administered_alone(person_id: int) -> list[AccountFacts]:
    """Return the ad accounts that nobody else administers, oldest first. A partner's people do not count."""
    mine = {held.account_id for held in _administering(rights.in_accounts(person_id=person_id))}
    held = _administering(rights.in_accounts(account_ids=mine))
    alone = mine - {one.account_id for one in held if one.person_id != person_id}
    return [_facts(row) for row in AdAccount.objects.filter(pk__in=alone).order_by("pk")]


def _administering(held: Iterable[Held]) -> list[Held]:
    return [
        one
        for one in held
        if one.origin is not Origin.PARTNER and rights.AS_ACCOUNT_ROLE[one.role] is AccountRole.ADMIN
    ]


def _views(held: Collection[Held]) -> list[AccountView]:
    by_account: dict[int, list[Held]] = {}
    for one in held:
        by_account.setdefault(one.account_id, []).append(one)
    rows = AdAccount.objects.select_related("organisation").filter(pk__in=by_account).order_by("pk")
    return [_view(row, by_account[row.pk]) for row in rows]


def _facts(row: AdAccount) -> AccountFacts:
    return AccountFacts(
        id=row.pk,
        name=row.name,
        currency=row.currency,
        time_zone=row.time_zone,
        country=row.country,
        advertiser_name=row.advertiser_name,
        payer_name=row.payer_name,
        suspended=row.suspended_at is not None,
        spark_terms_accepted=row.spark_terms_accepted_at is not None,
    )


def _view(found: AdAccount, held: Collection[Held]) -> AccountView:
    role = rights.named(held)
    assert role is not None, "Accounts without a role are not listed."
    return AccountView(
        id=found.pk,
        name=found.name,
        organisation_id=found.organisation_id,
        organisation_name=found.organisation.name,
        currency=found.currency,
        time_zone=found.time_zone,
        country=found.country,
        advertiser_name=found.advertiser_name,
        payer_name=found.payer_name,
        role=role.value,
        suspended=found.suspended_at is not None,
        spark_terms_version=found.spark_terms_version,
        spark_terms_accepted_at=found.spark_terms_accepted_at,
        created_at=found.created_at,
    )


def _no_account() -> NoReturn:
    raise NotFound(noun="ad account")
