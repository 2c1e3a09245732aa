from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from vonk.control.models import AuditEntry
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound, RightMissing, SignInRequired
from vonk.identity import access, queries
from vonk.identity.actions import accounts, app_tokens, apps, details, tokens
from vonk.identity.errors import (
    AppMayNot,
    AppMismatch,
    AppPermissionMissing,
    AppRevoked,
    AppsLimited,
    AppUnknown,
    AuthCodeInvalid,
    RedirectUriUnknown,
    RoleMissing,
)
from vonk.identity.models import (
    AccessToken,
    AdAccount,
    App,
    AuthorisationCode,
    Membership,
    OrganisationMember,
    Partnership,
    Share,
)
from vonk.identity.rules import Permission, is_redirect_uri

pytestmark = pytest.mark.django_db

BACK = "https://ada.example.org/back"
EVERYTHING = tuple(Permission)


class Stage:
    """Cleo develops an app; Ada has two ad accounts in one organisation and a third in another."""

    def __init__(self, scope_of: Callable[..., Scope], open_account: Callable[..., int], now: datetime) -> None:
        self.now = now
        self.cleo, self.ada, self.mallory = scope_of("Cleo"), scope_of("Ada"), scope_of("Mallory")
        self.app = apps.create_app(self.cleo, name="Baker's dashboard", redirect_uris=[BACK], now=now)
        self.first = open_account(self.ada)
        self.organisation_id = AdAccount.objects.get(pk=self.first).organisation_id
        self.office = access.organisation(
            access.Actor(self.ada.person, Via.WEB), self.organisation_id, may=Right.BUSINESS_EDIT
        )
        self.second = accounts.open_another(self.office, **self.asked, now=now)
        self.elsewhere = open_account(self.ada, organisation_name="Ada's books")

    asked = {
        "name": "Cakes",
        "currency": "EUR",
        "time_zone": "Europe/Amsterdam",
        "country": "NL",
        "advertiser_name": "Ada's bakery",
        "payer_name": "Ada's bakery",
    }

    def code(self, *account_ids: int, permissions: tuple[int, ...] = EVERYTHING) -> str:
        chosen = account_ids or (self.first,)
        given = app_tokens.authorise(
            self.ada, self.app.id, redirect_uri=BACK, account_ids=chosen, permissions=permissions, now=self.now
        )
        return given.code

    def token(self, *account_ids: int, permissions: tuple[int, ...] = EVERYTHING) -> str:
        code = self.code(*account_ids, permissions=permissions)
        return app_tokens.exchange(self.app.id, self.app.secret, code, now=self.now).token

    def actor(self, *account_ids: int, permissions: tuple[int, ...] = EVERYTHING) -> access.Actor:
        return access.by_business_token(self.token(*account_ids, permissions=permissions), now=self.now)


@pytest.fixture
def stage(scope_of: Callable[..., Scope], open_account: Callable[..., int], now: datetime) -> Stage:
    return Stage(scope_of, open_account, now)


def test_a_secret_is_shown_once_and_kept_as_its_digest(stage: Stage, now: datetime) -> None:
    row = App.objects.get()
    assert row.secret_digest == access.token_digest(stage.app.secret)
    assert stage.app.secret not in str(vars(row))
    assert access.proven_app(stage.app.id, stage.app.secret) == stage.app.id
    turned = apps.rotate_secret(stage.cleo, stage.app.id, now=now)
    assert access.proven_app(stage.app.id, turned.secret) == stage.app.id
    for app_id, secret in ((stage.app.id, stage.app.secret), (stage.app.id, ""), (stage.first, turned.secret)):
        with pytest.raises(AppMismatch):
            access.proven_app(app_id, secret)
    for detail in AuditEntry.objects.values_list("detail", flat=True):
        assert stage.app.secret not in str(detail)
        assert turned.secret not in str(detail)


def test_only_its_developer_changes_an_app(stage: Stage, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    named: dict[str, Any] = {"name": "Dashboard", "redirect_uris": [BACK, "http://localhost:3000/back"]}
    for act in (
        lambda: apps.change_app(stage.mallory, stage.app.id, **named, now=now),
        lambda: apps.rotate_secret(stage.mallory, stage.app.id, now=now),
        lambda: apps.revoke_app(stage.mallory, stage.app.id, now=now),
        lambda: queries.app(stage.mallory, stage.app.id),
    ):
        with pytest.raises(NotFound):
            act()
    apps.change_app(stage.cleo, stage.app.id, **named, now=now)
    assert queries.app(stage.cleo, stage.app.id) == queries.AppView(
        stage.app.id, "Dashboard", (BACK, "http://localhost:3000/back"), False, now, None, 0, 0
    )
    for wrong in ([], ["http://example.org/back"], ["javascript:alert(1)"], [f"{BACK}#here"]):
        with pytest.raises(FieldInvalid):
            apps.change_app(stage.cleo, stage.app.id, name="Dashboard", redirect_uris=wrong, now=now)
    monkeypatch.setattr(apps, "APPS_PER_PERSON_MAX", 1)
    with pytest.raises(AppsLimited):
        apps.create_app(stage.cleo, **named, now=now)


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("https://example.org/back?from=vonk", True),
        ("http://127.0.0.1:8080/", True),
        ("http://[::1]/back", True),
        ("http://localhost.example.org/", False),
        ("https://ada@example.org/", False),
        ("https://example.org\\@mallory.example.org/", False),
        ("https:///back", False),
        ("//example.org/back", False),
        ("/back", False),
        ("data:text/html,hello", False),
        ("https://example.org/ba ck", False),
        ("https://example.org:port/", False),
        ("https://example.org;script-src/", False),
    ],
)
def test_what_may_be_named_to_come_back_to(text: str, fine: bool) -> None:  # noqa: FBT001 - a table of cases.
    assert is_redirect_uri(text) is fine


def test_a_code_is_changed_once_within_the_hour_by_its_app(stage: Stage, now: datetime) -> None:
    code = stage.code(stage.first, stage.second, permissions=(Permission.CAMPAIGNS,))
    assert code not in str(AuthorisationCode.objects.values())
    other = apps.create_app(stage.mallory, name="Other", redirect_uris=[BACK], now=now)
    with pytest.raises(AuthCodeInvalid):
        app_tokens.exchange(other.id, other.secret, code, now=now)
    with pytest.raises(AppMismatch):
        app_tokens.exchange(stage.app.id, other.secret, code, now=now)
    with pytest.raises(AuthCodeInvalid):
        app_tokens.exchange(stage.app.id, stage.app.secret, code, now=now + app_tokens.CODE_LIVES)
    last = now + app_tokens.CODE_LIVES - timedelta(microseconds=1)
    given = app_tokens.exchange(stage.app.id, stage.app.secret, code, now=last)
    assert given.account_ids == (stage.first, stage.second)
    assert given.permissions == (Permission.SEE, Permission.CAMPAIGNS)
    with pytest.raises(AuthCodeInvalid):
        app_tokens.exchange(stage.app.id, stage.app.secret, code, now=last)
    assert AccessToken.objects.count() == 1


def test_nobody_authorises_what_is_not_theirs(stage: Stage, now: datetime) -> None:
    ask: dict[str, Any] = {"redirect_uri": BACK, "account_ids": [stage.first], "permissions": EVERYTHING, "now": now}
    for changed, error in (
        ({"account_ids": []}, FieldInvalid),
        ({"account_ids": [stage.first, 1]}, FieldInvalid),
        ({"permissions": [77]}, FieldInvalid),
        ({"redirect_uri": f"{BACK}/"}, RedirectUriUnknown),
    ):
        with pytest.raises(error):
            app_tokens.authorise(stage.ada, stage.app.id, **{**ask, **changed})
    with pytest.raises(FieldInvalid):
        app_tokens.authorise(stage.mallory, stage.app.id, **ask)
    with pytest.raises(AppUnknown):
        app_tokens.authorise(stage.ada, stage.first, **ask)
    with pytest.raises(RightMissing):
        app_tokens.authorise(access.person(stage.actor()), stage.app.id, **ask)
    assert AuthorisationCode.objects.filter(used_at=None).count() == 0


def test_a_token_reaches_what_was_chosen_and_nothing_of_the_persons_own(stage: Stage, now: datetime) -> None:
    token = stage.token(stage.first)
    with pytest.raises(SignInRequired):
        access.by_token(token, now=now)
    actor = access.by_business_token(token, now=now)
    assert (actor.via, actor.app_id, actor.account_ids) == (
        Via.BUSINESS_API, stage.app.id, frozenset({stage.first}),
    )  # fmt: skip
    own = access.person(actor)
    assert own.rights == frozenset()
    assert queries.person(own).display_name == "Ada"
    assert [one.id for one in queries.accounts_of(own)] == [stage.first]
    assert [one.id for one in queries.organisations_of(own)] == [stage.organisation_id]
    over = access.advertiser(actor, stage.first, may=Right.CAMPAIGN_EDIT)
    assert over.rights == {Right.ACCOUNT_VIEW, Right.ACCOUNT_EDIT, Right.CAMPAIGN_EDIT, Right.FUNDS_EDIT}
    for account_id in (stage.second, stage.elsewhere):
        with pytest.raises(NotFound):
            access.advertiser(actor, account_id, may=Right.ACCOUNT_VIEW)
    with pytest.raises(AppMayNot):
        access.operator(actor, may=Right.OPERATE)
    for act in (
        lambda: tokens.issue(over, label="mine", expires_at=None, now=now),
        lambda: apps.create_app(over, name="mine", redirect_uris=[BACK], now=now),
        lambda: accounts.open_account(own, organisation_name="x", **stage.asked, now=now),
        lambda: queries.connected_apps(own),
    ):
        with pytest.raises(RightMissing):
            act()


def test_a_business_center_is_changed_only_with_all_its_accounts(stage: Stage, now: datetime) -> None:
    some, every = stage.actor(stage.first), stage.actor(stage.first, stage.second)
    seen = access.organisation(some, stage.organisation_id, may=Right.BUSINESS_VIEW)
    assert [one.id for one in queries.ad_accounts(seen)] == [stage.first]
    assert [one.account_id for one in queries.member(seen, stage.ada.person).accounts] == [stage.first]
    with pytest.raises(AppPermissionMissing):
        access.organisation(some, stage.organisation_id, may=Right.BUSINESS_EDIT)
    edits = access.organisation(every, stage.organisation_id, may=Right.BUSINESS_EDIT)
    opened = accounts.open_another(edits, **stage.asked, now=now)
    row = AccessToken.objects.order_by("-pk")[0]
    assert row.account_ids == [stage.first, stage.second, opened]
    assert AccessToken.objects.order_by("pk")[0].account_ids == [stage.first]
    assert AuditEntry.objects.get(action="account.opened", object_id=opened).detail["app_id"] == str(stage.app.id)
    elsewhere = AdAccount.objects.get(pk=stage.elsewhere).organisation_id
    with pytest.raises(NotFound):
        access.organisation(every, elsewhere, may=Right.BUSINESS_VIEW)
    partnership = Partnership.objects.create(
        asker_id=elsewhere, asked_id=stage.organisation_id, asked_at=now, accepted_at=now
    )
    Share.objects.create(
        partnership=partnership, giver_id=elsewhere, taker_id=stage.organisation_id, account_id=stage.elsewhere,
        role_max="operator", shared_at=now,
    )  # fmt: skip
    with pytest.raises(AppPermissionMissing):
        access.organisation(every, stage.organisation_id, may=Right.BUSINESS_EDIT)


def test_what_was_not_allowed_is_refused_by_name(stage: Stage) -> None:
    actor = stage.actor(stage.first, permissions=(Permission.CAMPAIGNS,))
    assert access.advertiser(actor, stage.first, may=Right.CAMPAIGN_EDIT).rights == {
        Right.ACCOUNT_VIEW, Right.CAMPAIGN_EDIT,
    }  # fmt: skip
    with pytest.raises(AppPermissionMissing):
        access.advertiser(actor, stage.first, may=Right.FUNDS_EDIT)
    with pytest.raises(AppPermissionMissing):
        access.organisation(actor, stage.organisation_id, may=Right.BUSINESS_EDIT)


def test_a_role_that_is_taken_away_takes_the_app_along(stage: Stage, now: datetime) -> None:
    actor = stage.actor(stage.first)
    Membership.objects.filter(account_id=stage.first).update(role="analyst")
    OrganisationMember.objects.filter(organisation_id=stage.organisation_id).update(role="standard")
    assert access.advertiser(actor, stage.first, may=Right.ACCOUNT_VIEW).rights == {Right.ACCOUNT_VIEW}
    with pytest.raises(RoleMissing):
        access.advertiser(actor, stage.first, may=Right.CAMPAIGN_EDIT)
    code = stage.code(stage.first)
    OrganisationMember.objects.filter(person_id=stage.ada.person).delete()
    Membership.objects.filter(person_id=stage.ada.person, account_id=stage.first).delete()
    with pytest.raises(NotFound):
        access.advertiser(actor, stage.first, may=Right.ACCOUNT_VIEW)
    with pytest.raises(NotFound):
        access.organisation(actor, stage.organisation_id, may=Right.BUSINESS_VIEW)
    assert queries.accounts_of(access.person(actor)) == []
    with pytest.raises(AuthCodeInvalid):
        app_tokens.exchange(stage.app.id, stage.app.secret, code, now=now)


def test_every_way_out_ends_the_token_at_once(stage: Stage, now: datetime) -> None:
    by_app, by_person, by_developer, by_end = (stage.token() for _ in range(4))
    other = apps.create_app(stage.mallory, name="Other", redirect_uris=[BACK], now=now)
    with pytest.raises(AppMismatch):
        app_tokens.revoke_token(other.id, other.secret, by_app, now=now)
    for _ in range(2):
        assert app_tokens.revoke_token(stage.app.id, stage.app.secret, by_app, now=now) == (stage.first,)
    found = queries.tokens_of_app(stage.cleo, stage.app.id, at_most=10)
    assert [(one.person_name, one.account_names, one.revoked_at) for one in found] == [
        *[("Ada", ("Bread",), None)] * 3, ("Ada", ("Bread",), now),
    ]  # fmt: skip
    assert queries.tokens_of_app(stage.mallory, stage.app.id, at_most=10) == ()
    with pytest.raises(NotFound):
        app_tokens.revoke_as_developer(stage.mallory, stage.app.id, found[0].id, now=now)
    app_tokens.revoke_as_developer(stage.cleo, stage.app.id, found[0].id, now=now)
    (connected,) = queries.connected_apps(stage.ada)
    assert (connected.name, connected.owner_name, [one.id for one in connected.accounts]) == (
        "Baker's dashboard", "Cleo", [stage.first],
    )  # fmt: skip
    waiting = stage.code()
    with pytest.raises(NotFound):
        app_tokens.disconnect(stage.mallory, stage.app.id, now=now)
    assert app_tokens.disconnect(stage.ada, stage.app.id, now=now) == 2
    assert queries.connected_apps(stage.ada) == ()
    with pytest.raises(AuthCodeInvalid):
        app_tokens.exchange(stage.app.id, stage.app.secret, waiting, now=now)
    last = stage.token()
    assert apps.revoke_app(stage.cleo, stage.app.id, now=now) == 1
    for token in (by_app, by_person, by_developer, by_end, last):
        with pytest.raises(SignInRequired):
            access.by_business_token(token, now=now)
    for act in (
        lambda: apps.rotate_secret(stage.cleo, stage.app.id, now=now),
        lambda: apps.revoke_app(stage.cleo, stage.app.id, now=now),
    ):
        with pytest.raises(AppRevoked):
            act()


def test_an_apps_tokens_are_not_the_persons_own(stage: Stage, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_tokens, "TOKENS_OF_PERSON_MAX", 2)
    first, *_ = [stage.token() for _ in range(3)]
    with pytest.raises(SignInRequired):
        access.by_business_token(first, now=now)
    with pytest.raises(NotFound):
        tokens.revoke(stage.ada, AccessToken.objects.order_by("-pk")[0].pk, now=now)
    own = tokens.issue(stage.ada, label="mine", expires_at=None, now=now)
    actor = access.by_business_token(own.token, now=now)
    assert (actor.app_id, actor.account_ids, actor.rights) == (None, None, None)
    scope = access.person(actor)
    with pytest.raises(AppMismatch):
        queries.authorised_accounts(scope, app_id=stage.app.id)
    mine = apps.create_app(stage.ada, name="Mine", redirect_uris=[BACK], now=now)
    assert len(queries.authorised_accounts(scope, app_id=mine.id)) == 3
    app_scope = access.person(stage.actor())
    assert [one.id for one in queries.authorised_accounts(app_scope, app_id=stage.app.id)] == [stage.first]
    with pytest.raises(AppMismatch):
        queries.authorised_accounts(app_scope, app_id=mine.id)


def test_an_accounts_details_are_changed_by_who_may(stage: Stage, now: datetime) -> None:
    ada = access.advertiser(access.Actor(stage.ada.person, Via.WEB), stage.first, may=Right.ACCOUNT_EDIT)
    details.set_details(ada, name="Bread & rolls", contact={"email": "ada@example.org", "phone": "1"}, now=now)
    details.set_details(ada, contact={"phone": ""}, kept={"tax_map": {}}, now=now)
    row = AdAccount.objects.get(pk=stage.first)
    assert (row.name, row.contact, row.kept) == ("Bread & rolls", {"email": "ada@example.org"}, {"tax_map": {}})
    for wrong in ({"email": "nobody"}, {"website": "javascript:1"}, {"person": "x" * 256}):
        with pytest.raises(FieldInvalid):
            details.set_details(ada, contact=wrong, now=now)
    with pytest.raises(RightMissing):
        details.set_details(access.person(access.Actor(stage.mallory.person, Via.WEB)), name="Mine", now=now)
    assert AuditEntry.objects.filter(action="account.details_changed").count() == 2
