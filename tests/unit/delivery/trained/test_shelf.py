"""Which model is served, and back again."""

from pathlib import Path

import pytest

from vonk.delivery.trained.shelf import POINTER, NameUnknown, NothingBefore, PointerDamaged, Shelf

FIRST, SECOND, THIRD = (f"2026112{number}T120000Z-0000000{number}" for number in (1, 2, 3))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    found = Shelf(tmp_path / "models")
    found.directory.mkdir()
    for name in (FIRST, SECOND, THIRD):
        found.path(name).write_bytes(b"model")
    return found


def test_nothing_is_served_until_something_is_published(shelf: Shelf) -> None:
    assert (shelf.pointer().name, shelf.pointer().automatic) == ("", True)
    with pytest.raises(NothingBefore):
        shelf.roll_back(by="olu", at_ms=1)


def test_one_step_back_leads_to_what_was_served_before_and_the_next_one_further(shelf: Shelf) -> None:
    for at_ms, name in enumerate((FIRST, SECOND, THIRD)):
        assert shelf.publish_if_automatic(name, by="training", at_ms=at_ms)
    assert [shelf.roll_back(by="olu", at_ms=9).name for _ in range(3)] == [SECOND, FIRST, ""]
    assert shelf.pointer().automatic is False
    assert [change.act for change in shelf.pointer().changes] == ["publish"] * 3 + ["rollback"] * 3


def test_after_a_rollback_no_candidate_takes_over_until_somebody_publishes(shelf: Shelf) -> None:
    shelf.publish(FIRST, by="olu", at_ms=1)
    shelf.publish(SECOND, by="olu", at_ms=2)
    shelf.roll_back(by="olu", at_ms=3)
    assert not shelf.publish_if_automatic(THIRD, by="training", at_ms=4)
    assert shelf.pointer().name == FIRST
    shelf.publish(SECOND, by="olu", at_ms=5)
    assert shelf.publish_if_automatic(THIRD, by="training", at_ms=6)


def test_a_model_that_is_gone_is_not_gone_back_to(shelf: Shelf) -> None:
    for name in (FIRST, SECOND, THIRD):
        shelf.publish(name, by="olu", at_ms=1)
    shelf.path(SECOND).unlink()
    assert shelf.roll_back(by="olu", at_ms=2).name == FIRST


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "20261121T120000Z-0000000g", FIRST + "/x"])
def test_what_is_no_name_is_no_path(shelf: Shelf, name: str) -> None:
    with pytest.raises(NameUnknown):
        shelf.publish(name, by="mallory", at_ms=1)


@pytest.mark.parametrize("content", [b"", b"{", b'{"name":"../../secret"}', b'{"name":7}', b"\xff\xfe"])
def test_a_damaged_pointer_is_named_and_mended_by_publishing(shelf: Shelf, content: bytes) -> None:
    (shelf.directory / POINTER).write_bytes(content)
    with pytest.raises(PointerDamaged):
        shelf.pointer()
    shelf.publish(FIRST, by="olu", at_ms=1)
    assert shelf.pointer().name == FIRST
