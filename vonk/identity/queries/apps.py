"""What developers read of their apps, and people of the apps that act for them. Never a secret, never a token's text."""

from datetime import datetime

import msgspec
from django.db.models import Count, Q, QuerySet

from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.errors import AppMismatch, AppUnknown, RedirectUriUnknown
from vonk.identity.models import AccessToken, AdAccount, App
from vonk.identity.queries import accounts
from vonk.identity.queries.accounts import AccountView
from vonk.identity.rules import known_scopes


class AppView(msgspec.Struct, frozen=True):
    """An app as its developer sees it. ``tokens``: how many count now; ``people``: of how many people they are."""

    id: int
    name: str
    redirect_uris: tuple[str, ...]
    tokens_expire: bool
    created_at: datetime
    revoked_at: datetime | None
    tokens: int
    people: int


class AppToken(msgspec.Struct, frozen=True):
    """A token of an app, without its text."""

    id: int
    person_name: str
    account_names: tuple[str, ...]
    permissions: tuple[int, ...]
    creator_scopes: tuple[str, ...]  # Of a creator's token; none of an advertiser's.
    created_at: datetime
    revoked_at: datetime | None


class AskingApp(msgspec.Struct, frozen=True):
    """An app that asks to be let in, and the address to which the person's browser goes afterwards."""

    id: int
    name: str
    owner_name: str
    created_at: datetime
    redirect_uri: str


class ConnectedApp(msgspec.Struct, frozen=True):
    """An app that acts for the reader, by one token or several that reach alike or not."""

    id: int
    name: str
    owner_name: str
    accounts: tuple[AccountView, ...]  # Only those in which the reader still holds a role.
    permissions: tuple[int, ...]
    creator_scopes: tuple[str, ...]  # What it may do for the reader as a creator.
    since: datetime


def apps_of(scope: Scope) -> tuple[AppView, ...]:
    """Return the acting person's apps, the newest first (bounded by apps per person, and by those they revoked)."""
    scope.require(Right.VIEW)
    return tuple(_app(row) for row in _counted().filter(owner_id=scope.person).order_by("-pk"))


def app(scope: Scope, app_id: int) -> AppView:
    """Return one of ``apps_of``; NotFound."""
    scope.require(Right.VIEW)
    row = _counted().filter(pk=app_id, owner_id=scope.person).first()
    if row is None:
        raise NotFound(noun="app")
    return _app(row)


def tokens_of_app(scope: Scope, app_id: int, *, at_most: int) -> tuple[AppToken, ...]:
    """Return the tokens of an app that the acting person made: those that count first, the newest of them first."""
    scope.require(Right.VIEW)
    found = AccessToken.objects.select_related("person").filter(app_id=app_id, app__owner_id=scope.person)
    living = list(found.filter(revoked_at=None).order_by("-pk")[:at_most])
    ended = list(found.exclude(revoked_at=None).order_by("-pk")[: at_most - len(living)])
    ids = {one for row in (*living, *ended) for one in row.account_ids or ()}
    names = dict(AdAccount.objects.filter(pk__in=ids).values_list("pk", "name"))
    return tuple(
        AppToken(
            id=row.pk,
            person_name=row.person.display_name,
            account_names=tuple(names[one] for one in row.account_ids or () if one in names),
            permissions=tuple(row.permissions or ()),
            creator_scopes=tuple(row.creator_scopes or ()),
            created_at=row.created_at,
            revoked_at=row.revoked_at,
        )
        for row in (*living, *ended)
    )


def asking_app(app_id: int, redirect_uri: str) -> AskingApp:
    """Return the app that asks. Raises AppUnknown, and RedirectUriUnknown for an address that its developer never named.

    "" stands for the address of an app that has one.
    """
    row = App.objects.select_related("owner").filter(pk=app_id, revoked_at=None, owner__is_active=True).first()
    if row is None:
        raise AppUnknown
    known = list(row.redirect_uris)
    if not redirect_uri and len(known) == 1:
        redirect_uri = known[0]
    if redirect_uri not in known:
        raise RedirectUriUnknown
    return AskingApp(row.pk, row.name, row.owner.display_name, row.created_at, redirect_uri)


def connected_apps(scope: Scope) -> tuple[ConnectedApp, ...]:
    """Return the apps that act for the acting person now, by name."""
    scope.require(Right.VIEW)
    mine = {one.id: one for one in accounts.accounts_of(scope)}
    found: dict[int, list[AccessToken]] = {}
    rows = AccessToken.objects.select_related("app__owner").filter(person_id=scope.person, revoked_at=None)
    for row in rows.exclude(app=None).filter(app__revoked_at=None).order_by("pk"):
        assert row.app is not None, "Asked for above."
        found.setdefault(row.app.pk, []).append(row)
    return tuple(sorted((_connected(tokens, mine) for tokens in found.values()), key=lambda one: (one.name, one.id)))


def authorised_accounts(scope: Scope, *, app_id: int) -> list[AccountView]:
    """Return the ad accounts that the acting token reaches, oldest first, to the app that has proven to be ``app_id``.

    A person's own token reaches all of theirs, and answers to the apps that they made. Raises AppMismatch otherwise.
    """
    ours = scope.app_id == app_id
    if scope.app_id is None:
        ours = App.objects.filter(pk=app_id, owner_id=scope.person).exists()
    if not ours:
        raise AppMismatch
    return accounts.accounts_of(scope)


def _connected(tokens: list[AccessToken], mine: dict[int, AccountView]) -> ConnectedApp:
    app = tokens[0].app
    assert app is not None, "The tokens are an app's."
    reached = {one for row in tokens for one in row.account_ids or ()} & set(mine)
    return ConnectedApp(
        id=app.pk,
        name=app.name,
        owner_name=app.owner.display_name,
        accounts=tuple(mine[one] for one in sorted(reached)),
        permissions=tuple(sorted({one for row in tokens for one in row.permissions or ()})),
        creator_scopes=known_scopes({one for row in tokens for one in row.creator_scopes or ()}),
        since=tokens[0].created_at,
    )


def _counted() -> QuerySet[App]:
    living = Q(tokens__revoked_at=None)
    return App.objects.annotate(
        token_count=Count("tokens", filter=living, distinct=True),
        people_count=Count("tokens__person", filter=living, distinct=True),
    )


def _app(row: App) -> AppView:
    counts = vars(row)  # Annotated above.
    return AppView(
        id=row.pk,
        name=row.name,
        redirect_uris=tuple(row.redirect_uris),
        tokens_expire=row.tokens_expire,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        tokens=counts["token_count"],
        people=counts["people_count"],
    )
