"""Frequency caps: how often one viewer may see an ad, ad group, campaign or advertiser in windows that slide."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from vonk.delivery.limits.counters import SEEN_UNKNOWN, Counters, Level
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.snapshot import AdGroupDocument, FrequencyCap

Asked = tuple[Level, int, int, int]  # Of what, which one, the window in ms, how often at most.
_PASSED: Final = {
    Level.AD: Refusal.AD_SEEN_TOO_OFTEN,
    Level.AD_GROUP: Refusal.SEEN_TOO_OFTEN,
    Level.CAMPAIGN: Refusal.CAMPAIGN_SEEN_TOO_OFTEN,
    Level.ADVERTISER: Refusal.ADVERTISER_SEEN_TOO_OFTEN,
}


def shown_since(shown_ms: Sequence[int], since_ms: int) -> int:
    """Return how many of the ascending instants lie after ``since_ms``: a window of w seconds holds (now - w, now]."""
    return len(shown_ms) - bisect_right(shown_ms, since_ms)


def within(shown_ms: Sequence[int], since_ms: int) -> list[int]:
    """Return the ascending instants after ``since_ms``."""
    return list(shown_ms[bisect_right(shown_ms, since_ms) :])


def of_group(document: AdGroupDocument) -> tuple[FrequencyCap, ...]:
    """Return all caps of an ad group."""
    return document.caps if document.cap is None else (document.cap, *document.caps)


def capped(row: Row, counters: Counters) -> bool:
    """Tell whether anything limits how often one viewer sees this ad."""
    terms, campaign = row.terms, row.campaign.document
    if terms.cap is not None or terms.caps or row.ad.caps or counters.advertiser_caps:
        return True
    return campaign is not None and bool(campaign.caps)


def asked(row: Row, counters: Counters) -> tuple[Asked, ...]:
    """Return what ``refuse`` asks of one viewer for this ad, in its order; good until something is published."""
    return tuple(
        (level, object_id, cap.window_seconds * 1000, cap.impressions)
        for level, object_id, caps in _caps(row, counters)
        for cap in caps
    )


def passed(caps: tuple[Asked, ...], viewer_id: str, counters: Counters, now_ms: int) -> Refusal | None:
    """Return which of the caps the viewer has reached, showings that are still open counted; None when none."""
    for level, object_id, window_ms, impressions in caps:
        seen = counters.seen(viewer_id, level, object_id, now_ms - window_ms)
        if seen >= impressions:
            return Refusal.CAPS_UNKNOWN if seen >= SEEN_UNKNOWN else _PASSED[level]
    return None


def refuse(row: Row, viewer_id: str, counters: Counters, now_ms: int) -> Refusal | None:
    """Return which cap the viewer has reached, showings that are still open counted; None when none."""
    terms, campaign = row.terms, row.campaign.document
    uncapped = terms.cap is None and not (terms.caps or row.ad.caps or counters.advertiser_caps)
    if uncapped and (campaign is None or not campaign.caps):
        return None  # Most ads: what follows costs more than all other reasons together.
    return passed(asked(row, counters), viewer_id, counters, now_ms)


def _caps(row: Row, counters: Counters) -> Iterator[tuple[Level, int, tuple[FrequencyCap, ...]]]:
    terms = row.terms
    if terms.cap is not None or terms.caps:
        yield Level.AD_GROUP, terms.id, of_group(terms)
    if row.ad.caps:
        yield Level.AD, row.ad.id, row.ad.caps
    campaign = row.campaign.document
    if campaign is not None and campaign.caps:
        yield Level.CAMPAIGN, campaign.id, campaign.caps
    if counters.advertiser_caps:
        yield Level.ADVERTISER, row.ad.account_id, counters.advertiser_caps
