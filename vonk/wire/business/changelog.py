"""What was changed in an ad account, by whom and when, as a CSV file: from the audit trail.

The file is made when it is fetched, so a task is a signed text that says what was asked, and is ready at once.
"""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from django.core import signing

from vonk.control import audit
from vonk.control.audit import EntryView
from vonk.control.scope import Right, Via
from vonk.core.errors import Missing
from vonk.identity.queries.details import colleagues
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.errors import PARAMETER, ParameterInvalid, answers
from vonk.wire.business.given import Given, moment, read_moment
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

SPAN_MAX: Final = timedelta(days=30)
OBJECTS_MAX: Final = 100
ROWS_MAX: Final = 20_000
FETCHED_WITHIN: Final = timedelta(days=7)
_SALT: Final = "business.changelog"

ObjectType = Literal["AD", "ADGROUP", "ADVERTISER", "CAMPAIGN", "INSTANT_FORM"]
OperationType = Literal[
    "AUDIT", "CREATE", "DELETE", "DOWNLOAD_LEADS", "STATUS", "SUBSCRIBE_FORM", "UNSUBSCRIBE_FORM", "UPDATE"
]

_NOUNS: Final[dict[str, str]] = {
    "ad": "AD", "ad_group": "ADGROUP", "ad_account": "ADVERTISER", "campaign": "CAMPAIGN", "review": "AD",
}  # fmt: skip
_ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "CREATE": (".created", ".opened"),
    "STATUS": (".switched_on", ".switched_off", ".suspended", ".unsuspended"),
    "UPDATE": (".changed", "_changed", "_accepted"),
    "DELETE": (".deleted",),
    "AUDIT": (".approved", ".rejected"),
}
_HEADER: Final = (
    "Time", "log_object_type", "Object ID", "Object", "Operator", "Source", "App ID", "Activity details",
)  # fmt: skip
_SOURCES: Final[dict[str, str]] = {
    Via.WEB: "Ads Manager", Via.PLATFORM_API: "Platform API", Via.BUSINESS_API: "Business API",
}  # fmt: skip


class TaskUnknown(Missing):
    """The text is no task of this ad account, or one too old."""

    code = "changelog_task_unknown"
    message = "There is no such change log task."
    cause = "It was made for another ad account, more than seven days ago, or is cut off."
    remedy = "Make another with changelog/task/create."
    field = "task_id"


answers({TaskUnknown.code: PARAMETER})


class TaskAsked(AskedOfAccount, frozen=True, kw_only=True):
    """Which changes, of at most 30 days: the last 30 unless given. Instants are UTC."""

    start_time: str | None = None
    end_time: str | None = None
    object_type: ObjectType | None = None
    object_ids: Annotated[list[Id], msgspec.Meta(max_length=OBJECTS_MAX)] | None = None
    operation_types: list[OperationType] | None = None


class TaskMade(Given, frozen=True):
    """The text by which the file is asked for; it counts for seven days."""

    task_id: str


class TaskOne(AskedOfAccount, frozen=True, kw_only=True):
    """Which task."""

    task_id: Annotated[str, msgspec.Meta(min_length=1, max_length=8_000)]


class TaskState(Given, frozen=True):
    """It is ready as soon as it is made."""

    status: str


class File(Given, frozen=True):
    """A CSV file's name and text."""

    file_name: str
    file_data: str


class ChangeLog(Given, frozen=True):
    """The file."""

    changelog: File


class _Wanted(msgspec.Struct, frozen=True):
    """What a task's text holds."""

    account_id: int
    made_at: datetime
    start: datetime
    end: datetime
    object_type: str | None
    object_ids: tuple[int, ...] | None
    operation_types: tuple[str, ...] | None


@operation(
    "POST",
    "changelog/task/create",
    may=Right.ACCOUNT_VIEW,
    summary="Ask for the change log of an ad account",
    example={
        "advertiser_id": "1838000000000000001",
        "start_time": "2026-11-01 00:00:00",
        "end_time": "2026-11-08 00:00:00",
    },
)
def create(call: Call[TaskAsked]) -> TaskMade:
    """Campaigns, ad groups, ads and the account itself: made, changed, switched, deleted, reviewed, suspended.

    With object_ids verdicts on ads are left out: they are the reviews'.
    """
    asked = call.asked
    end = read_moment(asked.end_time, "end_time") if asked.end_time is not None else call.now
    start = read_moment(asked.start_time, "start_time") if asked.start_time is not None else end - SPAN_MAX
    if not start < end <= start + SPAN_MAX:
        raise ParameterInvalid(field="start_time", reason=f"before end_time, by at most {SPAN_MAX.days} days")
    if asked.object_ids is not None and asked.object_type is None:
        raise ParameterInvalid(field="object_type", reason="required with object_ids")
    wanted = _Wanted(
        account_id=int(asked.advertiser_id),
        made_at=call.now,
        start=start,
        end=end,
        object_type=asked.object_type,
        object_ids=tuple(map(int, asked.object_ids)) if asked.object_ids is not None else None,
        operation_types=tuple(asked.operation_types) if asked.operation_types is not None else None,
    )
    return TaskMade(task_id=signing.dumps(msgspec.to_builtins(wanted), salt=_SALT, compress=True))


@operation(
    "GET",
    "changelog/task/check",
    may=Right.ACCOUNT_VIEW,
    summary="See whether a change log is ready",
    example={"advertiser_id": "1838000000000000001", "task_id": "…"},
)
def check(call: Call[TaskOne]) -> TaskState:
    """SUCCESS for every task that counts."""
    _read(call)
    return TaskState(status="SUCCESS")


@operation(
    "GET",
    "changelog/task/download",
    may=Right.ACCOUNT_VIEW,
    summary="Fetch a change log",
    example={"advertiser_id": "1838000000000000001", "task_id": "…"},
)
def download(call: Call[TaskOne]) -> ChangeLog:
    """The oldest first, 20,000 rows at most. People are named while they work in the account."""
    wanted = _read(call)
    nouns = [noun for noun, kind in _NOUNS.items() if wanted.object_type in (None, kind)]
    endings = [ending for kind in wanted.operation_types or () for ending in _ENDINGS.get(kind, ())]
    idle = wanted.operation_types is not None and not endings  # Of what is never done here there are no rows.
    rows = (
        []
        if idle
        else audit.changes(
            call.scope,
            start=wanted.start,
            end=wanted.end,
            actions=endings,
            nouns=nouns,
            object_ids=wanted.object_ids,
            at_most=ROWS_MAX,
        )
    )
    name = f"changelog_{wanted.account_id}_{wanted.start:%Y%m%d}_{wanted.end:%Y%m%d}.csv"
    return ChangeLog(changelog=File(file_name=name, file_data=_csv(rows, colleagues(call.scope))))


def _read(call: Call[TaskOne]) -> _Wanted:
    try:
        wanted = msgspec.convert(signing.loads(call.asked.task_id, salt=_SALT), _Wanted)
    except (signing.BadSignature, msgspec.ValidationError) as error:
        raise TaskUnknown from error
    if wanted.account_id != call.scope.account or wanted.made_at + FETCHED_WITHIN <= call.now:
        raise TaskUnknown
    return wanted


def _csv(rows: Sequence[EntryView], names: dict[int, str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for row in rows:
        detail = {key: value for key, value in row.detail.items() if key != "app_id"}
        writer.writerow((
            moment(row.at),
            _NOUNS[row.noun],
            str(row.detail["ad_id"] if row.noun == "review" else row.object_id),
            _plain(str(detail.get("name", ""))),
            _plain(names.get(row.person_id, "-") if row.person_id is not None else "System"),
            _SOURCES.get(row.via, "System"),
            str(row.detail.get("app_id", "")),
            _plain(msgspec.json.encode({"action": row.action, **detail}).decode()),
        ))  # fmt: skip
    return text.getvalue()


def _plain(text: str) -> str:
    """Return a text that no table program takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and text != "-" else text
