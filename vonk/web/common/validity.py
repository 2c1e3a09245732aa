"""Validity rules in words, for every audience."""

from typing import Final

from django.utils.translation import gettext

from vonk.events.rules import INVALID_RULES, InvalidRule

FOUND_LATER: Final = "found_later"  # What a finding is named after when no rule says it.


def rule_title(rule: str) -> str:
    """Return what a rule, or what a later finding was named after, is called."""
    if rule == FOUND_LATER:
        return gettext("Found later")
    return gettext(INVALID_RULES[InvalidRule(rule)].title) if rule in set(InvalidRule) else rule


def rule_meaning(rule: str) -> str:
    """Return when an event breaks the rule."""
    if rule in set(InvalidRule):
        return gettext(INVALID_RULES[InvalidRule(rule)].meaning)
    return gettext("It came to light after it was counted; what was billed for it was given back by a credit note.")
