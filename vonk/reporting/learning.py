"""How far an ad group is in its learning phase: derived from the audit trail and the reports' counters, kept nowhere."""

from datetime import datetime
from zoneinfo import ZoneInfo

from vonk.advertising.queries import AdGroupView
from vonk.advertising.rules import learning
from vonk.billing.queries import By
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.identity import queries as identity
from vonk.reporting import results
from vonk.reporting.reports import Level, ad_report


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
    zone = ZoneInfo(identity.account_facts(scope.account).time_zone)
    until = min(now, since + learning.LASTS)
    report = ad_report(
        scope,
        level=Level.AD_GROUP,
        ids=[ad_group.id],
        start_date=since.astimezone(zone).date(),
        end_date=until.astimezone(zone).date(),
        by=By.HOUR,
    )
    hour = since.replace(minute=0, second=0, microsecond=0)
    counted = sum(
        step.counts.get(results.RESULTS, 0)
        for step in report.steps
        if isinstance(step.step, datetime) and hour <= step.step < until
    )
    return learning.judge(since, counted, now=now)
