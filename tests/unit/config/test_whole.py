"""Bodies arrive whole or not at all."""

import io

import pytest

from vonk.config.whole import WholeInput


def test_a_whole_body_is_read_to_its_end() -> None:
    body = WholeInput(io.BytesIO(b"bread\nand rye"), 13)
    assert (body.readline(), body.read(3), body.read(5), body.read(5)) == (b"bread\n", b"and", b" rye", b"")


@pytest.mark.parametrize("size", [-1, 5, 100])
def test_half_a_body_is_none(size: int) -> None:
    body = WholeInput(io.BytesIO(b"bread"), 6)
    with pytest.raises(ConnectionResetError):
        list(iter(lambda: body.read(size), b""))


def test_half_a_body_is_none_by_lines_either() -> None:
    body = WholeInput(io.BytesIO(b"bread\nand"), 13)
    assert body.readline() == b"bread\n"
    with pytest.raises(ConnectionResetError):
        body.readline()
