"""Open ad accounts and accept the terms under which they may use creators' posts."""

from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.money import CURRENCY_DECIMALS
from vonk.core.taxonomy import COUNTRIES
from vonk.identity.errors import AccountsLimited, SparkTermsChanged
from vonk.identity.models import AdAccount, Membership, Organisation
from vonk.identity.rules import AccountRole

ACCOUNTS_PER_PERSON_MAX: Final = 100
NAME_CHARS_MAX: Final = 100
TIME_ZONE_CHARS_MAX: Final = 40


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
    if currency not in CURRENCY_DECIMALS:
        raise FieldInvalid("currency", f"one of {', '.join(CURRENCY_DECIMALS)}")
    if len(time_zone) > TIME_ZONE_CHARS_MAX or time_zone not in available_timezones():
        raise FieldInvalid("time_zone", "an IANA time zone, for example Europe/Amsterdam")
    if country not in COUNTRIES:
        raise FieldInvalid("country", "an ISO 3166-1 country of two letters")
    if Membership.objects.filter(person_id=scope.person).count() >= ACCOUNTS_PER_PERSON_MAX:
        raise AccountsLimited(most=ACCOUNTS_PER_PERSON_MAX)
    organisation = Organisation.objects.create(
        name=_name("organisation_name", organisation_name), created_by_id=scope.person, created_at=now
    )
    account = AdAccount.objects.create(
        organisation=organisation,
        name=_name("name", name),
        currency=currency,
        time_zone=time_zone,
        country=country,
        advertiser_name=_name("advertiser_name", advertiser_name),
        payer_name=_name("payer_name", payer_name),
        created_at=now,
    )
    Membership.objects.create(account=account, person_id=scope.person, role=AccountRole.ADMIN.value)
    audit.record(
        scope,
        "account.opened",
        "ad_account",
        account.pk,
        at=now,
        account_id=account.pk,
        detail={"currency": currency, "time_zone": time_zone},
    )
    return account.pk


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


def _name(field: str, text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= NAME_CHARS_MAX or not name.isprintable():
        raise FieldInvalid(field, f"1 to {NAME_CHARS_MAX} printable characters")
    return name
