"""The one table of what can be wrong with consent: from it follow the documents, the API's description and the tests.

Every error class of this folder is a row by itself; content's two that only show when a post is authorised are, too. To
add an error is to write its class. ``NUMBERS`` are TikTok's, where it has one; ``ALIASES`` names of TikTok's whose
cause has another name here (reference §8).
"""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Final

import msgspec

from vonk.authorisation.errors import access, consents, imports, invitations, limits, pushes, receipts, requests, terms
from vonk.content.errors import VideoNotReady
from vonk.core.errors import Actor, Problem

MODULES: Final[tuple[ModuleType, ...]] = (
    access,
    consents,
    imports,
    invitations,
    limits,
    pushes,
    receipts,
    requests,
    terms,
)

NUMBERS: Final[dict[str, int]] = {
    "auth_code_expired": 4025,
    "auth_code_format_error": 4013,
    "carousel_duet_not_supported": 4042,
    "mention_multiple_videos": 930002,
    "multi_duet_stitch_refuse": 900003,
    "story_video_not_supported": 4027,
    "video_deleted": 4002,
    "video_unavailable": 4002,
}

ALIASES: Final[dict[str, tuple[int, str]]] = {
    "illegal_item_status_error": (900012, "video_unavailable"),  # Its community rules were broken: it was removed.
    "call_db_fail": (-500, "database_busy"),
    "call_rpc_fail": (-500, "database_busy"),
}

# Every name of reference §8: TikTok's, then those that are needed and that it has not.
REFERENCE: Final[frozenset[str]] = frozenset(
    {
        "video_unavailable",
        "video_deleted",
        "auth_code_not_found",
        "auth_code_format_error",
        "auth_code_expired",
        "not_public_video",
        "story_video_not_supported",
        "carousel_duet_not_supported",
        "mention_multiple_videos",
        "multi_duet_stitch_refuse",
        "original_authorization_required",
        "auth_code_already_used",
        "authorization_revoked",
        "account_private",
        "account_banned",
        "identity_quota_reached",
        "account_quota_reached",
        "region_not_licensed",
        "music_rights_missing",
        "disclosure_missing",
        "spend_cap_reached",
        "category_not_allowed",
    }
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One error. Texts are the templates that each edge translates and fills."""

    code: str
    error: type[Problem]
    number: int | None
    message: str
    cause: str
    actor: Actor
    remedy: str
    link: str

    @property
    def kind(self) -> type[Problem]:
        """Return the kind, which tells each edge what it answers with."""
        return next(base for base in self.error.__mro__ if base.__module__ == Problem.__module__)


def _rows() -> Iterator[Row]:
    own = {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Problem) and value.__module__ == module.__name__
    }
    for error in sorted(own | {VideoNotReady}, key=lambda error: error.code):
        yield Row(
            code=error.code,
            error=error,
            number=NUMBERS.get(error.code),
            message=error.message,
            cause=error.cause,
            actor=error.actor,
            remedy=error.remedy,
            link=error.link,
        )


TABLE: Final[tuple[Row, ...]] = tuple(_rows())


def markdown(status_of_kind: Mapping[type[Problem], int]) -> str:
    """Return the table as the area's page has it. Statuses are the wire's: it alone knows HTTP."""
    lines = [
        "| Code | TikTok's | Status | What it says | Why | Who acts | Remedy | Where it starts |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{row.code}` | {row.number or ''} | {int(status_of_kind[row.kind])} | {row.message} | {row.cause} "
        f"| {row.actor.value} | {row.remedy} | {f'`{row.link}`' if row.link else ''} |"
        for row in TABLE
    ]
    return "\n".join(lines) + "\n"
