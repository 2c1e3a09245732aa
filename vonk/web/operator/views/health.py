"""How the platform is doing: everything that is looked at, with what to do where it is not well. It refreshes itself."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from vonk.control import health
from vonk.control.health import FailedJob
from vonk.control.scope import Right, Scope
from vonk.reporting.fates import queries as fates
from vonk.web.common import fates as fate_words
from vonk.web.common import formats
from vonk.web.common.records import Badge, Chart, Tone
from vonk.web.common.requests import is_partial, now_of
from vonk.web.operator import ad_server
from vonk.web.operator.access import for_platform
from vonk.web.operator.health_checks import Check, Sample, checks

REFRESH_SECONDS: Final = 15
PARTS: Final = {
    "control": gettext_lazy("Control database"),
    "events": gettext_lazy("Event log"),
    "archive": gettext_lazy("Archive"),
    "media": gettext_lazy("Media"),
    "models": gettext_lazy("Models"),
}
_SECONDS_MAX: Final = 3_600.0  # Of two samples; older ones say nothing of now.


class HealthRow(msgspec.Struct, frozen=True):
    """One thing looked at."""

    name: str
    state: Badge
    remedy: str


class HealthPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``sample`` goes with the next refresh, for the rate; ``rate`` is "" until there are two."""

    headline: Badge
    at: datetime
    rows: tuple[HealthRow, ...]
    decisions: str
    rate: str
    sample: str
    outcome: Chart | None
    parts: tuple[tuple[str, str], ...]
    failures: tuple[FailedJob, ...]


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show it all; to htmx the part that changes."""
    now = now_of(request)
    template = "operator/parts/health.html" if is_partial(request) else "operator/health.html"
    record = _page(scope, _sample(request), now)
    return render(request, template, {"page": record, "refresh_seconds": REFRESH_SECONDS})


def _page(scope: Scope, before: Sample | None, now: datetime) -> HealthPage:
    readings = ad_server.readings()
    found = checks(scope, readings, now=now)
    decisions = readings.get("vonk_decide_seconds_count", 0.0) if readings is not None else 0.0
    here = Sample(decisions, timezone.now().timestamp())  # Both by the machine's clock: the sandbox's may jump.
    hours = fates.of_all(scope, start=now - timedelta(days=1), end=now)
    zone = ZoneInfo(timezone.get_default_timezone_name())
    return HealthPage(
        headline=_headline(found),
        at=now,
        rows=tuple(HealthRow(one.name, Badge(one.value, one.tone), one.remedy) for one in found),
        decisions=formats.number(decisions),
        rate=_rate(before, here),
        sample=f"{here.decisions:.0f}:{here.at:.3f}",
        outcome=fate_words.card(hours, 1, zone, "").outcome,
        parts=tuple(
            (
                str(PARTS[part.name]),
                filesizeformat(part.size_bytes)
                if part.whole
                else _("At least %(size)s") % {"size": filesizeformat(part.size_bytes)},
            )
            for part in health.storage(scope).parts
        ),
        failures=health.jobs(scope).failures,
    )


def _headline(found: tuple[Check, ...]) -> Badge:
    bad = sum(one.tone is Tone.BAD for one in found)
    warn = sum(one.tone is Tone.WARN for one in found)
    if bad:
        return Badge(
            ngettext("%(count)d thing needs you now", "%(count)d things need you now", bad) % {"count": bad}, Tone.BAD
        )
    if warn:
        return Badge(
            ngettext("%(count)d thing to look at", "%(count)d things to look at", warn) % {"count": warn}, Tone.WARN
        )
    return Badge(_("All is well"), Tone.GOOD)


def _sample(request: HttpRequest) -> Sample | None:
    """Return the sample of the page before, None where the address has none that can be read."""
    decisions, _colon, at = request.GET.get("sample", "").partition(":")
    try:
        return Sample(float(decisions), float(at))
    except ValueError:
        return None


def _rate(before: Sample | None, here: Sample) -> str:
    """Return decisions by the second between two samples; "" where they tell none, for example after a restart."""
    if before is None or not 0 < here.at - before.at < _SECONDS_MAX or here.decisions < before.decisions:
        return ""
    return formats.number((here.decisions - before.decisions) / (here.at - before.at), 1)
