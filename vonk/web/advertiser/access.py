"""Who may enter the ads manager, and at which ad account they work."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from vonk.authorisation import queries as authorisation
from vonk.authorisation.queries.requests import COUNT_MAX
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.queries import AccountView
from vonk.web.common.requests import actor_of, now_of

P = ParamSpec("P")
SESSION_KEY: Final = "advertiser.account"


class Desk(msgspec.Struct, frozen=True):
    """An ad account with somebody at work: every page of the ads manager is about one."""

    scope: Scope
    account: AccountView
    accounts: tuple[AccountView, ...]
    now: datetime

    @property
    def by_organisation(self) -> list[AccountView]:
        """The accounts, those of one organisation together, by name."""
        return sorted(self.accounts, key=lambda one: (one.organisation_name, one.organisation_id, one.name, one.id))

    @property
    def may_edit(self) -> bool:
        """Whether they may create and change campaigns and use creators' posts."""
        return Right.CAMPAIGN_EDIT in self.scope.rights

    @property
    def may_pay(self) -> bool:
        """Whether they may put money in."""
        return Right.FUNDS_EDIT in self.scope.rights

    @property
    def may_administer(self) -> bool:
        """Whether they may accept terms for the account."""
        return Right.ACCOUNT_EDIT in self.scope.rights

    @property
    def terms_accepted(self) -> bool:
        """Whether the account may use creators' posts."""
        return self.account.spark_terms_accepted_at is not None

    @property
    def answers_wanted(self) -> str:
        """How many counter-offers wait for the account, for the navigation; "" when none does."""
        waiting = authorisation.countered_count(self.scope, self.now)
        return "" if not waiting else str(waiting) if waiting < COUNT_MAX else f"{COUNT_MAX - 1}+"


Plain = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase]


def at_desk(may: Right = Right.ACCOUNT_VIEW) -> Callable[[View[P]], Plain[P]]:
    """Hand the view its desk, with the account's time zone active.

    The account is the session's, or the person's only one; without any they open one first, with several they choose.
    A link to something in another account of theirs leads there. Raises SignInRequired, RightMissing.
    """

    def decorate(view: View[P]) -> Plain[P]:
        @wraps(view)
        def entered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            accounts = tuple(identity.accounts_of(access.person(actor)))
            account = _chosen(request, accounts)
            if account is None:
                return _ask_first(request, "advertiser:accounts" if accounts else "advertiser:open")

            def enter(at: AccountView) -> HttpResponseBase:
                scope = access.advertiser(actor, at.id, may=may)
                with timezone.override(ZoneInfo(at.time_zone)):
                    return view(request, Desk(scope, at, accounts, now_of(request)), *args, **kwargs)

            try:
                return enter(account)
            except NotFound:
                others = [other for other in accounts if other.id != account.id]
                if not (request.method in {"GET", "HEAD"} and kwargs and others):
                    raise
                return _elsewhere(request, enter, others)

        return entered

    return decorate


def use(request: HttpRequest, account: AccountView) -> None:
    """Work at this account from now on."""
    request.session[SESSION_KEY] = account.id


def safe_next(wanted: str | None, default: str) -> str:
    """Return the path that a page was asked to go on to, or ``default`` (an address or its name) when it leads out."""
    if wanted and wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse(default) if ":" in default else default


def _chosen(request: HttpRequest, accounts: tuple[AccountView, ...]) -> AccountView | None:
    if len(accounts) == 1:
        return accounts[0]
    chosen = request.session.get(SESSION_KEY)
    return next((account for account in accounts if account.id == chosen), None)


def _ask_first(request: HttpRequest, name: str) -> HttpResponse:
    query = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    return redirect(reverse(name) + query)


def _elsewhere(
    request: HttpRequest, enter: Callable[[AccountView], HttpResponseBase], others: list[AccountView]
) -> HttpResponseBase:
    """Answer from the first of the other accounts that has what the link names; NotFound when none has."""
    for other in others:
        try:
            response = enter(other)
        except NotFound:
            continue
        use(request, other)
        return response
    raise NotFound(noun="page")
