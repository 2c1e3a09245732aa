"""How far an ad group is in its learning phase: derived from the audit trail and the reports' counters, kept nowhere."""

from datetime import datetime
from zoneinfo import ZoneInfo

from vonk.advertising import queries as advertising
from vonk.advertising.queries import AdGroupView
from vonk.advertising.queries.goals import goals
from vonk.advertising.rules import learning
from vonk.billing import queries as billing
from vonk.billing.queries import By
from vonk.content.queries.sums import hourly_sums_together
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.identity import queries as identity
from vonk.reporting import net, results
from vonk.reporting.attribution import queries as attribution
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.reports import midnight
from vonk.reporting.results import Aim


def learning_of(scope: Scope, ad_group: AdGroupView, *, now: datetime) -> learning.Learning:
    """Return the phase of an ad group in the scope's account; its results count from the whole hour of its beginning.

    It begins with the schedule, and anew with the last significant change of the ad group or its campaign's budget.
    """
    marked = [
        audit.last_marked(scope, noun, object_id, learning.MARK)
        for noun, object_id in (("ad_group", ad_group.id), ("campaign", ad_group.campaign_id))
    ]
    since = max(at for at in (ad_group.starts_at, *marked) if at is not None)
    if now < since:
        return learning.judge(since, 0, now=now)
    counted = _results(scope, ad_group, since, min(now, since + learning.LASTS))
    return learning.judge(since, counted, now=now)


def _results(scope: Scope, ad_group: AdGroupView, since: datetime, until: datetime) -> int:
    """Return what ``ad_report`` tells of the ad group's results in these hours; all its ads are for the same, so they are added up.

    A conversion is attributed by the hour, and a finding counts for its hour.
    """
    zone = ZoneInfo(identity.account_facts(scope.account).time_zone)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    start = max(since.replace(minute=0, second=0, microsecond=0), midnight(first, zone))
    ads = advertising.ads_under(account_id=scope.account, ad_group_ids=[ad_group.id], with_deleted=True)
    objective = advertising.objectives({ad_group.campaign_id})[ad_group.campaign_id]
    aim = Aim(objective, *goals(scope.account).get(ad_group.id, ()))
    sums = hourly_sums_together(ads.keys(), sorted(results.counted_as_result(aim)), start=start, end=until)
    counted = sum(value for _, _, value in sums)
    for row in attribution.attributed(ads.keys(), start=start, end=until):
        if row.touch is not TouchKind.EXPOSURE and results.is_result_conversion(aim, row.name):
            counted += row.count
    found = billing.finding_counts(start_date=first, end_date=last, by=By.HOUR, ad_ids=ads.keys())
    for one in net.corrections(found):
        within = isinstance(one.bucket, datetime) and start <= one.bucket < until
        if within and results.is_result(aim, one.metric):
            counted += one.value
    return counted
