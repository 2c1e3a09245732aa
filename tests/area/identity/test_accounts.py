from collections.abc import Callable
from datetime import datetime

import pytest

from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.identity import access, queries
from vonk.identity.actions import accounts
from vonk.identity.errors import SparkTermsChanged
from vonk.identity.models import AdAccount, Membership, Organisation
from vonk.identity.rules import EVERYBODY

pytestmark = pytest.mark.django_db


def test_ada_opens_an_account_and_administers_it(
    scope_of: Callable[..., Scope], open_account: Callable[..., int], now: datetime
) -> None:
    ada = scope_of("Ada")
    account_id = open_account(ada)
    scope = access.advertiser(access.Actor(ada.person, Via.WEB), account_id, may=Right.FUNDS_EDIT)
    view = queries.AccountView(
        id=account_id,
        name="Bread",
        organisation_id=queries.organisations_of(ada)[0].id,
        organisation_name="Ada's bakery",
        currency="EUR",
        time_zone="Europe/Amsterdam",
        country="NL",
        advertiser_name="Ada's bakery",
        payer_name="Ada's bakery BV",
        role="admin",
        suspended=False,
        spark_terms_version=None,
        spark_terms_accepted_at=None,
        created_at=now,
    )
    assert queries.account(scope) == view
    assert queries.accounts_of(ada) == [view]
    assert queries.account_facts(account_id) == queries.AccountFacts(
        account_id,
        "Bread",
        "EUR",
        "Europe/Amsterdam",
        "NL",
        "Ada's bakery",
        "Ada's bakery BV",
        suspended=False,
        spark_terms_accepted=False,
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"country": "XX"}, "country"),
        ({"name": ""}, "name"),
        ({"organisation_name": "x" * 101}, "organisation_name"),
        ({"advertiser_name": "\x00"}, "advertiser_name"),
        ({"payer_name": " "}, "payer_name"),
    ],
)
def test_an_account_that_is_refused_leaves_nothing(
    scope_of: Callable[..., Scope], open_account: Callable[..., int], changed: dict[str, str], field: str
) -> None:
    ada = scope_of("Ada")
    with pytest.raises(FieldInvalid) as refusal:
        open_account(ada, **changed)
    assert refusal.value.field == field
    assert (AdAccount.objects.count(), Organisation.objects.count(), Membership.objects.count()) == (0, 0, 0)


def test_an_account_does_not_exist_for_mallory(
    scope_of: Callable[..., Scope], open_account: Callable[..., int]
) -> None:
    account_id = open_account(scope_of("Ada"))
    mallory = scope_of("Mallory")
    with pytest.raises(NotFound):
        access.advertiser(access.Actor(mallory.person, Via.WEB), account_id, may=Right.ACCOUNT_VIEW)
    assert queries.accounts_of(mallory) == []


def test_spark_terms_are_accepted_once_in_the_version_in_force(
    scope_of: Callable[..., Scope], open_account: Callable[..., int], now: datetime
) -> None:
    ada = scope_of("Ada")
    account_id = open_account(ada)
    scope = access.advertiser(access.Actor(ada.person, Via.WEB), account_id, may=Right.ACCOUNT_EDIT)
    with pytest.raises(SparkTermsChanged):
        accounts.accept_spark_terms(scope, version="1999-01", now=now)
    assert queries.account_facts(account_id).spark_terms_accepted is False
    accounts.accept_spark_terms(scope, version="2026-11", now=now)
    accounts.accept_spark_terms(scope, version="2026-11", now=now.replace(hour=23))
    assert queries.account(scope).spark_terms_accepted_at == now


def test_an_operator_of_the_account_does_not_accept_its_terms(
    scope_of: Callable[..., Scope], open_account: Callable[..., int], now: datetime
) -> None:
    account_id = open_account(scope_of("Ada"))
    vik = scope_of("Vik")
    Membership.objects.create(account_id=account_id, person_id=vik.person, role="operator")
    scope = access.advertiser(access.Actor(vik.person, Via.WEB), account_id, may=Right.CAMPAIGN_EDIT)
    assert scope.rights == EVERYBODY | {Right.ACCOUNT_VIEW, Right.CAMPAIGN_EDIT}
    with pytest.raises(RightMissing):
        accounts.accept_spark_terms(scope, version="2026-11", now=now)
