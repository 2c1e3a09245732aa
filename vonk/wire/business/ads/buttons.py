"""An ad's button: the one that is named, or the first of a portfolio of buttons that this platform has (reference API §9)."""

from collections.abc import Callable, Mapping
from typing import Final

from vonk.advertising.queries.portfolios import portfolio
from vonk.advertising.rules import CALLS_TO_ACTION
from vonk.advertising.rules.portfolios import CTA
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.wire.business.ads.asked import Creative
from vonk.wire.business.errors import ParameterInvalid

PORTFOLIO: Final = "call_to_action_id"
BUTTONS: Final = tuple(name.upper() for name in CALLS_TO_ACTION)
_NOTHING: Final = frozenset({None, "", "0"})
_BY_TEXT: Final = {
    **{words.lower(): name for name, words in CALLS_TO_ACTION.items()},
    **{name: name for name in CALLS_TO_ACTION},
}
Wrong = Callable[[str, str], ParameterInvalid]
"""The problem with a field of the creative, by the field's name and the reason."""


def names_one(asked: Creative) -> bool:
    """Say whether the creative names a button or a portfolio."""
    return asked.call_to_action is not None or asked.call_to_action_id not in _NOTHING


def button(scope: Scope, asked: Creative, wrong: Wrong, *, kept: Mapping[str, object]) -> str | None:
    """Return the button that is asked for, None where nothing is; ``kept`` is what the ad keeps. A portfolio wins.

    Raises what ``wrong`` makes, by the name of the field at fault.
    """
    named = asked.call_to_action_id
    if named in _NOTHING or named is None:
        return None if asked.call_to_action is None else _named(asked.call_to_action, wrong)
    if named == kept.get(PORTFOLIO):
        return None  # It was looked up before; the portfolio may be gone since.
    return _first_of(scope, named, wrong)


def forgotten(asked: Creative) -> bool:
    """Say whether the portfolio of before counts no more: another button was named, or none of it."""
    return asked.call_to_action_id in {"", "0"} or (
        asked.call_to_action_id is None and asked.call_to_action is not None
    )


def _first_of(scope: Scope, named: str, wrong: Wrong) -> str:
    try:
        found = portfolio(scope, parse_id(named))
    except (NotFound, ValueError) as error:
        raise wrong(PORTFOLIO, "no portfolio of this ad account") from error
    if found.kind != CTA:
        raise wrong(PORTFOLIO, "not a portfolio of buttons: its type is not CTA")
    texts = (str(part.get("asset_content", "")).strip().lower() for part in found.content)
    first = next((_BY_TEXT[text] for text in texts if text in _BY_TEXT), None)
    if first is None:
        raise wrong(PORTFOLIO, f"it holds none of {', '.join(BUTTONS)}")
    return first


def _named(text: str, wrong: Wrong) -> str:
    if text not in BUTTONS:
        raise wrong("call_to_action", f"one of {', '.join(BUTTONS)}")
    return text.lower()
