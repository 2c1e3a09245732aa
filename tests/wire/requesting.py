"""Ada has asked Cleo for a post, and for more days of another one, which Cleo countered; Cleo has a standing consent."""

from collections.abc import Mapping
from datetime import datetime

from vonk.authorisation.actions import answers, requests, standings
from vonk.authorisation.actions.answers import Choice
from vonk.authorisation.rules import NO_END
from vonk.authorisation.rules.standings import Limits
from vonk.control.scope import Scope


def spread(scopes: Mapping[str, Scope], ada: Scope, ids: Mapping[str, int], now: datetime) -> dict[str, int | str]:
    """Make them; return their ids."""
    cleo = scopes["cleo"]
    limits = Limits(starts_at=now, ends_at=NO_END, duration_days_max=30, countries=("NL",))
    standing = standings.give(cleo, limits, now=now)
    asked = requests.ask(ada, ids["plain_post_id"], message="Just so?", now=now)
    longer = requests.ask_extension(ada, ids["consent_id"], now=now)
    answers.counter(cleo, longer.request_id, Choice(duration_days=7), now=now)
    return {
        "request_id": asked.request_id,
        "countered_request_id": longer.request_id,
        "standing_id": standing.standing_id,
    }
