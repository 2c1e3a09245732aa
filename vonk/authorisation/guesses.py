"""Count codes that do not exist, per person and per ad account, and stop whoever guesses."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from vonk.authorisation.errors import CodeGuessesLimited
from vonk.authorisation.models import CodeGuesses
from vonk.authorisation.rules import Guesser
from vonk.control.scope import Scope

WINDOW: Final = timedelta(minutes=15)
WRONG_MAX: Final = 10  # In one window. A person mistypes now and then; 240 random bits are not found in ten tries.


def admit(scope: Scope, *, now: datetime) -> None:
    """Raise CodeGuessesLimited when the person, or anybody in the account, guessed too often in the last minutes."""
    for guesser, guesser_id in _guessers(scope):
        row = CodeGuesses.objects.filter(guesser=guesser.value, guesser_id=guesser_id, wrong__gte=WRONG_MAX).first()
        if row is not None and now < row.window_at + WINDOW:
            raise CodeGuessesLimited(retry_after_seconds=-((now - row.window_at - WINDOW) // timedelta(seconds=1)))


def count_wrong(scope: Scope, *, now: datetime) -> None:
    """Count one wrong code, in the running window or, when it is over, in a new one. The caller's transaction commits."""
    for guesser, guesser_id in _guessers(scope):
        row, _ = CodeGuesses.objects.get_or_create(
            guesser=guesser.value, guesser_id=guesser_id, defaults={"window_at": now}
        )
        CodeGuesses.objects.filter(pk=row.pk, window_at__lte=now - WINDOW).update(window_at=now, wrong=0)
        CodeGuesses.objects.filter(pk=row.pk).update(wrong=F("wrong") + 1)


def _guessers(scope: Scope) -> tuple[tuple[Guesser, int], ...]:
    """In an order that is always the same, so that two transactions never wait for each other."""
    return (Guesser.ACCOUNT, scope.account), (Guesser.PERSON, scope.person)
