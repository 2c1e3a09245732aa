import pytest

from vonk.content import handles
from vonk.content.errors import HandleInvalid, HandleReserved


@pytest.mark.parametrize(
    ("text", "handle"),
    [("Cleo", "cleo"), ("@cleo.bakes_2", "cleo.bakes_2"), (" ab ", "ab"), (".a", ".a"), ("a" * 24, "a" * 24)],
)
def test_handles(text: str, handle: str) -> None:
    assert handles.parse(text) == handle


@pytest.mark.parametrize("text", ["", "a", "a" * 25, "cleo.", "cle o", "cléo", "cleo\n!", "cleo-1", "@", "ﬁne"])
def test_not_handles(text: str) -> None:
    with pytest.raises(HandleInvalid):
        handles.parse(text)


@pytest.mark.parametrize("text", ["admin", "Vonk", "a.d.m.i.n", "_support_", "__", "._"])
def test_reserved_handles(text: str) -> None:
    with pytest.raises(HandleReserved):
        handles.parse(text)
