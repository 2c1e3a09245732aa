"""The permission rule (reference §10): every role, every operation with an account's or organisation's right, every asset.

What is expected is written here once more, by hand, and not read from the table in ``identity``.
"""

import hashlib
from datetime import datetime

import pytest
from django.apps import apps
from django.db.models import Model

from tests.wire.conftest import Api
from tests.wire.roles import PROFILE, SHARED_PROFILE, SUBJECTS, Cast, cast
from vonk.control.models import AuditEntry, IdempotencyKey
from vonk.control.scope import Right, Via
from vonk.core.errors import NotFound, RightMissing, SignInRequired
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.actions import partners, tokens
from vonk.wire.authentication import scope_of
from vonk.wire.operation import ACCOUNT_RIGHTS, BUSINESS_RIGHTS, OPERATIONS, Operation
from vonk.wire.platform import urls

assert urls.PARTS, "Importing the addresses declares the operations."

LETTERS = {
    Right.ACCOUNT_VIEW: "V",
    Right.CAMPAIGN_EDIT: "C",
    Right.FUNDS_EDIT: "F",
    Right.ACCOUNT_EDIT: "E",
    Right.BUSINESS_VIEW: "v",
    Right.BUSINESS_EDIT: "e",
}
ACCOUNTS = {
    "business_admin": {"own": "VCFE", "other": "VCFE", "shared": "VCFE"},
    "business_assigned": {"own": "VC"},
    "business_finance_manager": {"own": "VF", "other": "VF", "shared": "VF"},
    "business_finance_analyst": {"own": "V", "other": "V", "shared": "V"},
    "account_admin": {"own": "VCFE"},
    "account_operator": {"own": "VC"},
    "account_analyst": {"own": "V"},
    "account_finance_manager": {"own": "VF"},
    "account_finance_analyst": {"own": "V"},
    "partner_operator": {"shared": "VC"},
    "partner_analyst": {"shared": "V"},
    "mallory": {"foreign": "VCFE"},
}
"""Who is not here, and what is not beside a name, is nothing to them: it answers as what does not exist."""
INSIDERS = [name for name in SUBJECTS if name.startswith(("business_", "account_"))]
ORGANISATIONS = {
    **{name: {"own": "v"} for name in INSIDERS},
    "business_admin": {"own": "ve"},
    "partner_admin": {"partner": "ve"},
    **{name: {"partner": "v"} for name in ("partner_operator", "partner_analyst", "partner_unassigned")},
    "mallory": {"foreign": "ve"},
}
CREATORS = {
    PROFILE: {"business_admin", "business_assigned"},
    SHARED_PROFILE: {"business_admin", "partner_operator"},
    73: {"business_admin"},
}
WRITES_OF_WHO_MAY_LOOK = {"organisations.leave_organisation"}
"""Anybody may leave. What is sent as a write and changes nothing for others may stand here too."""

OF_ACCOUNTS = [operation for operation in OPERATIONS if operation.may in ACCOUNT_RIGHTS]
OF_ORGANISATIONS = [operation for operation in OPERATIONS if operation.may in BUSINESS_RIGHTS]


@pytest.fixture
def town(db: None, now: datetime) -> Cast:
    return cast(now)


def state() -> str:
    """Everything that identity and the trail hold."""
    kinds: list[type[Model]] = [*apps.get_app_config("identity").get_models(), AuditEntry, IdempotencyKey]
    rows = [(kind.__name__, list(kind._default_manager.order_by("pk").values_list())) for kind in kinds]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def answer(town: Cast, subject: str, operation: Operation, name: str, asset_id: int) -> str:
    try:
        scope = scope_of(town.actors[subject], operation, {name: str(asset_id)})
    except SignInRequired:
        return "401"
    except RightMissing:
        return "403"
    except NotFound:
        return "404"
    assert scope is not None
    assert operation.may in scope.rights
    return "allowed"


def expected(subject: str, letter: str, letters: str) -> str:
    if subject == "anonymous":
        return "401"
    if not letters:
        return "404"
    return "allowed" if letter in letters else "403"


def test_every_role_with_every_operation_and_asset(town: Cast) -> None:
    """Operations of one right are asked once each subject and asset: the answer follows from the right alone."""
    before, known, told, wrong = state(), dict[tuple[Right | None, str, str], str](), 0, []
    for operations, parameter, assets, law in (
        (OF_ACCOUNTS, "account_id", town.accounts, ACCOUNTS),
        (OF_ORGANISATIONS, "organisation_id", town.organisations, ORGANISATIONS),
    ):
        for operation in operations:
            assert operation.may is not None
            assert parameter in operation.parameters, operation.name
            for subject in SUBJECTS:
                for asset, asset_id in assets.items():
                    if asset == "partner" and parameter == "account_id":
                        continue
                    key = (operation.may, subject, asset)
                    if key not in known:
                        known[key] = answer(town, subject, operation, parameter, asset_id)
                    want = expected(subject, LETTERS[operation.may], law.get(subject, {}).get(asset, ""))
                    told += 1
                    if known[key] != want:
                        wrong.append((operation.name, subject, asset, known[key], want))
    assert wrong == []
    assert told == len(SUBJECTS) * (4 * len(OF_ACCOUNTS) + 3 * len(OF_ORGANISATIONS))
    assert state() == before


def test_what_writes_takes_more_than_a_look() -> None:
    looking = {Right.ACCOUNT_VIEW, Right.BUSINESS_VIEW}
    writes = {one.name for one in [*OF_ACCOUNTS, *OF_ORGANISATIONS] if one.writes and one.may in looking}

    assert writes == WRITES_OF_WHO_MAY_LOOK


def test_creators_accounts(town: Cast) -> None:
    organisation_id = town.organisations["own"]
    people = {subject: actor.person_id for subject, actor in town.actors.items() if actor is not None}

    found = {
        profile_id: {
            subject
            for subject, person_id in people.items()
            if identity.may_use_profile(person_id, organisation_id, profile_id)
        }
        for profile_id in CREATORS
    }

    assert found == CREATORS
    assert not any(identity.may_use_profile(one, town.organisations["foreign"], PROFILE) for name, one in people.items()
                   if name != "mallory")  # fmt: skip


def test_over_http_the_same(town: Cast, now: datetime) -> None:
    """A sample: the first reading and the first writing operation of each right, which is sent no body."""
    token_of = {
        subject: tokens.issue(access.person(actor), label="test", expires_at=None, now=now).token
        for subject, actor in town.actors.items()
        if actor is not None
    }
    api = Api(token_of)
    sample: dict[tuple[Right | None, bool], Operation] = {}
    for operation in [*OF_ACCOUNTS, *OF_ORGANISATIONS]:
        sample.setdefault((operation.may, operation.writes), operation)
    before = state()
    for (may, _writes), operation in sample.items():
        assert may is not None
        law, assets = (ACCOUNTS, town.accounts) if may in ACCOUNT_RIGHTS else (ORGANISATIONS, town.organisations)
        path = operation.path.format(
            **{
                **dict.fromkeys(operation.parameters, "1"),
                "account_id": assets["own"],
                "organisation_id": assets["own"],
            }
        )
        for subject in SUBJECTS:
            want = expected(subject, LETTERS[may], law.get(subject, {}).get("own", ""))
            if want != "allowed":
                told = api.call(subject, operation.method.value, path, {} if operation.writes else None)
                assert (told.status, operation.name, subject) == (int(want), operation.name, subject)
    assert state() == before


def test_a_missing_role_says_who_can_give_it(town: Cast) -> None:
    analyst = town.actors["account_analyst"]
    partner = town.actors["partner_analyst"]
    assert analyst is not None
    assert partner is not None

    with pytest.raises(RightMissing) as refused:
        access.advertiser(analyst, town.accounts["own"], may=Right.CAMPAIGN_EDIT)
    with pytest.raises(RightMissing) as of_partner:
        access.advertiser(partner, town.accounts["shared"], may=Right.CAMPAIGN_EDIT)

    assert refused.value.values == {
        "right": "campaign.edit",
        "role": "account_operator",
        "held": "account_analyst",
        "admins": "Business_Admin",
    }
    assert of_partner.value.values["admins"] == "Partner_Admin"
    assert refused.value.code == "right_missing"


def test_rights_are_read_anew_at_every_request(town: Cast, now: datetime) -> None:
    admin = town.actors["business_admin"]
    assert admin is not None
    ada = access.organisation(admin, town.organisations["own"], may=Right.BUSINESS_EDIT)
    partner = town.actors["partner_operator"]
    assert partner is not None
    api = Api({"partner": tokens.issue(access.person(partner), label="t", expires_at=None, now=now).token})
    path = f"/accounts/{town.accounts['shared']}"

    first = api.call("partner", "GET", path)
    partners.end(ada, identity.partnerships(ada)[0].id, now=now)
    second = api.call("partner", "GET", path)

    assert (first.status, first.body["role"], second.status) == (200, "operator", 404)
    assert not identity.may_use_profile(partner.person_id, ada.organisation, SHARED_PROFILE)
    assert ada.via is Via.PLATFORM_API
