"""Open ad accounts and accept the terms under which they may use creators' posts."""

from datetime import datetime
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.money import CURRENCY_DECIMALS
from vonk.core.taxonomy import COUNTRIES
from vonk.core.time_zones import time_zones
from vonk.identity.actions import app_tokens, naming, organisations
from vonk.identity.errors import AccountsLimited, SparkTermsChanged
from vonk.identity.models import AdAccount, Membership, Organisation, OrganisationMember
from vonk.identity.rules import AccountRole, OrganisationRole

ACCOUNTS_PER_PERSON_MAX: Final = 100
ACCOUNTS_PER_ORGANISATION_MAX: Final = 100
TIME_ZONE_CHARS_MAX: Final = 40


class _Draft(msgspec.Struct, frozen=True):
    name: str
    currency: str
    time_zone: str
    country: str
    advertiser_name: str
    payer_name: str


@transaction.atomic
def open_account(
    scope: Scope,
    *,
    organisation_name: str,
    name: str,
    currency: str,
    time_zone: str,
    country: str,
    advertiser_name: str,
    payer_name: str,
    now: datetime,
) -> int:
    """Open an ad account of a new organisation, with the acting person as its administrator; return the account's id.

    Currency (ISO 4217) and time zone (IANA) never change afterwards. Raises FieldInvalid, AccountsLimited.
    """
    scope.require(Right.VIEW)
    if Membership.objects.filter(person_id=scope.person).count() >= ACCOUNTS_PER_PERSON_MAX:
        raise AccountsLimited(most=ACCOUNTS_PER_PERSON_MAX)
    organisation = Organisation.objects.create(
        name=naming.checked("organisation_name", organisation_name), created_by_id=scope.person, created_at=now
    )
    OrganisationMember.objects.create(
        organisation=organisation, person_id=scope.person, role=OrganisationRole.ADMIN.value, joined_at=now
    )
    draft = _Draft(name, currency, time_zone, country, advertiser_name, payer_name)
    return _open(scope, organisation, draft, now)


@transaction.atomic
def open_another(
    scope: Scope,
    *,
    name: str,
    currency: str,
    time_zone: str,
    country: str,
    advertiser_name: str,
    payer_name: str,
    now: datetime,
) -> int:
    """Open a further ad account of the scope's organisation, as ``open_account`` does; return the account's id."""
    scope.require(Right.BUSINESS_EDIT)
    organisation = organisations.hold(scope.organisation)
    if AdAccount.objects.filter(organisation=organisation).count() >= ACCOUNTS_PER_ORGANISATION_MAX:
        raise AccountsLimited(most=ACCOUNTS_PER_ORGANISATION_MAX)
    draft = _Draft(name, currency, time_zone, country, advertiser_name, payer_name)
    account_id = _open(scope, organisation, draft, now)
    app_tokens.reach_new_account(scope, account_id)
    return account_id


@transaction.atomic
def accept_spark_terms(scope: Scope, *, version: str, now: datetime) -> None:
    """Accept the Spark terms for the scope's account; a second time changes nothing.

    Raises SparkTermsChanged when ``version`` is not the one in force.
    """
    scope.require(Right.ACCOUNT_EDIT)
    if version != settings.VONK.spark_terms_version:
        raise SparkTermsChanged(version=settings.VONK.spark_terms_version)
    account = AdAccount.objects.select_for_update().filter(pk=scope.account).first()
    if account is None:
        raise NotFound(noun="ad account")
    if account.spark_terms_version == version:
        return
    account.spark_terms_version = version
    account.spark_terms_accepted_at = now
    account.save(update_fields=["spark_terms_version", "spark_terms_accepted_at"])
    audit.record(scope, "account.spark_terms_accepted", "ad_account", account.pk, at=now, detail={"version": version})


def hold(account_id: int) -> None:
    """Lock the account's row until the transaction ends, so that what is counted for it stays so; NotFound."""
    if AdAccount.objects.select_for_update(no_key=True).filter(pk=account_id).first() is None:
        raise NotFound(noun="ad account")


def _open(scope: Scope, organisation: Organisation, draft: _Draft, now: datetime) -> int:
    if draft.currency not in CURRENCY_DECIMALS:
        raise FieldInvalid("currency", "one of %(known)s", known=", ".join(CURRENCY_DECIMALS))
    if len(draft.time_zone) > TIME_ZONE_CHARS_MAX or draft.time_zone not in time_zones():
        raise FieldInvalid("time_zone", "an IANA time zone, for example Europe/Amsterdam")
    if draft.country not in COUNTRIES:
        raise FieldInvalid("country", "an ISO 3166-1 country of two letters")
    account = AdAccount.objects.create(
        organisation=organisation,
        name=naming.checked("name", draft.name),
        currency=draft.currency,
        time_zone=draft.time_zone,
        country=draft.country,
        advertiser_name=naming.checked("advertiser_name", draft.advertiser_name),
        payer_name=naming.checked("payer_name", draft.payer_name),
        created_at=now,
    )
    Membership.objects.create(account=account, person_id=scope.person, role=AccountRole.ADMIN.value)
    detail = {"currency": draft.currency, "time_zone": draft.time_zone}
    audit.record(scope, "account.opened", "ad_account", account.pk, at=now, account_id=account.pk, detail=detail)
    return account.pk
