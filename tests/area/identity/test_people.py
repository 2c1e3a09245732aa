from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from vonk.control.models import AuditEntry
from vonk.control.scope import PLATFORM, Right, Scope, Via
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.core.taxonomy import INTERESTS, AgeBand, Gender
from vonk.events.tokens import OWN_ACCOUNTS_MAX, OWN_PROFILES_MAX, TOKEN_CHARS_MAX, Signer, ViewerClaims
from vonk.identity import access, queries
from vonk.identity.actions import people
from vonk.identity.errors import EmailTaken, PasswordWeak, TooYoung
from vonk.identity.models import Person
from vonk.identity.rules import PlatformRole, age_years

pytestmark = pytest.mark.django_db


def test_a_person_signs_up_and_is_kept_with_a_lower_case_address(register: Callable[..., int], now: datetime) -> None:
    person_id = register("Cleo", email=" Cleo@Example.ORG ", display_name="  Cleo   creates ")
    assert queries.person(access.person(access.Actor(person_id, Via.WEB))) == queries.PersonView(
        id=person_id,
        email="cleo@example.org",
        display_name="Cleo creates",
        language="en",
        site_language="",
        country="NL",
        born_on=date(1990, 5, 17),
        gender=None,
        interests=(),
        personalised=False,
        platform_rights=(),
        joined_at=now,
    )
    assert [(row.action, row.person_id, row.object_id) for row in AuditEntry.objects.all()] == [
        ("person.registered", person_id, person_id)
    ]
    assert queries.person_names([person_id, 7]) == {person_id: "Cleo creates"}


@pytest.mark.parametrize(
    ("changed", "error", "field"),
    [
        ({"email": "CLEO@example.org"}, EmailTaken, "email"),
        ({"email": "no address"}, FieldInvalid, "email"),
        ({"email": "a" * 250 + "@example.org"}, FieldInvalid, "email"),
        ({"password": "short"}, PasswordWeak, "password"),
        ({"password": "password123"}, PasswordWeak, "password"),
        ({"password": "x" * 1025}, FieldInvalid, "password"),
        ({"display_name": "  "}, FieldInvalid, "display_name"),
        ({"display_name": "x" * 41}, FieldInvalid, "display_name"),
        ({"language": "xx"}, FieldInvalid, "language"),
        ({"country": "nl"}, FieldInvalid, "country"),
        ({"born_on": date(2013, 3, 3)}, TooYoung, "born_on"),
        ({"born_on": date(2026, 3, 3)}, FieldInvalid, "born_on"),
        ({"born_on": date(1850, 1, 1)}, FieldInvalid, "born_on"),
    ],
)
def test_a_sign_up_that_is_refused_leaves_nobody(
    register: Callable[..., int],
    changed: dict[str, object],
    error: type[FieldInvalid | EmailTaken | PasswordWeak | TooYoung],
    field: str,
) -> None:
    register("Cleo")
    with pytest.raises(error) as refusal:
        register("Mallory", **changed)
    assert refusal.value.field == field
    assert Person.objects.count() == 1


def test_thirteen_is_old_enough_on_the_day(register: Callable[..., int]) -> None:
    assert register("Vik", born_on=date(2013, 3, 2)) > 0


@pytest.mark.parametrize(
    ("born_on", "today", "years"),
    [
        (date(2000, 2, 29), date(2018, 2, 28), 17),
        (date(2000, 2, 29), date(2018, 3, 1), 18),
        (date(2000, 6, 1), date(2018, 6, 1), 18),
    ],
)
def test_an_age_is_whole_years(born_on: date, today: date, years: int) -> None:
    assert age_years(born_on, today) == years


def _prefer(scope: Scope, now: datetime, **changed: object) -> None:
    asked: dict[str, object] = {
        "language": "nl",
        "country": "BE",
        "gender": "female",
        "interests": ["travel", "food", "food"],
        "personalised": True,
    }
    people.set_preferences(scope, **{**asked, **changed}, now=now)  # type: ignore[arg-type]  # Keywords by name.


def test_a_grown_up_who_agrees_is_known_by_their_interests(scope_of: Callable[..., Scope], now: datetime) -> None:
    vik = scope_of("Vik")
    _prefer(vik, now)
    assert queries.viewer_claims(vik, profiles=(), now=now, lives_ms=1000) == ViewerClaims(
        viewer_id=queries.pseudonym(vik.person),
        expires_ms=to_ms(now) + 1000,
        country="BE",
        language="nl",
        age_band=AgeBand.AGE_35_44,
        gender=Gender.FEMALE,
        interests=("food", "travel"),
        personalised=True,
    )


@pytest.mark.parametrize(("born_on", "personalised"), [(date(2010, 1, 1), True), (date(1990, 5, 17), False)])
def test_minors_and_those_who_refuse_are_known_by_context_alone(
    scope_of: Callable[..., Scope],
    now: datetime,
    born_on: date,
    personalised: bool,  # noqa: FBT001 - a parameter of the table above.
) -> None:
    vik = scope_of("Vik", born_on=born_on)
    _prefer(vik, now, personalised=personalised)
    claims = queries.viewer_claims(vik, profiles=(), now=now, lives_ms=1000)
    assert (claims.gender, claims.interests, claims.personalised) == (None, (), False)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"interests": ["crime"]}, "interests"),
        ({"gender": "unknown"}, "gender"),
        ({"language": "english"}, "language"),
        ({"country": ""}, "country"),
    ],
)
def test_preferences_outside_the_lists_change_nothing(
    scope_of: Callable[..., Scope], now: datetime, changed: dict[str, object], field: str
) -> None:
    vik = scope_of("Vik")
    with pytest.raises(FieldInvalid) as refusal:
        _prefer(vik, now, **changed)
    assert refusal.value.field == field
    assert queries.person(vik).country == "NL"


def test_only_the_platform_appoints(scope_of: Callable[..., Scope], now: datetime) -> None:
    olu, mallory = scope_of("Olu"), scope_of("Mallory")
    with pytest.raises(RightMissing):
        people.appoint(mallory, mallory.person, PlatformRole.OPERATOR, now=now)
    people.appoint(PLATFORM, olu.person, PlatformRole.OPERATOR, now=now)
    assert queries.person(olu).platform_rights == ("operate", "review")
    assert access.operator(access.Actor(olu.person, Via.WEB), may=Right.OPERATE).rights >= {Right.REVIEW}
    with pytest.raises(RightMissing):
        access.operator(access.Actor(mallory.person, Via.WEB), may=Right.REVIEW)


def test_nobody_is_found_where_nobody_is(scope_of: Callable[..., Scope]) -> None:
    with pytest.raises(NotFound):
        queries.pseudonym(5)
    with pytest.raises(NotFound):
        queries.person_id_of(PLATFORM, "mallory@example.org")
    with pytest.raises(RightMissing):
        queries.person_id_of(scope_of("Mallory"), "mallory@example.org")


def test_a_viewers_own_profiles_and_accounts_are_named(
    scope_of: Callable[..., Scope], open_account: Callable[..., int], now: datetime
) -> None:
    ada = scope_of("Ada")
    first, second = open_account(ada), open_account(ada, name="Cake")
    claims = queries.viewer_claims(ada, profiles=(7,), now=now, lives_ms=1000)
    assert (claims.profiles, set(claims.accounts)) == ((7,), {first, second})
    assert claims.owns(profile_id=7)
    assert claims.owns(profile_id=8, account_id=second)
    assert not claims.owns(profile_id=8)
    vik = queries.viewer_claims(scope_of("Vik"), profiles=(), now=now, lives_ms=1000)
    assert not vik.owns(profile_id=7, account_id=first)


def test_the_largest_viewer_token_is_within_its_bound() -> None:
    largest = ViewerClaims(
        "p" * 40,
        2**63,
        "NL",
        "nl",
        AgeBand.AGE_25_34,
        Gender.FEMALE,
        tuple(INTERESTS),
        personalised=True,
        profiles=(2**63,) * OWN_PROFILES_MAX,
        accounts=(2**63,) * OWN_ACCOUNTS_MAX,
    )
    assert len(Signer([bytes(32)]).sign_viewer(largest)) <= TOKEN_CHARS_MAX


def test_a_visitor_is_known_by_context_alone() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert queries.visitor_claims("abc", language="nl", country="", now=now, lives_ms=5) == ViewerClaims(
        viewer_id="visitor:abc", expires_ms=to_ms(now) + 5, language="nl"
    )
