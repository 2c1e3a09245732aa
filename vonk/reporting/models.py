"""What attribution remembers for as long as it can still change, what came of it, and whom ads reached.

Instants of touches, conversions and engagements are milliseconds since 1970, as the event log has them: attribution
compares them exactly. Viewers are the ad server's pseudonyms, of any length that a host gives them.
"""

from django.db import models

from vonk.core.ids import new_id
from vonk.events.validity import ID_CHARS_MAX
from vonk.reporting.saved_models import (  # noqa: F401 - Django finds an area's tables here.
    ReportRecipient,
    ReportRun,
    ReportSchedule,
    SavedReport,
)

NAME_MAX = 50


class Touch(models.Model):
    """A net impression, 6-second view or destination click of an ad, kept while something may follow from it."""

    id = models.BigAutoField(primary_key=True)
    viewer_id = models.TextField()
    account_id = models.BigIntegerField()
    ad_group_id = models.BigIntegerField()
    ad_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    decision_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)  # attribution.rules.TouchKind
    at_ms = models.BigIntegerField()
    measured = models.BooleanField()  # The account had a pixel then: conversions may be attributed to it.
    kept_until_ms = models.BigIntegerField()

    class Meta:
        db_table = "reporting_touch"
        indexes = [
            models.Index(fields=["viewer_id", "at_ms"], name="reporting_touch_viewer"),
            models.Index(fields=["kept_until_ms"], name="reporting_touch_kept"),
        ]


class Conversion(models.Model):
    """A conversion as the log has it, whose it is if anybody knows, and the ad that it is attributed to."""

    id = models.BigAutoField(primary_key=True)
    pixel_id = models.BigIntegerField()
    event_id = models.CharField(max_length=ID_CHARS_MAX)
    account_id = models.BigIntegerField()
    name = models.CharField(max_length=NAME_MAX)
    at_ms = models.BigIntegerField()
    received_ms = models.BigIntegerField()
    value_micros = models.BigIntegerField(default=0)
    source = models.CharField(max_length=10)
    viewer_id = models.TextField(default="")  # "" while nobody is known: it is counted, and attributed to no ad.
    known_by = models.CharField(max_length=10, default="")  # "click" or "email".
    final = models.BooleanField(default=False)  # Nothing that changes its attribution can still come.
    ad_id = models.BigIntegerField(default=0)  # The attribution; 0 and "" when there is none.
    ad_group_id = models.BigIntegerField(default=0)
    touch = models.CharField(max_length=10, default="")
    touch_at_ms = models.BigIntegerField(default=0)

    class Meta:
        db_table = "reporting_conversion"
        constraints = [models.UniqueConstraint(fields=["pixel_id", "event_id"], name="reporting_conversion_once")]
        indexes = [
            models.Index(
                fields=["viewer_id", "account_id"],
                condition=~models.Q(viewer_id=""),
                name="reporting_conversion_viewer",
            ),
            models.Index(fields=["at_ms"], condition=models.Q(final=False), name="reporting_conversion_open"),
            models.Index(fields=["pixel_id", "-received_ms"], name="reporting_conversion_newest"),
            models.Index(fields=["at_ms"], name="reporting_conversion_at"),
        ]


class Engagement(models.Model):
    """An organic engagement with a post that has ads, while it may still turn out to follow an ad's impression."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=40, unique=True)  # Where it comes from: our site's row, or a log position.
    viewer_id = models.TextField()
    post_id = models.BigIntegerField()  # 0: of the profile alone.
    profile_id = models.BigIntegerField()
    name = models.CharField(max_length=NAME_MAX)  # The metric: likes_1d, ...
    at_ms = models.BigIntegerField()
    ad_id = models.BigIntegerField(default=0)  # The ad whose impression it follows; 0 when there is none.

    class Meta:
        db_table = "reporting_engagement"
        indexes = [
            models.Index(fields=["viewer_id"], name="reporting_engagement_viewer"),
            models.Index(fields=["at_ms"], name="reporting_engagement_at"),
        ]


class Attributed(models.Model):
    """How much was attributed to an ad in one UTC hour (that of the conversion or engagement), by touch and name.

    Always the sum over the rows above, those that are kept and those that no longer are: moved by differences.
    """

    id = models.BigAutoField(primary_key=True)
    ad_id = models.BigIntegerField()
    hour_at = models.DateTimeField()
    touch = models.CharField(max_length=10)
    name = models.CharField(max_length=NAME_MAX)
    count = models.BigIntegerField(default=0)
    value_micros = models.BigIntegerField(default=0)

    class Meta:
        db_table = "reporting_attributed"
        constraints = [
            models.UniqueConstraint(fields=["ad_id", "hour_at", "touch", "name"], name="reporting_attributed_once")
        ]


class Audience(models.Model):
    """How often a metric of an ad was counted on a UTC day for one value of one dimension; no viewer is in it."""

    id = models.BigAutoField(primary_key=True)
    ad_id = models.BigIntegerField()
    day = models.DateField()
    dimension = models.CharField(max_length=10)  # audience.rules.Dimension
    value = models.CharField(max_length=10)  # "" is not told.
    metric = models.CharField(max_length=NAME_MAX)
    count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "reporting_audience"
        constraints = [
            models.UniqueConstraint(
                fields=["ad_id", "day", "dimension", "value", "metric"], name="reporting_audience_once"
            )
        ]


class Reached(models.Model):
    """How often a counter of an ad was moved in a UTC hour for one country, or for one age band and gender."""

    id = models.BigAutoField(primary_key=True)
    ad_id = models.BigIntegerField()
    hour_at = models.DateTimeField()
    dimension = models.CharField(max_length=10)  # reached.rules.Dimension
    value = models.CharField(max_length=20)  # "" is not told.
    metric = models.CharField(max_length=NAME_MAX)
    count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "reporting_reached"
        constraints = [
            models.UniqueConstraint(
                fields=["ad_id", "hour_at", "dimension", "value", "metric"], name="reporting_reached_once"
            )
        ]


class Trial(models.Model):
    """What a viewer did with the ads of one ad group of an A/B test; kept while its result may be read."""

    id = models.BigAutoField(primary_key=True)
    test_id = models.BigIntegerField()
    ad_group_id = models.BigIntegerField()
    viewer_id = models.TextField()
    impressions = models.BigIntegerField(default=0)
    engaged = models.BigIntegerField(default=0)  # 6-second views.
    clicks = models.BigIntegerField(default=0)  # On the way to the destination.
    kept_until = models.DateTimeField()

    class Meta:
        db_table = "reporting_trial"
        constraints = [
            models.UniqueConstraint(fields=["test_id", "ad_group_id", "viewer_id"], name="reporting_trial_once")
        ]
        indexes = [
            models.Index(fields=["kept_until"], name="reporting_trial_kept"),
            models.Index(fields=["viewer_id"], name="reporting_trial_viewer"),
        ]


class LiftViewer(models.Model):
    """A viewer for whom a campaign in a lift test won a slot, and whether they did what is measured afterwards."""

    id = models.BigAutoField(primary_key=True)
    test_id = models.BigIntegerField()
    viewer_id = models.TextField()
    control = models.BooleanField()  # It was kept from them.
    entered_ms = models.BigIntegerField()  # The first such slot.
    converted = models.BooleanField(default=False)
    engaged = models.BooleanField(default=False)
    kept_until = models.DateTimeField()

    class Meta:
        db_table = "reporting_lift_viewer"
        constraints = [models.UniqueConstraint(fields=["test_id", "viewer_id"], name="reporting_lift_once")]
        indexes = [
            models.Index(fields=["kept_until"], name="reporting_lift_kept"),
            models.Index(fields=["viewer_id"], name="reporting_lift_viewer_id"),
        ]


class ViewerNumber(models.Model):
    """By which number an account's days know a viewer. The pseudonym stands here alone: an erasure deletes this row."""

    id = models.BigAutoField(primary_key=True)
    account_id = models.BigIntegerField()
    viewer_id = models.TextField()
    last_day = models.DateField()  # When the viewer last saw one of the account's ads, by the account's clock.

    class Meta:
        db_table = "reporting_viewer_number"
        constraints = [models.UniqueConstraint(fields=["account_id", "viewer_id"], name="reporting_viewer_number_once")]
        indexes = [
            models.Index(fields=["viewer_id"], name="reporting_viewer_number_viewer"),
            models.Index(fields=["last_day"], name="reporting_viewer_number_last"),
        ]


class ViewerDay(models.Model):
    """How often one viewer saw an ad on one of its account's days. Viewer 0: all who cannot be known again."""

    pk = models.CompositePrimaryKey("ad_id", "day", "viewer")  # There are many: no number of their own besides.
    ad_id = models.BigIntegerField()
    day = models.DateField()
    viewer = models.BigIntegerField()
    impressions = models.BigIntegerField()

    class Meta:
        db_table = "reporting_viewer_day"
        indexes = [models.Index(fields=["day"], name="reporting_viewer_day_day")]


class Fate(models.Model):
    """What became of an ad in the slots of a UTC hour, by name, summed over ad servers. Ad 0: what is of no ad."""

    pk = models.CompositePrimaryKey("ad_id", "hour_at", "name")  # There are many: no number of their own besides.
    ad_id = models.BigIntegerField()
    hour_at = models.DateTimeField()
    name = models.CharField(max_length=NAME_MAX)
    count = models.BigIntegerField()

    class Meta:
        db_table = "reporting_fate"
        indexes = [models.Index(fields=["hour_at"], name="reporting_fate_hour")]


class AdServerLife(models.Model):
    """Up to when one ad server's process has handed over what it counts."""

    server = models.CharField(max_length=NAME_MAX, primary_key=True)
    number = models.BigIntegerField()  # Of its last record.
    through_at = models.DateTimeField()
    ended = models.BooleanField()  # It stopped in order: nothing follows.
    given_up = models.BooleanField()  # It fell silent; what it had counted since is noted as lost.

    class Meta:
        db_table = "reporting_ad_server_life"
        indexes = [models.Index(fields=["through_at"], name="reporting_life_through")]


class WatchedShowing(models.Model):
    """How long one showing has been watched so far; kept for as long as anything of it counts. Whose it was is not in it."""

    decision_id = models.BigIntegerField(primary_key=True)
    day = models.DateField()  # The UTC day on which it was decided.
    milliseconds = models.BigIntegerField()

    class Meta:
        db_table = "reporting_watched_showing"
        indexes = [models.Index(fields=["day"], name="reporting_watched_showing_day")]


class Retention(models.Model):
    """How many showings of a post, organic or paid, of one UTC day were watched for so many seconds."""

    pk = models.CompositePrimaryKey(
        "post_id", "paid", "day", "second"
    )  # There are many: no number of their own besides.
    post_id = models.BigIntegerField()
    paid = models.BooleanField()
    day = models.DateField()
    second = models.PositiveSmallIntegerField()
    showings = models.BigIntegerField()

    class Meta:
        db_table = "reporting_retention"


class ReportTask(models.Model):
    """A report that somebody of an ad account had made in the background, and its file for as long as it is kept."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account_id = models.BigIntegerField()
    person_id = models.BigIntegerField()  # Who asked: it is made with the rights that they have then.
    asked = models.JSONField(default=dict)  # What of, in the words of the edge that makes it.
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10)  # tasks.rules.State
    problem = models.CharField(max_length=1000, default="")  # Why it failed.
    content = models.BinaryField(null=True)  # Compressed; gone when it expires.
    content_type = models.CharField(max_length=100, default="")
    rows = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "reporting_task"
        indexes = [
            models.Index(fields=["account_id", "-id"], name="reporting_task_account"),
            models.Index(fields=["expires_at"], name="reporting_task_expires"),
        ]


class PublicAd(models.Model):
    """An ad that was shown to somebody, as the public repository keeps it until a year after the last time."""

    ad = models.OneToOneField(
        "advertising.Ad", on_delete=models.PROTECT, primary_key=True, db_constraint=False, related_name="+"
    )  # No constraint: the log may tell of ads that the tables do not have, and such a record is told to nobody.
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "reporting_public_ad"
        indexes = [models.Index(fields=["last_at"], name="reporting_public_ad_last")]


class PublicAdViewer(models.Model):
    """That an ad reached a viewer, by the number that days know: who is counted once is in here once."""

    pk = models.CompositePrimaryKey("ad_id", "viewer")  # There are many: no number of their own besides.
    ad_id = models.BigIntegerField()
    viewer = models.BigIntegerField()

    class Meta:
        db_table = "reporting_public_ad_viewer"


class PublicAdCountry(models.Model):
    """How many viewers an ad reached by the country of the first time, "" where it is not known."""

    pk = models.CompositePrimaryKey("ad_id", "country")
    ad_id = models.BigIntegerField()
    country = models.CharField(max_length=2)
    viewers = models.BigIntegerField()

    class Meta:
        db_table = "reporting_public_ad_country"
