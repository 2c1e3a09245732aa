"""Metrics that reports alone have, beside those of every page: by touch, by name of an event, by what paid them."""

from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vonk.reporting.breakdowns.columns import (
    ORGANIC_PLAYS,
    VOUCHERS,
    Column,
    Kind,
    converted,
    money,
    money_per,
    of_counters,
    of_formula,
    ratio,
    share,
    worth,
)
from vonk.reporting.builder.fields import DECLARED, Field, Group, Text
from vonk.reporting.metrics import SPEND
from vonk.reporting.reach.rules import REACH
from vonk.reporting.results import CONVERSIONS

CLICKS: Final = "clicks_destination"
SOURCE: Final = "business API, report/integrated"
_WITHIN_A_DAY: Final = ("likes_1d", "comments_1d", "shares_1d", "favourites_1d", "follows_1d", "profile_visits_1d")


def _field(  # noqa: PLR0917 - a table's row, read by its columns.
    name: str, group: Group, title: Text, says: Text, formula: Text, column: Column
) -> Field:
    return Field(name=name, group=group, title=title, says=says, formula=formula, source=SOURCE, column=column)


_OWN: Final = (
    _field(
        "spend_from_vouchers",
        Group.MONEY,
        _("Spend from vouchers"),
        _("The part of spend that vouchers paid."),
        _("Transfers from vouchers, from the ledger."),
        money(VOUCHERS),
    ),
    _field(
        "spend_from_cash",
        Group.MONEY,
        _("Spend from cash"),
        _("The part of spend that no voucher paid."),
        _("Spend − spend from vouchers."),
        of_formula(Kind.MONEY, lambda counts: counts.get(SPEND, 0) - counts.get(VOUCHERS, 0)),
    ),
    _field(
        "average_watch_time_per_viewer",
        Group.VIDEO,
        _("Average time watched per viewer"),
        _("How long one viewer watched on average, over all their impressions."),
        _("Time watched ÷ reach."),
        of_formula(
            Kind.SECONDS,
            lambda counts: counts.get("watch_ms", 0) / 1_000 / counts[REACH] if counts.get(REACH) else None,
            additive=False,
        ),
    ),
    _field(
        "organic_video_views",
        Group.VIDEO,
        _("Organic video views"),
        _("Plays of the ads' posts outside ads, in the steps in which the ads have numbers."),
        _("Plays of the posts that are of no ad."),
        of_formula(Kind.COUNT, lambda counts: counts.get(ORGANIC_PLAYS, 0), additive=False),
    ),
    _field(
        "click_conversion_rate",
        Group.RESULTS,
        _("Conversion rate of clicks (CVR)"),
        _("How many conversions there were for each click on the destination."),
        _("Conversions ÷ clicks (destination)."),
        share(CONVERSIONS, CLICKS),
    ),
    _field(
        "landing_page_view_rate",
        Group.CLICKS,
        _("Landing page view rate"),
        _("How many of the clicks loaded the destination."),
        _("Landing page views ÷ clicks (destination)."),
        share("landing_page_views", CLICKS),
    ),
    _field(
        "cost_per_landing_page_view",
        Group.MONEY,
        _("Cost per landing page view"),
        _("What one load of the destination cost on average."),
        _("Spend ÷ landing page views."),
        money_per(SPEND, "landing_page_views"),
    ),
    _field(
        "engaged_views",
        Group.INTERACTION,
        _("Engaged views"),
        _("6-second views, and what viewers did with the post off the ad within a day."),
        _("6-second views + likes, comments, shares, favourites, follows and profile visits within a day."),
        of_counters("view_6s", *_WITHIN_A_DAY),
    ),
    _field(
        "engaged_views_15s",
        Group.INTERACTION,
        _("Engaged views (15 seconds)"),
        _("15-second views, and what viewers did with the post off the ad within a day."),
        _("15-second views + likes, comments, shares, favourites, follows and profile visits within a day."),
        of_counters("view_15s", *_WITHIN_A_DAY),
    ),
    _field(
        "interactions_within_a_day",
        Group.INTERACTION,
        _("Interactions within a day"),
        _("Everything that viewers did with the post off the ad within a day of its impression."),
        _("Likes + comments + shares + favourites + follows + profile visits within a day."),
        of_counters(*_WITHIN_A_DAY),
    ),
    *(
        _field(
            f"cost_per_conversion_{touch}",
            Group.RESULTS,
            title,
            says,
            formula,
            money_per(SPEND, f"conversions_{touch}"),
        )
        for touch, title, says, formula in (
            (
                "click",
                _("Cost per conversion after a click"),
                _("What was spent for each conversion whose last touch was a click."),
                _("Spend ÷ conversions after a click."),
            ),
            (
                "engaged",
                _("Cost per conversion after an engaged view"),
                _("What was spent for each conversion whose last touch was a 6-second view."),
                _("Spend ÷ conversions after an engaged view."),
            ),
            (
                "view",
                _("Cost per conversion after a view"),
                _("What was spent for each conversion whose last touch was an impression."),
                _("Spend ÷ conversions after a view."),
            ),
        )
    ),
)

EVENT_TITLES: Final[dict[str, Text]] = {
    "page_view": _("Viewed a page"),
    "view_content": _("Viewed something for sale"),
    "search": _("Searched"),
    "add_to_wishlist": _("Added to a wish list"),
    "add_to_cart": _("Added to the basket"),
    "initiate_checkout": _("Began to check out"),
    "add_payment_info": _("Gave payment details"),
    "purchase": _("Bought"),
    "subscribe": _("Subscribed"),
    "start_trial": _("Began a trial"),
    "sign_up": _("Signed up"),
    "submit_form": _("Sent a form"),
    "contact": _("Made contact"),
    "download": _("Downloaded"),
    "install": _("Installed an app"),
}
"""The events that advertisers report under a name that all share (``events.conversions.contract``)."""

_TOUCHES: Final[tuple[tuple[str, Text], ...]] = (
    ("click", _("after a click")),
    ("engaged", _("after an engaged view")),
    ("view", _("after a view")),
)
_BY_TOUCH: Final = ("purchase", "install")  # Of these the business API tells the touch apart.


def _of_event(name: str, title: Text) -> tuple[Field, ...]:
    group = Group.EVENTS
    count = converted(name)
    return (
        _field(
            name,
            group,
            title,
            format_lazy(_("How often “{event}” was reported and attributed to the ads."), event=title),
            format_lazy(_("Attributed events “{event}”."), event=title),
            of_counters(count),
        ),
        _field(
            f"cost_per_{name}",
            group,
            format_lazy(_("{event}: cost of each"), event=title),
            format_lazy(_("What was spent for each “{event}” on average."), event=title),
            format_lazy(_("Spend ÷ “{event}”."), event=title),
            money_per(SPEND, count),
        ),
        _field(
            f"{name}_rate",
            group,
            format_lazy(_("{event}: rate of clicks"), event=title),
            format_lazy(_("How often “{event}” followed for each click on the destination."), event=title),
            format_lazy(_("“{event}” ÷ clicks (destination)."), event=title),
            share(count, CLICKS),
        ),
        _field(
            f"{name}_value",
            group,
            format_lazy(_("{event}: value"), event=title),
            format_lazy(_("The sum of the values that were reported with “{event}”."), event=title),
            format_lazy(_("Values of attributed “{event}”."), event=title),
            money(worth(name)),
        ),
        _field(
            f"value_per_{name}",
            group,
            format_lazy(_("{event}: value of each"), event=title),
            format_lazy(_("What one “{event}” was worth on average."), event=title),
            format_lazy(_("Value of “{event}” ÷ “{event}”."), event=title),
            money_per(worth(name), count),
        ),
        _field(
            f"{name}_roas",
            group,
            format_lazy(_("{event}: ROAS"), event=title),
            format_lazy(_("How many times over the value of “{event}” brought back what was spent."), event=title),
            format_lazy(_("Value of “{event}” ÷ spend."), event=title),
            ratio(worth(name), SPEND),
        ),
    )


def _of_event_by_touch(name: str, title: Text, touch: str, after: Text) -> tuple[Field, ...]:
    count, value = converted(name, touch), worth(name, touch)
    told = format_lazy("{event}, {after}", event=title, after=after)
    return (
        _field(
            f"{name}_{touch}",
            Group.EVENTS,
            told,
            format_lazy(
                _("How often “{event}” was reported whose last touch was that: {after}."), event=title, after=after
            ),
            format_lazy(_("Attributed events “{event}”, {after}."), event=title, after=after),
            of_counters(count),
        ),
        _field(
            f"cost_per_{name}_{touch}",
            Group.EVENTS,
            format_lazy(_("{event}: cost of each"), event=told),
            format_lazy(_("What was spent for each “{event}” on average."), event=told),
            format_lazy(_("Spend ÷ “{event}”."), event=told),
            money_per(SPEND, count),
        ),
        _field(
            f"{name}_{touch}_value",
            Group.EVENTS,
            format_lazy(_("{event}: value"), event=told),
            format_lazy(_("The sum of the values that were reported with “{event}”."), event=told),
            format_lazy(_("Values of attributed “{event}”."), event=told),
            money(value),
        ),
        _field(
            f"{name}_{touch}_roas",
            Group.EVENTS,
            format_lazy(_("{event}: ROAS"), event=told),
            format_lazy(_("How many times over the value of “{event}” brought back what was spent."), event=told),
            format_lazy(_("Value of “{event}” ÷ spend."), event=told),
            ratio(value, SPEND),
        ),
    )


_EVENTS: Final = tuple(field for name, title in EVENT_TITLES.items() for field in _of_event(name, title))
_EVENTS_BY_TOUCH: Final = tuple(
    field
    for name in _BY_TOUCH
    for touch, after in _TOUCHES
    for field in _of_event_by_touch(name, EVENT_TITLES[name], touch, after)
)

_ALL: Final = (*DECLARED, *_OWN, *_EVENTS, *_EVENTS_BY_TOUCH)
FIELDS: Final[dict[str, Field]] = {field.name: field for group in Group for field in _ALL if field.group is group}
"""Every metric on offer by its name, in the order in which it is offered."""
assert len(FIELDS) == len(_ALL), "A metric is declared once."

USUAL: Final = ("spend", "impressions", "view_6s", "clicks", "ctr", "cpc", "conversions")
"""What a report has until somebody chooses."""
