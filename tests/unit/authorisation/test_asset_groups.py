"""What groups make of a role: they raise it, and take back no more than they gave."""

import pytest

from vonk.authorisation.rules.groups import USES, Grant, Settled, settle


@pytest.mark.parametrize(
    ("current", "grant", "wanted", "role", "kept"),
    [
        (None, None, ["operator"], "operator", Grant(None, "operator")),
        ("analyst", None, ["operator"], "operator", Grant("analyst", "operator")),
        ("admin", None, ["operator"], "admin", Grant("admin", "admin")),  # Never lowered.
        ("operator", Grant(None, "operator"), ["operator", "admin"], "admin", Grant(None, "admin")),
        ("admin", Grant(None, "admin"), ["operator"], "operator", Grant(None, "operator")),  # One of two groups left.
        ("operator", Grant(None, "operator"), [], None, None),
        ("operator", Grant("analyst", "operator"), [], "analyst", None),
        ("admin", Grant(None, "operator"), [], "admin", None),  # Raised by hand meanwhile.
        (None, Grant("analyst", "operator"), [], None, None),  # Taken back by hand meanwhile.
        (USES, Grant(USES, USES), [], USES, None),
        (USES, Grant(None, USES), [], None, None),
        (None, None, [], None, None),
    ],
)
def test_what_becomes_of_a_role(
    current: str | None, grant: Grant | None, wanted: list[str], role: str | None, kept: Grant | None
) -> None:
    assert settle(current, grant, wanted) == Settled(role, kept)
