"""What a host app tells of its accounts, posts, sounds and follows, and how each item is judged; pure.

Each item has the host's own id and a version that only grows, such as the milliseconds of its last change: what arrives
late, twice or out of order never takes the place of something newer.
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec

from vonk.content.picture_sets import PICTURES_MAX, clean_alt
from vonk.content.rules import Disclosure, Format, Visibility
from vonk.core.errors import FieldInvalid
from vonk.core.taxonomy import AgeBand

EXTERNAL_ID_MAX: Final = 128
REMOTE_CHARS_MAX: Final = 500
PAIR_CHARS_MAX: Final = 2 * EXTERNAL_ID_MAX + 1
ITEMS_MAX: Final = 500  # Of one batch: some seconds of one transaction.
DELETIONS_MAX: Final = 100  # Erasing an account is a transaction over every area.
REFUSED_MAX: Final = 10_000  # Of one host: refused items of which nothing else is known are not kept beyond.
VERSION_MAX: Final = 2**63 - 1
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
SIDE_MAX: Final = 16_384
DURATION_MS_MAX: Final = 12 * 60 * 60 * 1000
_EXTERNAL_ID: Final = re.compile(rf"[\x21-\x7e]{{1,{EXTERNAL_ID_MAX}}}")

Version = Annotated[
    int, msgspec.Meta(ge=0, le=VERSION_MAX, description="It only grows: milliseconds of the last change.")
]


class ItemKind(StrEnum):
    """What a host syncs."""

    ACCOUNT = "account"
    POST = "post"
    SOUND = "sound"
    FOLLOW = "follow"


class Verdict(StrEnum):
    """What became of one item."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"  # This version was applied before.
    STALE = "stale"  # A newer version was applied before; nothing was changed.
    REFUSED = "refused"  # ``code`` and ``reason`` say why; nothing was changed.


class Media(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A film that stays at the host, at addresses within an origin that the operator has allowed."""

    video_url: str
    poster_url: str
    width: int
    height: int
    duration_ms: int
    has_sound: bool = True


class RemotePicture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture that stays at the host, at addresses within an origin that the operator has allowed.

    ``small_url`` is the same one, smaller; "" for none. ``alt`` says what it shows, for who does not see it.
    """

    url: str
    width: int
    height: int
    small_url: str = ""
    alt: str = ""


class AccountItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of a host's people."""

    external_id: str
    version: Version
    display_name: str
    country: str
    handle: str | None = None
    avatar_url: str = ""
    language: str = "en"
    birth_year: int | None = None
    age_band: AgeBand | None = None
    personalised: bool = False
    private: bool = False
    suspended: bool = False


class PostItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A post of one of a host's people: media or 1 to 35 pictures that stay at the host, or a video uploaded here."""

    external_id: str
    version: Version
    account: str
    created_at: Annotated[datetime, msgspec.Meta(tz=True)]
    media: Media | None = None
    video_id: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,19}$")] | None = None
    pictures: tuple[RemotePicture, ...] = ()
    caption: str = ""
    sound: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    may_duet: bool = True
    may_stitch: bool = True
    format: Format = Format.VIDEO
    disclosure: Disclosure = Disclosure.NONE
    ai_generated: bool = False


class SoundItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sound of a host's library. ``commercial``: it may be heard in ads, in ``countries``; none: everywhere."""

    external_id: str
    version: Version
    title: str
    commercial: bool
    countries: tuple[str, ...] = ()


class FollowItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether one of a host's people follows another."""

    follower: str
    followed: str
    version: Version
    following: bool = True

    @property
    def external_id(self) -> str:
        """Return the pair's name. Ids hold no blanks."""
        return f"{self.follower} {self.followed}"


class Deletion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account, post or sound that the host has no more."""

    kind: ItemKind
    external_id: str
    version: Version


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one item of a batch. ``id`` is its object here, 0 while there is none.

    ``kept`` names what stays as it was although the rest was applied: what creators agreed to does not change under ads.
    """

    external_id: str
    verdict: Verdict
    id: int = 0
    code: str = ""
    reason: str = ""
    kept: tuple[str, ...] = ()


def key_of(external_id: str) -> str:
    """Return what a host's id is found by, also when the id itself is erased."""
    return hashlib.sha256(external_id.encode()).hexdigest()


def require_external_id(text: str, field: str = "external_id") -> None:
    """Raise FieldInvalid unless it can be a host's id."""
    if not _EXTERNAL_ID.fullmatch(text):
        raise FieldInvalid(field, "1 to %(most)s printable ASCII characters without blanks", most=EXTERNAL_ID_MAX)


def require_name(text: str, kind: ItemKind) -> None:
    """Raise FieldInvalid unless it can be the host's id of such a thing; a follow's is the two ids of its accounts."""
    if kind is not ItemKind.FOLLOW:
        require_external_id(text)
        return
    follower, _, followed = text.partition(" ")
    require_external_id(follower, "follower")
    require_external_id(followed, "followed")


def require_remote(url: str, field: str, origins: Collection[str]) -> str:
    """Return the address of a file at the host; FieldInvalid unless it lies within an origin that the operator allowed."""
    if not 0 < len(url) <= REMOTE_CHARS_MAX or not url.isascii() or not url.isprintable() or set(url) & set(" \\\"'<>"):
        raise FieldInvalid(field, "an address of 1 to %(most)s plain ASCII characters", most=REMOTE_CHARS_MAX)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FieldInvalid(field, "not an address") from error
    if parts.username is not None or parts.password is not None or parts.fragment or not host:
        raise FieldInvalid(field, "an address without name, password and fragment")
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    if origin not in origins:
        raise FieldInvalid(field, "its origin is not among the platform's host_media_origins")
    return url


def require_media(media: Media, origins: Collection[str]) -> None:
    """Raise FieldInvalid unless a feed can draw the film."""
    require_remote(media.video_url, "media.video_url", origins)
    require_remote(media.poster_url, "media.poster_url", origins)
    for field, number, most in (
        ("width", media.width, SIDE_MAX),
        ("height", media.height, SIDE_MAX),
        ("duration_ms", media.duration_ms, DURATION_MS_MAX),
    ):
        if not 1 <= number <= most:
            raise FieldInvalid(f"media.{field}", "1 to %(most)s", most=most)


def require_pictures(given: Sequence[RemotePicture], origins: Collection[str]) -> None:
    """Raise FieldInvalid unless a feed can draw the pictures."""
    if not 1 <= len(given) <= PICTURES_MAX:
        raise FieldInvalid("pictures", "1 to %(most)s pictures", most=PICTURES_MAX)
    for number, one in enumerate(given):
        place = f"pictures.{number}"
        require_remote(one.url, f"{place}.url", origins)
        if one.small_url:
            require_remote(one.small_url, f"{place}.small_url", origins)
        if one.alt != clean_alt(one.alt, f"{place}.alt"):
            raise FieldInvalid(f"{place}.alt", "single blanks alone")
        for field, side in (("width", one.width), ("height", one.height)):
            if not 1 <= side <= SIDE_MAX:
                raise FieldInvalid(f"{place}.{field}", "1 to %(most)s", most=SIDE_MAX)


def is_remote(key: str) -> bool:
    """Say whether a file stays at a host, so that its address stands in the place of a key."""
    return "://" in key
