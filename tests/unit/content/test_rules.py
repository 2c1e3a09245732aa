import itertools

import pytest

from vonk.content.rules import Origin, PostState, Unavailable, Visibility, unavailable_reason


def state(**changes: object) -> PostState:
    fields: dict[str, object] = {
        "deleted": False,
        "removed": False,
        "profile_gone": False,
        "visibility": Visibility.PUBLIC,
        "ads_only": False,
        "origin": Origin.ORGANIC,
    }
    return PostState(**fields | changes)  # type: ignore[arg-type]  # Built from names.


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"visibility": Visibility.FRIENDS}, Unavailable.PRIVATE),
        ({"visibility": Visibility.PRIVATE}, Unavailable.PRIVATE),
        ({"visibility": Visibility.PRIVATE, "ads_only": True}, None),
        ({"visibility": Visibility.PRIVATE, "origin": Origin.ADVERTISER}, None),
        ({"profile_gone": True, "visibility": Visibility.PRIVATE}, Unavailable.PROFILE_BANNED),
        ({"removed": True, "profile_gone": True}, Unavailable.REMOVED),
        ({"deleted": True, "removed": True}, Unavailable.DELETED),
    ],
)
def test_why_a_post_is_unavailable(changes: dict[str, object], reason: Unavailable | None) -> None:
    assert unavailable_reason(state(**changes)) is reason


def test_ads_only_excuses_privacy_and_nothing_else() -> None:
    flags = itertools.product([False, True], repeat=3)
    for (deleted, removed, gone), visibility in itertools.product(flags, Visibility):
        found = unavailable_reason(
            state(deleted=deleted, removed=removed, profile_gone=gone, visibility=visibility, ads_only=True)
        )
        assert (found is None) == (not deleted and not removed and not gone)
