"""A request that is about to be acted on: found in its reader's scope, its chain locked, its state judged."""

from datetime import datetime

from vonk.authorisation.actions import records
from vonk.authorisation.errors.requests import RequestClosed, RequestOtherTurn
from vonk.authorisation.models import ConsentChain, PermissionRequest
from vonk.authorisation.rules import DURATIONS_DAYS, MESSAGE_CHARS_MAX, Outcome, RequestState, Side
from vonk.authorisation.rules import requests as rules
from vonk.content import queries as content
from vonk.content.captions import clean_text
from vonk.content.queries import PostFacts
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound


def of_account(
    scope: Scope, request_id: int, wanted: RequestState | None, *, now: datetime
) -> tuple[ConsentChain, PermissionRequest]:
    """Return an open request of the scope's ad account, its chain locked; None wants either side's turn."""
    chain, request = accounts(scope, request_id)
    require_open(request, wanted, now=now)
    return chain, request


def accounts(scope: Scope, request_id: int) -> tuple[ConsentChain, PermissionRequest]:
    """Return a request of the scope's ad account, whatever became of it, its chain locked."""
    scope.require(Right.CAMPAIGN_EDIT)
    return _locked(PermissionRequest.objects.filter(pk=request_id, account_id=scope.account).first())


def require_open(request: PermissionRequest, wanted: RequestState | None, *, now: datetime) -> None:
    """Raise RequestClosed, or RequestOtherTurn when it is not in the state that is wanted."""
    state = state_of(request, now)
    if state not in rules.OPEN:
        raise RequestClosed
    if wanted is not None and state is not wanted:
        raise RequestOtherTurn


def state_of(request: PermissionRequest, now: datetime) -> RequestState:
    """Return where the request is."""
    outcome = Outcome(request.outcome) if request.outcome is not None else None
    return rules.request_state(rules.RequestFacts(Side(request.turn), request.lapses_at, outcome), now)


def require_duration(duration_days: int) -> None:
    """Raise FieldInvalid unless it is one of the durations of reference §3."""
    if duration_days not in DURATIONS_DAYS:
        raise FieldInvalid("duration_days", "one of %(known)s", known=", ".join(map(str, DURATIONS_DAYS)))


def message_of(field: str, text: str) -> str:
    """Return what somebody wrote, without blanks around it; FieldInvalid names the field."""
    said = clean_text(field, text)
    if len(said) > MESSAGE_CHARS_MAX:
        raise FieldInvalid(field, "at most %(most)s characters", most=MESSAGE_CHARS_MAX)
    return said


def of_creator(
    scope: Scope, request_id: int, wanted: RequestState | None, *, now: datetime
) -> tuple[ConsentChain, PermissionRequest]:
    """Return an open request to the acting creator, its chain locked; None wants either side's turn."""
    chain, request = creators(scope, request_id)
    require_open(request, wanted, now=now)
    return chain, request


def creators(scope: Scope, request_id: int) -> tuple[ConsentChain, PermissionRequest]:
    """Return a request to the acting creator, whatever became of it, its chain locked."""
    scope.require(Right.CREATE)
    return _locked(PermissionRequest.objects.filter(pk=request_id, profile__owner_id=scope.person).first())


def _locked(found: PermissionRequest | None) -> tuple[ConsentChain, PermissionRequest]:
    if found is None:
        raise NotFound(noun="request")
    chain = records.lock(found.profile_id)
    rows = PermissionRequest.objects.select_related("offer", "counter_terms", "consent", "need__consent")
    return chain, rows.get(pk=found.pk)


def post_of(request: PermissionRequest) -> PostFacts:
    """Return the post that is asked for, as it is now."""
    return content.post_facts([request.post_id])[request.post_id]
