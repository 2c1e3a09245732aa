"""What advertising decides, with nothing but arguments (reference §4, §5, §9). One file per noun; pure."""

from vonk.advertising.rules.causes import CAUSES, PRIMARY_TEXTS, Cause, CauseEntry, Primary, Stage
from vonk.advertising.rules.objectives import (
    BILLINGS,
    CALLS_TO_ACTION,
    KEPT_CALLS_TO_ACTION,
    OBJECTIVE_TEXTS,
    Objective,
)
from vonk.advertising.rules.reviews import CREATOR_NOTE_MAX, REVIEW_REASONS, Change, Subject, Verdict, changes
from vonk.advertising.rules.statuses import (
    AdFacts,
    AdGroupFacts,
    CampaignFacts,
    MoneyFacts,
    Status,
    ad_group_causes,
    ad_group_status,
    campaign_status,
    event_cost_micros,
    status,
)

__all__ = [
    "BILLINGS",
    "CALLS_TO_ACTION",
    "CAUSES",
    "CREATOR_NOTE_MAX",
    "KEPT_CALLS_TO_ACTION",
    "OBJECTIVE_TEXTS",
    "PRIMARY_TEXTS",
    "REVIEW_REASONS",
    "AdFacts",
    "AdGroupFacts",
    "CampaignFacts",
    "Cause",
    "CauseEntry",
    "Change",
    "MoneyFacts",
    "Objective",
    "Primary",
    "Stage",
    "Status",
    "Subject",
    "Verdict",
    "ad_group_causes",
    "ad_group_status",
    "campaign_status",
    "changes",
    "event_cost_micros",
    "status",
]
