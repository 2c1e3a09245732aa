"""Every metric of v1.3's reports, by its name: a formula over what is counted here, something said of the object, or zero.

What follows from Vonk's counters stands below. ``metrics.txt`` names the rest, a metric and its kind a line: what
belongs to apps, shops, live rooms and instant pages, none of which is counted here. These are 0, not "-": published clients
read integers.
"""

from importlib.resources import files
from typing import Final

from vonk.reporting.breakdowns.columns import (
    ORGANIC_PLAYS,
    VOUCHERS,
    Column,
    Kind,
    converted,
    money,
    money_per,
    nothing,
    of_counters,
    of_formula,
    of_metric,
    ratio,
    saying,
    share,
    worth,
)
from vonk.reporting.metrics import SPEND
from vonk.reporting.reach.rules import REACH
from vonk.reporting.results import CONVERSIONS
from vonk.wire.business.reports.attributes import ATTRIBUTES, NOTHING

CLICKS: Final = "clicks_destination"
_WITHIN_A_DAY: Final = ("likes_1d", "comments_1d", "shares_1d", "favourites_1d", "follows_1d", "profile_visits_1d")

_DECLARED: Final[dict[str, str]] = {
    "spend": "spend",
    "billed_cost": "spend",
    "impressions": "impressions",
    "reach": "reach",
    "frequency": "frequency",
    "cost_per_1000_reached": "cost_per_1000_reached",
    "gross_impressions": "gross_impressions",
    "clicks": "clicks",
    "ctr": "ctr",
    "cpc": "cpc",
    "cpm": "cpm",
    "conversion": "conversions",
    "cost_per_conversion": "cost_per_conversion",
    "conversion_rate": "conversion_rate",
    "real_time_conversion": "conversions",
    "real_time_cost_per_conversion": "cost_per_conversion",
    "real_time_conversion_rate": "conversion_rate",
    "result": "results",
    "cost_per_result": "cost_per_result",
    "result_rate": "result_rate",
    "real_time_result": "results",
    "real_time_cost_per_result": "cost_per_result",
    "real_time_result_rate": "result_rate",
    "video_play_actions": "video_views",
    "video_watched_2s": "view_2s",
    "video_watched_6s": "view_6s",
    "video_views_p25": "p25",
    "video_views_p50": "p50",
    "video_views_p75": "p75",
    "video_views_p100": "p100",
    "average_video_play": "average_watch_time",
    "paid_engaged_view": "view_6s",
    "paid_engaged_view_15s": "view_15s",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "follows": "follows",
    "profile_visits": "profile_visits",
    "profile_visits_rate": "profile_visit_rate",
    "engagements": "clicks_all",
    "engagement_rate": "engagement_rate",
    "clicks_on_music_disc": "music_clicks",
    "sound_usage_clicks": "sound_use_clicks",
    "duet_clicks": "duet_clicks",
    "stitch_clicks": "stitch_clicks",
    "anchor_clicks": "anchor_clicks",
    "anchor_click_rate": "anchor_click_rate",
    "clicks_on_hashtag_challenge": "hashtag_clicks",
    "interactive_add_on_activity_clicks": "sticker_clicks",
    "total_landing_page_view": "landing_page_views",
    "vta_conversion": "conversions_view",
    "cta_conversion": "conversions_click",
    "engaged_view_through_conversions": "conversions_engaged",
}
"""By v1.3's name, that of ``reporting.metrics``."""

_OWN: Final[dict[str, Column]] = {
    "voucher_spend": money(VOUCHERS),
    "cash_spend": of_formula(Kind.MONEY, lambda counts: counts.get(SPEND, 0) - counts.get(VOUCHERS, 0)),
    "average_video_play_per_user": of_formula(
        Kind.SECONDS,
        lambda counts: counts.get("watch_ms", 0) / 1_000 / counts[REACH] if counts.get(REACH) else None,
        additive=False,
    ),
    "conversion_rate_v2": share(CONVERSIONS, CLICKS),
    "real_time_conversion_rate_v2": share(CONVERSIONS, CLICKS),
    "secondary_goal_result": saying(lambda _: NOTHING),  # No campaign has a second goal.
    "cost_per_secondary_goal_result": saying(lambda _: NOTHING),
    "secondary_goal_result_rate": saying(lambda _: NOTHING),
    "organic_video_views": of_formula(Kind.COUNT, lambda counts: counts.get(ORGANIC_PLAYS, 0), additive=False),
    "engaged_view": of_counters("view_6s", *_WITHIN_A_DAY),
    "engaged_view_15s": of_counters("view_15s", *_WITHIN_A_DAY),
    "paid_engagement_engaged_view": of_counters(*_WITHIN_A_DAY),
    "paid_engagement_engaged_view_15s": of_counters(*_WITHIN_A_DAY),
    "cost_per_landing_page_view": money_per(SPEND, "landing_page_views"),
    "landing_page_view_rate": share("landing_page_views", CLICKS),
    "cost_per_vta_conversion": money_per(SPEND, "conversions_view"),
    "cost_per_cta_conversion": money_per(SPEND, "conversions_click"),
    "cost_per_engaged_view_through_conversion": money_per(SPEND, "conversions_engaged"),
    "app_install": of_counters(converted("install")),
    "cost_per_app_install": money_per(SPEND, converted("install")),
    "real_time_app_install": of_counters(converted("install")),
    "real_time_app_install_cost": money_per(SPEND, converted("install")),
    "vta_app_install": of_counters(converted("install", "view")),
    "cost_per_vta_app_install": money_per(SPEND, converted("install", "view")),
    "cta_app_install": of_counters(converted("install", "click")),
    "cost_per_cta_app_install": money_per(SPEND, converted("install", "click")),
    "evta_app_install": of_counters(converted("install", "engaged")),
    "cost_per_evta_app_install": money_per(SPEND, converted("install", "engaged")),
    "complete_payment_roas": ratio(worth("purchase"), SPEND),
    "vta_complete_payment": of_counters(converted("purchase", "view")),
    "vta_complete_payment_value": money(worth("purchase", "view")),
    "vta_complete_payment_roas": ratio(worth("purchase", "view"), SPEND),
    "cost_per_vta_payments_completed": money_per(SPEND, converted("purchase", "view")),
    "evta_payments_completed": of_counters(converted("purchase", "engaged")),
    "cost_per_evta_payments_completed": money_per(SPEND, converted("purchase", "engaged")),
    "website_cta_purchase": of_counters(converted("purchase", "click")),
    "website_cost_per_cta_purchase": money_per(SPEND, converted("purchase", "click")),
    "website_cta_purchase_value": money(worth("purchase", "click")),
    "website_cta_purchase_roas": ratio(worth("purchase", "click"), SPEND),
    "on_web_add_to_wishlist_per_click": share(converted("add_to_wishlist"), CLICKS),
    "on_web_subscribe_per_click": share(converted("subscribe"), CLICKS),
}

_ON_WEBSITES: Final[tuple[tuple[str, str, str, str, str, str], ...]] = (
    # What was reported, then v1.3's count, cost of each, rate of clicks, value of all, value of each.
    (
        "purchase",
        "complete_payment",
        "cost_per_complete_payment",
        "complete_payment_rate",
        "total_complete_payment_rate",  # Despite its name (reference API §11).
        "value_per_complete_payment",
    ),
    (
        "page_view",
        "total_pageview",
        "cost_per_pageview",
        "pageview_rate",
        "total_value_per_pageview",
        "avg_value_per_pageview",
    ),
    (
        "view_content",
        "page_content_view_events",
        "cost_per_page_content_view_event",
        "page_content_view_event_rate",
        "total_page_view_content_events_value",
        "value_per_page_content_view_event",
    ),
    (
        "start_trial",
        "website_total_start_trial",
        "website_cost_per_start_trial",
        "website_start_trial_rate",
        "website_total_start_trial_value",
        "website_value_per_start_trial",
    ),
    *(
        (name, count, f"cost_per_{count}", f"{count}_rate", f"total_{count}_value", f"value_per_{count}")
        for name, count in (
            ("search", "page_event_search"),
            ("add_to_wishlist", "on_web_add_to_wishlist"),
            ("add_to_cart", "web_event_add_to_cart"),
            ("initiate_checkout", "initiate_checkout"),
            ("add_payment_info", "add_billing"),
            ("subscribe", "on_web_subscribe"),
            ("sign_up", "user_registration"),
            ("submit_form", "form"),
            ("contact", "online_consult"),
            ("download", "download_start"),
        )
    ),
)


def _websites() -> dict[str, Column]:
    """Return the columns of what people did on advertisers' pages, as pixels and servers reported it."""
    columns: dict[str, Column] = {}
    for name, count, cost, rate, value, value_each in _ON_WEBSITES:
        columns[count] = of_counters(converted(name))
        columns[cost] = money_per(SPEND, converted(name))
        columns[rate] = share(converted(name), CLICKS)
        columns[value] = money(worth(name))
        columns[value_each] = money_per(worth(name), converted(name))
    return columns


def _zeros() -> dict[str, Column]:
    lines = files(__package__).joinpath("metrics.txt").read_text(encoding="utf-8").splitlines()
    return {name: nothing(Kind(kind)) for name, kind in (line.split() for line in lines if line.strip())}


COUNTED: Final[dict[str, Column]] = {
    **{name: of_metric(ours) for name, ours in _DECLARED.items()},
    **_OWN,
    **_websites(),
}
NOT_COUNTED: Final[dict[str, Column]] = _zeros()
METRICS: Final[dict[str, Column]] = {**COUNTED, **ATTRIBUTES, **NOT_COUNTED}
assert len(METRICS) == len(COUNTED) + len(ATTRIBUTES) + len(NOT_COUNTED), "A metric is declared once."
"""Every metric that may be asked for."""
