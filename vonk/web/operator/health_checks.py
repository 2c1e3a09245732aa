"""What is looked at to tell how the platform is doing, from when on it is not well, and what to do then."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.control import event_log, health, lag, positions
from vonk.control.health import Jobs, Storage
from vonk.control.lag import Lag
from vonk.control.scope import Scope
from vonk.core.errors import Unavailable
from vonk.reporting.fates import queries as fates
from vonk.web.common import formats, problems
from vonk.web.common.records import Tone

LAG_WARN_SECONDS: Final = 10.0
LAG_BAD_SECONDS: Final = 120.0
SERVER_SILENT: Final = timedelta(minutes=3)  # Each hands its minutes over once a minute.
SERVERS_SINCE: Final = timedelta(days=1)
PUBLICATION_WARN_SECONDS: Final = 2.0
PUBLICATION_BAD_SECONDS: Final = 30.0
JOB_WARN_SECONDS: Final = 60.0
JOB_BAD_SECONDS: Final = 600.0
DISK_WARN_SHARE: Final = 0.2
DISK_BAD_SHARE: Final = 0.1
_CONSUMERS: Final = {
    "settle": gettext_lazy("Money"),
    "rollup": gettext_lazy("Numbers"),
    "attribution": gettext_lazy("Conversions"),
    "viewing": gettext_lazy("What people watched"),
    "retention": gettext_lazy("How long videos are watched"),
}


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at. ``remedy`` is what to do, "" as long as it is well."""

    name: str
    value: str
    tone: Tone
    remedy: str = ""


class Sample(msgspec.Struct, frozen=True):
    """How many decisions the ad server had made at an instant, by the page before: of two samples comes a rate."""

    decisions: float
    at: float


def checks(scope: Scope, readings: dict[str, float] | None, *, now: datetime) -> tuple[Check, ...]:
    """Return everything that is looked at."""
    return (
        *_consumers(now),
        _ad_server(readings),
        *_publications(readings),
        *_servers(scope, now),
        *_jobs(health.jobs(scope)),
        _disk(health.storage(scope)),
    )


def _graded(value: float, *, warn: float, bad: float) -> Tone:
    if value >= bad:
        return Tone.BAD
    return Tone.WARN if value >= warn else Tone.GOOD


def _consumers(now: datetime) -> Iterator[Check]:
    try:
        with event_log.lent() as log:
            for consumer in positions.consumers():
                yield _consumer(consumer, lag.of(consumer, log, now=now))
    except Unavailable as problem:
        yield Check(
            name=_("Event log"),
            value=problems.view_of(problem).message,
            tone=Tone.BAD,
            remedy=_(
                "Nothing is counted or billed until it can be read. Look at the disk and at the log's server, then at the logs of work."
            ),
        )


def _consumer(name: str, behind: Lag) -> Check:
    title = str(_CONSUMERS.get(name, name))
    tone = _graded(behind.seconds, warn=LAG_WARN_SECONDS, bad=LAG_BAD_SECONDS)
    count = formats.number(behind.records)
    words = ngettext(
        "%(count)s record behind, %(seconds)s s", "%(count)s records behind, %(seconds)s s", behind.records
    )
    return Check(
        name=_("Log to: %(what)s") % {"what": title},
        value=words % {"count": count, "seconds": formats.number(behind.seconds, 1)}
        if behind.records
        else _("Up to date"),
        tone=tone,
        remedy=_(
            "See that work runs (vonk work) and what its log says of this step. It catches up by itself; nothing is lost."
        )
        if tone is not Tone.GOOD
        else "",
    )


def _ad_server(readings: dict[str, float] | None) -> Check:
    if readings is None:
        return Check(
            name=_("Ad server"),
            value=_("Does not answer"),
            tone=Tone.BAD,
            remedy=_("No ads are shown and no events are taken. Start vonk ads, or correct the setting ads_url."),
        )
    failures = readings.get("vonk_log_failures", 0)
    if failures:
        return Check(
            name=_("Ad server"),
            value=_("Cannot write to the event log"),
            tone=Tone.BAD,
            remedy=_("Events wait in its memory. Make room on its disk, or bring the log's server back."),
        )
    count = int(readings.get("vonk_ads", 0))
    words = ngettext("Answers, with %(count)s ad", "Answers, with %(count)s ads", count)
    return Check(name=_("Ad server"), value=words % {"count": formats.number(count)}, tone=Tone.GOOD)


def _publications(readings: dict[str, float] | None) -> Iterator[Check]:
    if readings is None:
        return
    seconds = readings.get("vonk_publication_lag_seconds", 0.0)
    tone = _graded(seconds, warn=PUBLICATION_WARN_SECONDS, bad=PUBLICATION_BAD_SECONDS)
    yield Check(
        name=_("Publications to the ad server"),
        value=_("%(seconds)s s ago") % {"seconds": formats.number(seconds, 1)},
        tone=tone,
        remedy=_("Revocations and pauses reach viewers late. See that the ad server reaches the control database.")
        if tone is not Tone.GOOD
        else "",
    )


def _servers(scope: Scope, now: datetime) -> Iterator[Check]:
    for life in fates.lives(scope, since=now - SERVERS_SINCE):
        if life.ended:
            continue
        silent = life.given_up or now - life.through > SERVER_SILENT
        yield Check(
            name=_("Process %(name)s") % {"name": life.server},
            value=_("Silent for %(time)s") % {"time": timesince(life.through, now)} if silent else _("Alive"),
            tone=Tone.WARN if silent else Tone.GOOD,
            remedy=_(
                "If it was killed, another took its place and this line goes within a day; if it should run, start it."
            )
            if silent
            else "",
        )


def _jobs(found: Jobs) -> Iterable[Check]:
    tone = _graded(found.oldest_seconds, warn=JOB_WARN_SECONDS, bad=JOB_BAD_SECONDS)
    waiting = ngettext("%(count)s waits", "%(count)s wait", found.waiting) % {"count": formats.number(found.waiting)}
    running = ngettext("%(count)s runs", "%(count)s run", found.running) % {"count": formats.number(found.running)}
    yield Check(
        name=_("Jobs"),
        value=f"{waiting}, {running}",
        tone=tone,
        remedy=_("Videos, letters and files wait. See that work runs, and give it another process if it is busy.")
        if tone is not Tone.GOOD
        else "",
    )
    failed = ngettext("%(count)s failed today", "%(count)s failed today", found.failed)
    yield Check(
        name=_("Failed jobs"),
        value=failed % {"count": formats.number(found.failed)} if found.failed else _("None today"),
        tone=Tone.WARN if found.failed else Tone.GOOD,
        remedy=_("The last errors stand below; each says which job and why.") if found.failed else "",
    )


def _disk(found: Storage) -> Check:
    if found.free_share < DISK_BAD_SHARE:
        tone = Tone.BAD
    else:
        tone = Tone.WARN if found.free_share < DISK_WARN_SHARE else Tone.GOOD
    return Check(
        name=_("Disk"),
        value=_("%(free)s free of %(all)s")
        % {"free": filesizeformat(found.free_bytes), "all": filesizeformat(found.disk_bytes)},
        tone=tone,
        remedy=_(
            "Make room or a larger disk: without room no event is taken. Old events go to the archive with vonk archive compact."
        )
        if tone is not Tone.GOOD
        else "",
    )
