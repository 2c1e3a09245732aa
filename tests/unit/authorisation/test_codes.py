"""Codes: their form, how they are found, how they are kept."""

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from vonk.authorisation import codes
from vonk.authorisation.errors import AuthCodeFormatError

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
CODE = "#" + "aB3-_" * 8


def test_a_code_carries_240_random_bits() -> None:
    made = {codes.generate() for _ in range(200)}
    assert len(made) == 200
    assert all(len(code) == 41 and code[0] == "#" and codes.parse(code) == code for code in made)


@pytest.mark.parametrize("pasted", [CODE, CODE[1:], f"  {CODE}\r\n", f"\u200b{CODE[1:]}\u00a0", f"\t{CODE}\ufeff"])
def test_white_space_around_and_a_missing_sign_are_forgiven(pasted: str) -> None:
    assert codes.parse(pasted) == CODE


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "#",
        " ",
        CODE[:-1],
        CODE + "a",
        "#" + CODE,
        CODE[:20] + " " + CODE[20:],
        CODE[:-1] + "é",
        CODE[:-1] + "=",
        CODE[:-1] + "\x00",
        CODE + "\n" + CODE,
        "x" * 10_000,
    ],
)
def test_anything_else_is_a_format_error(pasted: str) -> None:
    with pytest.raises(AuthCodeFormatError) as caught:
        codes.parse(pasted)
    assert (caught.value.code, caught.value.field) == ("auth_code_format_error", "code")


@given(st.text(max_size=200))
def test_any_text_is_a_code_or_a_format_error(text: str) -> None:
    try:
        code = codes.parse(text)
    except AuthCodeFormatError:
        return
    assert code[1:] in text
    assert len(code) == 41


def test_a_code_is_found_by_a_hash_that_needs_the_key() -> None:
    # Reference: RFC 2104 over SHA-256, computed by `openssl dgst -sha256 -mac HMAC -macopt hexkey:…`.
    assert codes.digest(CODE, KEY) == "39c527cc5140ebf0c737f7538c3284207112cf89a2059dae9d0297b7c61c6bf1"
    assert codes.digest(CODE, OTHER_KEY) != codes.digest(CODE, KEY)
    assert codes.matches(CODE, codes.digest(CODE, KEY), KEY)
    assert not codes.matches(CODE[:-1] + "x", codes.digest(CODE, KEY), KEY)


def test_a_sealed_code_opens_with_its_key_in_its_row_alone() -> None:
    sealed, found_by = codes.encrypt(CODE, KEY), codes.digest(CODE, KEY)
    assert CODE.encode() not in sealed
    assert CODE[1:].encode() not in sealed
    assert codes.encrypt(CODE, KEY) != sealed
    assert codes.decrypt(sealed, found_by, KEY) == CODE
    with pytest.raises(InvalidToken):
        codes.decrypt(sealed, found_by, OTHER_KEY)
    with pytest.raises(ValueError, match="another consent's row"):
        codes.decrypt(sealed, codes.digest(codes.generate(), KEY), KEY)


def test_the_hint_is_the_end_of_the_code() -> None:
    assert codes.hint(CODE) == CODE[-4:]
