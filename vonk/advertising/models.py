"""Campaigns, ad groups, ads and their reviews. Statuses are derived, never stored."""

from django.db import models

from vonk.advertising.audience_models import (
    AudienceAct,
    AudienceShare,
    CustomAudience,
    CustomerFile,
    SavedAudience,
)
from vonk.advertising.bulk_models import BulkEdit, BulkLine
from vonk.advertising.launch_draft_models import LaunchDraft
from vonk.advertising.lift_models import LiftBan, LiftTest
from vonk.advertising.review_models import Appeal, ReviewClaim
from vonk.advertising.rules import CALLS_TO_ACTION, CREATOR_NOTE_MAX, Objective, Verdict
from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.advertising.rules.pixels import DESCRIPTION_MAX, PIXEL_NAME_MAX, Origin
from vonk.advertising.rules.portfolios import KIND_CHARS_MAX
from vonk.advertising.shared_preview_models import SharedPreview, SharedPreviewAd
from vonk.advertising.split_test_models import SplitTest
from vonk.advertising.table_models import TableColumns, TableView
from vonk.core.ids import new_id
from vonk.delivery.snapshot import Billing, BudgetMode, Goal, Pacing

__all__ = [
    "Ad",
    "AdGroup",
    "Appeal",
    "AudienceAct",
    "AudienceShare",
    "BulkEdit",
    "BulkLine",
    "Campaign",
    "CustomAudience",
    "CustomerFile",
    "LaunchDraft",
    "LiftBan",
    "LiftTest",
    "Pixel",
    "Portfolio",
    "Review",
    "ReviewClaim",
    "SavedAudience",
    "SharedPreview",
    "SharedPreviewAd",
    "SplitTest",
    "TableColumns",
    "TableView",
]
_USUAL = AttributionSettings()


class Campaign(models.Model):
    """What an advertiser wants to reach, and what it may cost in all."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=512)
    objective = models.CharField(max_length=30, choices=[(value.value, value.name) for value in Objective])
    budget_mode = models.CharField(max_length=10, choices=[(value.value, value.name) for value in BudgetMode])
    budget_micros = models.BigIntegerField(default=0)
    kept = models.JSONField(default=dict)  # What the business API gives back as it was set, and nothing here acts on.
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_campaign"
        indexes = [models.Index(fields=["account", "-id"], name="advertising_campaign_account")]


class AdGroup(models.Model):
    """For whom, when, how often and for how much."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey("advertising.Campaign", on_delete=models.PROTECT, related_name="ad_groups")
    name = models.CharField(max_length=512)
    billing = models.CharField(max_length=10, choices=[(value.value, value.name) for value in Billing])
    goal = models.CharField(  # What impressions are chosen for with OCPM, "" with all others.
        max_length=12, choices=[(value.value, value.name) for value in Goal], default=""
    )
    goal_event = models.CharField(max_length=50, default="")  # Which conversions; "": those of the objective.
    bid_micros = models.BigIntegerField()  # Per thousand impressions (CPM), per result (OCPM), otherwise per event.
    maximum_delivery = models.BooleanField(default=False)  # Nobody set the bid: it follows from the budgets.
    cost_cap = models.BooleanField(default=False)  # The bid is what results cost on average, not at most.
    budget_mode = models.CharField(max_length=10, choices=[(value.value, value.name) for value in BudgetMode])
    budget_micros = models.BigIntegerField()
    pacing = models.CharField(max_length=10, choices=[(value.value, value.name) for value in Pacing])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    targeting = models.JSONField(default=dict)  # snapshot.Targeting
    cap_impressions = models.PositiveIntegerField(null=True)
    cap_window_seconds = models.PositiveIntegerField(null=True)
    # rules.AttributionSettings, fixed once the ad group is created: numbers of one ad group are of one meaning.
    click_days = models.PositiveSmallIntegerField(default=_USUAL.click_days)
    engaged_view_days = models.PositiveSmallIntegerField(default=_USUAL.engaged_view_days)
    view_days = models.PositiveSmallIntegerField(default=_USUAL.view_days)
    counting = models.CharField(
        max_length=10, choices=[(value.value, value.name) for value in Counting], default=_USUAL.counting.value
    )
    kept = models.JSONField(default=dict)  # What the business API gives back as it was set, and nothing here acts on.
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_ad_group"


class Ad(models.Model):
    """One post shown as an ad: a Spark Ad (consent set) or a non-Spark ad (a post under a custom identity)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    ad_group = models.ForeignKey("advertising.AdGroup", on_delete=models.PROTECT, related_name="ads")
    name = models.CharField(max_length=512)
    consent = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, null=True, related_name="ads")
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="ads")
    identity = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="ads")
    call_to_action = models.CharField(max_length=30, choices=list(CALLS_TO_ACTION.items()))
    landing_url = models.CharField(max_length=2048)
    category = models.CharField(
        max_length=30, default=""
    )  # What is advertised: a key of core.taxonomy.INTERESTS; "" of ads from before it was asked for.
    creator_accepted_at = models.DateTimeField(null=True)  # The post's creator looked at the ad as it is, and agrees.
    creator_refused_at = models.DateTimeField(null=True)  # It stays off until the creator agrees.
    creator_note = models.CharField(max_length=CREATOR_NOTE_MAX, default="")  # Why they refused, for the advertiser.
    kept = models.JSONField(default=dict)  # What the business API gives back as it was set, and nothing here acts on.
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_ad"


class Review(models.Model):
    """One round of review of an ad; the newest one counts."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    ad = models.ForeignKey("advertising.Ad", on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=12, choices=[(value.value, value.name) for value in Verdict])
    reasons = models.JSONField(default=list)  # Keys of rules.REVIEW_REASONS.
    note = models.CharField(max_length=1000, default="")
    subject = models.JSONField(default=dict)  # rules.Subject: what is judged; as it was approved, once it is.
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    first_reviewer = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )  # Approved it where two people have to; the verdict is the second one's.
    first_approved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_review"
        constraints = [
            models.UniqueConstraint(
                fields=["ad"],
                condition=models.Q(verdict=Verdict.IN_REVIEW.value),
                name="advertising_review_one_open",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(verdict=Verdict.IN_REVIEW.value), name="advertising_review_queue"
            )
        ]


class Pixel(models.Model):
    """What an advertiser's pages and servers report conversions as. Its id stands in pages; its secret does not.

    An offline event set is one that no page may report for: what happens in shops is reported by servers alone.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="pixels")
    name = models.CharField(max_length=PIXEL_NAME_MAX)
    origin = models.CharField(
        max_length=10, choices=[(value.value, value.name) for value in Origin], default=Origin.WEB.value
    )
    secret_sha256 = models.CharField(max_length=64)
    description = models.CharField(max_length=DESCRIPTION_MAX, default="")  # Of an offline event set.
    kept = models.JSONField(default=dict)  # What the business API gives back as it was set, and nothing here acts on.
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)  # Of an offline event set; what it reported stays.

    class Meta:
        db_table = "advertising_pixel"
        indexes = [models.Index(fields=["account", "-id"], name="advertising_pixel_account")]


class Portfolio(models.Model):
    """What an advertiser collected to go with ads' videos: texts of buttons, cards, stickers. Kept as it was written."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="portfolios")
    kind = models.CharField(max_length=KIND_CHARS_MAX)  # Of rules.portfolios.KINDS.
    content = models.JSONField(default=list)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_portfolio"
        indexes = [models.Index(fields=["account", "-id"], name="advertising_portfolio_account")]
