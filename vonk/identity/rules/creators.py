"""What a creator may let a developer's app do in their name; pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from vonk.control.scope import Right


class CreatorScope(StrEnum):
    """One thing that a creator allows an app; the names are v1.3's, so that published apps ask for them."""

    PROFILE = "user.info.basic"
    POSTS = "video.list"
    CODES = "biz.spark.auth"
    CAMPAIGNS = "tcm.order.update"


RIGHTS_OF_SCOPE: Final[dict[CreatorScope, frozenset[Right]]] = {
    CreatorScope.PROFILE: frozenset({Right.VIEW}),
    CreatorScope.POSTS: frozenset({Right.VIEW, Right.CREATE}),
    CreatorScope.CODES: frozenset({Right.VIEW, Right.CREATE}),
    CreatorScope.CAMPAIGNS: frozenset({Right.VIEW, Right.CREATE}),
}
"""Each opens the operations that are declared for it and no others; these are the rights with which they act."""


def known_scopes(names: Iterable[str]) -> tuple[CreatorScope, ...]:
    """Return those of the names that there are, in their order; the profile goes with every one of them."""
    asked = set(names)
    found = tuple(one for one in CreatorScope if one.value in asked)
    return found if not found or CreatorScope.PROFILE in found else (CreatorScope.PROFILE, *found)
