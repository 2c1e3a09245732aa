"""Count codes that do not exist, per person and per ad account, and slow down whoever guesses.

What counts is a code that is well formed and unknown: a mistyped one fails its check character before anybody looks.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from vonk.authorisation.errors.consents import CodeGuessesLimited, LinkGuessesLimited
from vonk.authorisation.models import CodeGuesses
from vonk.authorisation.rules import Guesser
from vonk.control.scope import Scope

WINDOW: Final = timedelta(hours=1)
WRONG_MAX: Final = 10  # In one window without a wait. A person errs now and then; 240 bits are not found in ten tries.
WAIT_FIRST: Final = timedelta(seconds=30)  # After the tenth; each wrong code after it doubles the wait.


def admit(scope: Scope, *, now: datetime) -> None:
    """Raise CodeGuessesLimited while the person, or anybody in the account, has to wait after too many wrong codes.

    LinkGuessesLimited where the person acts for no ad account: a creator who opens a business's link.

    The hour begins with the first wrong code; when it is over, it is forgotten. A right code works after the wait.
    """
    for guesser, guesser_id in _guessers(scope):
        row = CodeGuesses.objects.filter(guesser=guesser.value, guesser_id=guesser_id, wrong__gte=WRONG_MAX).first()
        until = min(row.waits_until or now, row.window_at + WINDOW) if row is not None else now
        if now < until:
            limited = LinkGuessesLimited if scope.account_id is None else CodeGuessesLimited
            raise limited(retry_after_seconds=-((now - until) // timedelta(seconds=1)))


def count_wrong(scope: Scope, *, now: datetime) -> None:
    """Count one wrong code, in the running hour or, when it is over, in a new one. The caller's transaction commits."""
    for guesser, guesser_id in _guessers(scope):
        row, _ = CodeGuesses.objects.get_or_create(
            guesser=guesser.value, guesser_id=guesser_id, defaults={"window_at": now}
        )
        rows = CodeGuesses.objects.filter(pk=row.pk)
        rows.filter(window_at__lte=now - WINDOW).update(window_at=now, wrong=0, waits_until=None)
        rows.update(wrong=F("wrong") + 1)
        row.refresh_from_db()
        if row.wrong >= WRONG_MAX:
            rows.update(waits_until=now + wait_after(row.wrong))


def wait_after(wrong: int) -> timedelta:
    """Return how long to wait after that many wrong codes in one hour; never longer than the hour."""
    doublings = wrong - WRONG_MAX
    return min(WAIT_FIRST * 2 ** min(doublings, 16), WINDOW) if doublings >= 0 else timedelta()


def _guessers(scope: Scope) -> tuple[tuple[Guesser, int], ...]:
    """Return whose tries count, in an order that is always the same, so that two transactions never wait for each other.

    A creator who opens a business's link acts for no account.
    """
    person = (Guesser.PERSON, scope.person)
    return (person,) if scope.account_id is None else ((Guesser.ACCOUNT, scope.account_id), person)
