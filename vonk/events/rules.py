"""The rules by which an event is invalid traffic: one table, read by the ad server, the console, the documents and the tests.

Reference §13 (MRC): general and sophisticated invalid traffic is filtered, and gross and net are both reported. An event
that breaks a rule is acknowledged and kept; it bills nothing and counts gross, not net. Pure.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol

import msgspec


class InvalidRule(StrEnum):
    """Why an event is invalid. The names are stable: they stand in the log, in reports and in verdicts."""

    OWN_SHOWING = "own_showing"
    KNOWN_BOT = "known_bot"
    DATA_CENTRE = "data_centre"
    TOO_FAST = "too_fast"
    DUPLICATE_CLICK = "duplicate_click"
    TOO_MANY = "too_many"
    NOT_RENDERED = "not_rendered"  # The last: only what breaks no other rule may be healed by a late impression.


class Threshold(msgspec.Struct, frozen=True):
    """A number that an operator may set, from ``least`` to ``most``."""

    default: int
    least: int
    most: int
    unit: str  # "percent", "ms", "s" or "a minute".
    meaning: str

    def hold(self, value: int) -> int:
        """Return the value, moved to the nearest bound when it lies outside."""
        return min(max(value, self.least), self.most)


class RuleEntry(msgspec.Struct, frozen=True):
    """One rule as people read it, and what may be set of it."""

    title: str
    meaning: str
    thresholds: Mapping[str, Threshold] = {}


INVALID_RULES: Final[Mapping[InvalidRule, RuleEntry]] = {
    InvalidRule.OWN_SHOWING: RuleEntry(
        "Own showing",
        "The viewer is the post's creator, or a member of the ad account whose ad it is.",
    ),
    InvalidRule.KNOWN_BOT: RuleEntry(
        "Known bot",
        "The user agent is on the list of bots, or a browser's request named none.",
    ),
    InvalidRule.DATA_CENTRE: RuleEntry(
        "Data centre",
        "The address lies in one of the ranges of data-centres.txt: machines live there, viewers do not.",
    ),
    InvalidRule.TOO_FAST: RuleEntry(
        "Impossible speed",
        "More was watched than time has passed since the decision, or the click came sooner than a person can react.",
        {
            "watched_percent": Threshold(
                90,
                10,
                100,
                "percent",
                "The share of a view's nominal time that must have passed since the decision. A player that offers"
                " double speed needs 50 or less.",
            ),
            "click_ms": Threshold(
                200, 0, 5_000, "ms", "A click sooner than this after the decision is not made by a person."
            ),
        },
    ),
    InvalidRule.DUPLICATE_CLICK: RuleEntry(
        "Duplicate click",
        "The same click again, too soon to be meant. The first one counts.",
        {
            "same_click_ms": Threshold(
                2_000, 0, 60_000, "ms", "The same kind of click on the same showing counts again only after this time."
            ),
            "same_ad_s": Threshold(
                30,
                0,
                3_600,
                "s",
                "A viewer's click to the destination of the same ad counts again only after this time, whichever the"
                " showing.",
            ),
        },
    ),
    InvalidRule.TOO_MANY: RuleEntry(
        "Impossible rate",
        "One viewer did more in a minute than people do.",
        {
            "clicks": Threshold(12, 1, 1_000, "a minute", "Most clicks to destinations by one viewer in any minute."),
            "impressions": Threshold(120, 1, 10_000, "a minute", "Most impressions of one viewer in any minute."),
        },
    ),
    InvalidRule.NOT_RENDERED: RuleEntry(
        "Not rendered",
        "A click or a view of a showing whose impression has not come. When it comes later, they count from then on.",
    ),
}


class Setting(Protocol):
    """How an operator has set one rule."""

    @property
    def enabled(self) -> bool: ...
    @property
    def values(self) -> Mapping[str, int]: ...


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """The rules in force, as the ad server reads them for every event."""

    own_showing: bool
    known_bot: bool
    data_centre: bool
    too_fast: bool
    watched_percent: int
    click_ms: int
    duplicate_click: bool
    same_click_ms: int
    same_ad_ms: int
    too_many: bool
    clicks: int
    impressions: int
    not_rendered: bool


def tuning_of(settings: Mapping[str, Setting]) -> Tuning:
    """Return the rules in force: absent rules are on, absent thresholds have their defaults, wild ones are held."""

    def on(rule: InvalidRule) -> bool:
        return rule.value not in settings or settings[rule.value].enabled

    def number(rule: InvalidRule, name: str) -> int:
        threshold = INVALID_RULES[rule].thresholds[name]
        values = settings[rule.value].values if rule.value in settings else {}
        return threshold.hold(values.get(name, threshold.default))

    return Tuning(
        own_showing=on(InvalidRule.OWN_SHOWING),
        known_bot=on(InvalidRule.KNOWN_BOT),
        data_centre=on(InvalidRule.DATA_CENTRE),
        too_fast=on(InvalidRule.TOO_FAST),
        watched_percent=number(InvalidRule.TOO_FAST, "watched_percent"),
        click_ms=number(InvalidRule.TOO_FAST, "click_ms"),
        duplicate_click=on(InvalidRule.DUPLICATE_CLICK),
        same_click_ms=number(InvalidRule.DUPLICATE_CLICK, "same_click_ms"),
        same_ad_ms=number(InvalidRule.DUPLICATE_CLICK, "same_ad_s") * 1_000,
        too_many=on(InvalidRule.TOO_MANY),
        clicks=number(InvalidRule.TOO_MANY, "clicks"),
        impressions=number(InvalidRule.TOO_MANY, "impressions"),
        not_rendered=on(InvalidRule.NOT_RENDERED),
    )


AS_BUILT: Final = tuning_of({})
