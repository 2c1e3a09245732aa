"""Every operation of the business API with an app's token: what it was not authorised for does not exist for it."""

import json
from typing import Any

from django.db import transaction

from tests.wire.business.conftest import Business
from tests.wire.business.test_cast import ROWS, call, traces
from tests.wire.conftest import Town, ready_video
from vonk.authorisation.actions import links
from vonk.content import queries as content
from vonk.content.actions import posts
from vonk.content.rules import Visibility
from vonk.control import clock
from vonk.control.scope import Right, Scope, Via
from vonk.identity import access
from vonk.identity.actions import accounts, app_tokens
from vonk.identity.models import AccessToken
from vonk.identity.queries import organisations
from vonk.identity.rules import Permission
from vonk.wire.business.operation import OPERATIONS, Over
from vonk.wire.business.reports import making as report_making

BACK = "https://ada.example.org/back"


def elsewhere(town: Town) -> str:
    """Return the token of an app that Ada let into another ad account of hers, in another Business Center."""
    now = clock.present().now()
    ada: Scope = access.person(access.Actor(town.scopes["ada"].person, Via.WEB))
    account_id = accounts.open_account(
        ada, organisation_name="Ada's books", name="Books", currency="EUR", time_zone="Europe/Amsterdam", country="NL",
        advertiser_name="Ada", payer_name="Ada", now=now,
    )  # fmt: skip
    code = app_tokens.authorise(
        ada,
        int(town.ids["app_id"]),
        redirect_uri=BACK,
        account_ids=[account_id],
        permissions=tuple(Permission),
        now=now,
    ).code
    return app_tokens.exchange(int(town.ids["app_id"]), town.ids["app_secret"], code, now=now).token


def app_of(town: Town) -> Any:
    return {"app_id": town.ids["app_id"], "secret": town.ids["app_secret"]}


def test_an_app_of_another_account_is_refused_and_changes_nothing(business: Business, town: Town) -> None:
    business.token_of["app"] = elsewhere(town)
    before = traces()
    told = {
        one.name: call(business, town, "app", one, ROWS[one.name]).code
        for one in OPERATIONS
        if one.over in (Over.ADVERTISER, Over.BUSINESS)
    }
    assert told == dict.fromkeys(told, 40001)
    assert traces() == before


def test_what_is_the_persons_names_nothing_that_the_app_was_not_authorised_for(business: Business, town: Town) -> None:
    business.token_of["app"] = elsewhere(town)
    secret = {town.ids[name] for name in ("account_id", "organisation_id", "campaign_id", "consent_id", "post_id")}
    before = traces()
    for one in OPERATIONS:
        if one.over is Over.PERSON:
            said = call(business, town, "app", one, ROWS[one.name])
            assert not any(text in json.dumps(said.data) for text in secret), one.name
    assert traces() == before


def test_an_app_that_may_only_see_writes_nothing(business: Business, town: Town) -> None:
    now = clock.present().now()
    ada = access.person(access.Actor(town.scopes["ada"].person, Via.WEB))
    app_id = int(town.ids["app_id"])
    code = app_tokens.authorise(
        ada, app_id, redirect_uri=BACK, account_ids=[int(town.ids["account_id"])], permissions=(), now=now
    ).code
    business.token_of["app"] = app_tokens.exchange(app_id, town.ids["app_secret"], code, now=now).token
    before = traces()
    refused = {}
    for one in OPERATIONS:
        if one.writes and one.over in (Over.ADVERTISER, Over.BUSINESS) and "view" not in one.may.value:
            refused[one.name] = call(business, town, "app", one, ROWS[one.name]).code
    assert refused == dict.fromkeys(refused, 40130)
    assert traces() == before


def test_an_app_of_one_account_reads_nothing_of_the_others_in_its_business(business: Business, town: Town) -> None:
    now = clock.present().now()
    ada = access.person(access.Actor(town.scopes["ada"].person, Via.WEB))
    office = access.organisation(
        access.Actor(ada.person, Via.WEB), int(town.ids["organisation_id"]), may=Right.BUSINESS_EDIT
    )
    second = accounts.open_another(
        office, name="Cakes", currency="EUR", time_zone="Europe/Amsterdam", country="NL", advertiser_name="Ada",
        payer_name="Ada", now=now,
    )  # fmt: skip
    app_id = int(town.ids["app_id"])
    code = app_tokens.authorise(
        ada, app_id, redirect_uri=BACK, account_ids=[second], permissions=tuple(Permission), now=now
    ).code
    business.token_of["app"] = app_tokens.exchange(app_id, town.ids["app_secret"], code, now=now).token
    before = traces()
    told = {}
    for one in OPERATIONS:
        if one.over in (Over.BUSINESS, Over.PERSON):
            said = call(business, town, "app", one, ROWS[one.name])
            told[one.name] = town.ids["account_id"] in json.dumps(said.data)
            if one.writes:
                assert said.code != 0, one.name
    assert [name for name, found in told.items() if found] == []
    assert traces() == before


def test_an_app_sees_of_a_linked_profile_what_everybody_sees(business: Business, town: Town) -> None:
    now = clock.present().now()
    actor = access.Actor(town.scopes["ada"].person, Via.WEB)
    ada = access.person(actor)
    account = int(town.ids["account_id"])
    links.link(access.advertiser(actor, account, may=Right.ACCOUNT_EDIT), now=now)
    shown = posts.publish(ada, video_id=ready_video(ada), caption="Open", now=now)
    hidden = posts.publish(
        ada, video_id=ready_video(ada), caption="Only for me", visibility=Visibility.PRIVATE, now=now
    )
    business.token_of["app"] = town.ids["app_token"]
    profile = content.own_profile(ada)
    assert profile is not None
    speaker: Any = {
        "advertiser_id": str(account), "identity_type": "TT_USER", "identity_id": str(profile.id)
    }  # fmt: skip
    for who, sees_hidden in (("ada", True), ("app", False)):
        said = business.get(who, "identity/video/get", **speaker)
        assert said.code == 0, said
        ids = {one["item_id"] for one in said.data["video_list"]}
        assert (str(shown) in ids, str(hidden) in ids) == (True, sees_hidden), who


def test_a_report_of_several_accounts_is_for_who_reads_them_all(business: Business, town: Town) -> None:
    now = clock.present().now()
    business.token_of["elsewhere"] = elsewhere(town)
    both = sorted(
        int(one["advertiser_id"]) for one in business.get("ada", "oauth2/advertiser/get", **app_of(town)).data["list"]
    )
    other = next(str(one) for one in both if str(one) != town.ids["account_id"])
    asked: Any = {
        "report_type": "BASIC", "data_level": "AUCTION_ADVERTISER", "dimensions": ["advertiser_id"], "metrics": ["spend"],
        "start_date": "2026-01-01", "end_date": "2026-01-02", "output_format": "CSV_STRING",
        "advertiser_ids": [other, town.ids["account_id"]],
    }  # fmt: skip
    made = business.post("ada", "report/task/create", **asked)
    assert made.code == 0, made
    report_making.make(int(made.data["task_id"]), now=now)
    one: Any = {"advertiser_id": other, "task_id": made.data["task_id"]}
    refused = business.get("elsewhere", "report/task/download", **one)
    assert (refused.code, refused.message) == (40001, f"No permission to operate advertiser {town.ids['account_id']}")


class _UndoneError(Exception):
    """Takes back what a call changed."""


def test_an_app_that_was_allowed_everything_does_what_the_person_does(business: Business, town: Town) -> None:
    business.token_of["app"] = town.ids["app_token"]
    office = int(town.ids["organisation_id"])
    every = organisations.account_ids(office) | organisations.taken_account_ids(office)
    AccessToken.objects.filter(app_id=int(town.ids["app_id"])).update(account_ids=sorted(every))
    told, expected = {}, {}
    for one in sorted(OPERATIONS, key=lambda operation: operation.alone):  # Those have transactions of their own.
        row = ROWS[one.name]
        if "ada" not in row.may or one.over not in (Over.ADVERTISER, Over.BUSINESS):
            continue
        expected[one.name] = row.code
        if one.alone:
            told[one.name] = call(business, town, "app", one, row).code
            continue
        try:
            with transaction.atomic():
                told[one.name] = call(business, town, "app", one, row).code
                raise _UndoneError
        except _UndoneError:
            pass
    assert told == expected
