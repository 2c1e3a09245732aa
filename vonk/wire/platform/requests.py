"""Requests for permission: what an ad account asks creators for, and what they answer."""

import msgspec

from vonk.authorisation import queries
from vonk.authorisation.actions import answers, requests
from vonk.authorisation.actions.answers import Accepted, Choice
from vonk.authorisation.actions.requests import Asked
from vonk.authorisation.queries import AskView, RequestView
from vonk.authorisation.rules import DURATION_DEFAULT_DAYS, TermsDraft
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid
from vonk.wire.codec import Body, Id
from vonk.wire.operation import Call, Nothing, Paged, operation


class Asking(Body, frozen=True):
    """7, 30, 60 or 365 days. ``offer`` is what you agree to if the creator does."""

    post_id: Id
    message: str = ""
    duration_days: int = DURATION_DEFAULT_DAYS
    ads_only: bool = False
    offer: TermsDraft | None = None


class AskingExtension(Body, frozen=True):
    duration_days: int = DURATION_DEFAULT_DAYS
    message: str = ""


class Accepting(Body, frozen=True):
    """null: as asked. ``agree_sha256`` is the hash of the offered terms: to send it is to agree to them.

    ``switch_on`` switches your ad settings and the post's authorisation on where they are off; ``make_public`` alone
    makes a post public.
    """

    duration_days: int | None = None
    ads_only: bool | None = None
    make_public: bool = False
    preview_required: bool = False
    switch_on: bool = False
    agree_sha256: str = ""

    def choice(self) -> Choice:
        """Return what the creator says yes to."""
        return Choice(
            duration_days=self.duration_days,
            ads_only=self.ads_only,
            make_public=self.make_public,
            preview_required=self.preview_required,
            switch_on=self.switch_on,
        )


class Countering(Accepting, frozen=True):
    """Another duration, or ``terms`` of your own, which you agree to by sending them."""

    terms: TermsDraft | None = None


class Refusing(Body, frozen=True):
    reason: str = ""


class AcceptingCounter(Body, frozen=True):
    """``agree_sha256`` is the hash of the creator's terms, "" when they named none."""

    agree_sha256: str = ""


class Listed(Paged, frozen=True):
    """``open`` true: only what is still open."""

    open: str = "false"

    def only_open(self) -> bool:
        """Return whether what has ended is left out."""
        if self.open not in {"true", "false"}:
            raise FieldInvalid("open", "true or false")
        return self.open == "true"


class Changed(msgspec.Struct, frozen=True):
    """``changed`` is False when it was so already."""

    changed: bool


@operation(
    "POST",
    "/accounts/{account_id}/requests",
    may=Right.CAMPAIGN_EDIT,
    summary="Ask a creator for a post",
    example={"post_id": "1790000000000000001", "message": "We bake with your flour.", "duration_days": 30},
)
def create_request(call: Call[Asking, Nothing]) -> Asked:
    """For any public post. Again while it is open: an attempt, 30 at most; ``attempts_left`` says how many remain.

    A standing consent of the creator may accept it at once: then ``consent_id`` is set, otherwise ``not_automatic``
    says why none did.
    """
    asked = call.body
    return requests.ask(
        call.scope,
        asked.post_id,
        message=asked.message,
        duration_days=asked.duration_days,
        ads_only=asked.ads_only,
        offer=asked.offer,
        now=call.now,
    )


@operation(
    "POST",
    "/accounts/{account_id}/spark_posts/{consent_id}/extension_requests",
    may=Right.CAMPAIGN_EDIT,
    summary="Ask for an extension",
    example={"duration_days": 30, "message": "It runs well."},
)
def create_extension_request(call: Call[AskingExtension, Nothing]) -> Asked:
    """While one is open nothing changes, and it is the answer."""
    return requests.ask_extension(
        call.scope,
        call.id("consent_id"),
        duration_days=call.body.duration_days,
        message=call.body.message,
        now=call.now,
    )


@operation("GET", "/accounts/{account_id}/requests", may=Right.ACCOUNT_VIEW, summary="List what the account asked for")
def list_requests(call: Call[Nothing, Listed]) -> Page[RequestView]:
    """Newest first."""
    return queries.sent(call.scope, call.query.paging(), call.now, open_only=call.query.only_open())


@operation("GET", "/accounts/{account_id}/requests/{request_id}", may=Right.ACCOUNT_VIEW, summary="Read a request")
def read_request(call: Call[Nothing, Nothing]) -> RequestView:
    """With the terms of both sides."""
    return queries.request_of_account(call.scope, call.id("request_id"), call.now)


@operation(
    "GET",
    "/accounts/{account_id}/posts/{post_id}/request",
    may=Right.ACCOUNT_VIEW,
    summary="See where one stands with a post",
)
def read_position(call: Call[Nothing, Nothing]) -> AskView:
    """Whether the account may show it already, asks for it, and how often it may still ask."""
    return queries.ask_view(call.scope, call.id("post_id"), call.now)


@operation(
    "POST",
    "/accounts/{account_id}/requests/{request_id}/acceptance",
    may=Right.CAMPAIGN_EDIT,
    summary="Accept a counter-offer",
    example={"agree_sha256": "0" * 64},
)
def accept_counter(call: Call[AcceptingCounter, Nothing]) -> Accepted:
    """From now on the account's ads may show the post."""
    return answers.accept_counter(call.scope, call.id("request_id"), agree_sha256=call.body.agree_sha256, now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/requests/{request_id}/withdrawal",
    may=Right.CAMPAIGN_EDIT,
    summary="Withdraw a request",
)
def withdraw(call: Call[Nothing, Nothing]) -> Changed:
    """Whoever's turn it is."""
    return Changed(requests.withdraw(call.scope, call.id("request_id"), now=call.now))


@operation("GET", "/me/requests", may=Right.CREATE, summary="List what one was asked for")
def list_inbox(call: Call[Nothing, Listed]) -> Page[RequestView]:
    """Newest first: who asks, for whom, who pays, for how long, on which terms."""
    return queries.inbox(call.scope, call.query.paging(), call.now, open_only=call.query.only_open())


@operation("GET", "/me/requests/{request_id}", may=Right.CREATE, summary="Read a request to oneself")
def read_own_request(call: Call[Nothing, Nothing]) -> RequestView:
    """With the terms of both sides."""
    return queries.request_of_creator(call.scope, call.id("request_id"), call.now)


@operation(
    "POST",
    "/me/requests/{request_id}/acceptance",
    may=Right.CREATE,
    summary="Accept a request",
    example={"duration_days": 30, "switch_on": True, "agree_sha256": ""},
)
def accept(call: Call[Accepting, Nothing]) -> Accepted:
    """No code is needed: the account's ads may show the post from now on, or for longer."""
    return answers.accept(
        call.scope,
        call.id("request_id"),
        call.body.choice(),
        agree_sha256=call.body.agree_sha256,
        now=call.now,
    )


@operation(
    "POST",
    "/me/requests/{request_id}/counter_offer",
    may=Right.CREATE,
    summary="Ask for something else",
    example={"duration_days": 7, "switch_on": True},
)
def counter(call: Call[Countering, Nothing]) -> RequestView:
    """Then it is the advertiser's turn: their acceptance makes it a consent."""
    request_id = call.id("request_id")
    answers.counter(
        call.scope,
        request_id,
        call.body.choice(),
        terms=call.body.terms,
        agree_sha256=call.body.agree_sha256,
        now=call.now,
    )
    return queries.request_of_creator(call.scope, request_id, call.now)


@operation(
    "POST",
    "/me/requests/{request_id}/refusal",
    may=Right.CREATE,
    summary="Refuse a request",
    example={"reason": "I do not advertise sugar."},
)
def refuse(call: Call[Refusing, Nothing]) -> Changed:
    """With a reason or without one."""
    return Changed(answers.refuse(call.scope, call.id("request_id"), reason=call.body.reason, now=call.now))
