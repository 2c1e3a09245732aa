"""The codes of a developer's world: two that work, and one in each state in which a code must be refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from vonk.authorisation import post_codes
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.post_codes import CodeUse
from vonk.content.actions import disclosures, posts
from vonk.content.rules import Format, Visibility
from vonk.control.scope import PLATFORM, Scope

SHORT_DAYS: Final = 7
LONG_DAYS: Final = 30


class Coded(msgspec.Struct, frozen=True):
    """A post and its code."""

    post_id: int
    code: str


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """The creator's codes, called as in the world."""

    auth_code: Coded
    auth_code_2: Coded
    expired_code: Coded
    private_code: Coded
    unavailable_code: Coded
    duet_code: Coded

    @property
    def posts(self) -> dict[str, int]:
        """Return the post of each code."""
        return {name: getattr(self, name).post_id for name in self.__struct_fields__}


class CodeStanding(msgspec.Struct, frozen=True):
    """A code now, and what became of it."""

    code: str
    use: CodeUse


def make(creator: Scope, *, video_id: int, original: int, before: datetime, now: datetime) -> Codes:
    """Publish a post for each code and make the code; then let happen what it must be refused for."""

    def code(caption: str, *, at: datetime = now, days: int = LONG_DAYS, duet_of: int | None = None) -> Coded:
        post_id = posts.publish(creator, video_id=video_id, caption=caption, duet_of=duet_of, now=before)
        switches.set_post_authorisation(creator, post_id, on=True, now=at)
        return Coded(post_id, consents.issue(creator, post_id, duration_days=days, now=at).code)

    expired = code("Last week's loaf #bread", at=before, days=SHORT_DAYS)
    valid = code("Oven at five #bread")
    valid_2 = code("Kneading, slowly #bread")
    hidden = code("Only for me")
    posts.set_visibility(creator, hidden.post_id, Visibility.PRIVATE, now=now)
    removed = code("Taken down")
    posts.remove(PLATFORM, removed.post_id, "Sandbox: a post that was taken down", now=now)
    answer = code("An answer in pictures", duet_of=original)
    disclosures.set_format(creator, answer.post_id, Format.CAROUSEL, now=now)
    return Codes(
        auth_code=valid,
        auth_code_2=valid_2,
        expired_code=expired,
        private_code=hidden,
        unavailable_code=removed,
        duet_code=answer,
    )


def standing(creator: Scope, of_posts: Mapping[str, int], *, now: datetime) -> dict[str, CodeStanding]:
    """Return the code of each post, by its name in the world."""
    found = {name: post_codes.code_of(creator, post_id, now=now) for name, post_id in of_posts.items()}
    return {name: CodeStanding(one.code, one.use) for name, one in found.items()}
