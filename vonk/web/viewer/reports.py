"""Why a viewer reports a post or an ad, in words."""

import msgspec
from django.utils.translation import gettext as _

from vonk.content.judgements import REPORT_TEXTS, ReportReason

__all__ = ["ReasonView", "ReportReason", "offered"]


class ReasonView(msgspec.Struct, frozen=True):
    """A reason as it is offered."""

    value: int
    label: str


def offered() -> list[ReasonView]:
    """Return every reason in the reader's language."""
    return [ReasonView(int(reason), _(text)) for reason, text in REPORT_TEXTS.items()]  # noqa: INT001 - a closed list.
