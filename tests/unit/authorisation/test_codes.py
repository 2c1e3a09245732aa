"""Codes: their form, how they are found, how they are kept."""

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from vonk.authorisation import codes
from vonk.authorisation.errors.consents import AuthCodeFormatError

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
OLD_CODE = "#" + "aB3-_" * 8  # As issued before there was a check character.
CODE = OLD_CODE + codes.check_character(OLD_CODE[1:])


def test_a_code_carries_240_random_bits() -> None:
    made = {codes.generate() for _ in range(200)}
    assert len(made) == 200
    assert all(len(code) == 42 and code[0] == "#" and codes.parse(code) == code for code in made)


@pytest.mark.parametrize("pasted", [CODE, CODE[1:], f"  {CODE}\r\n", f"\u200b{CODE[1:]}\u00a0", f"\t{CODE}\ufeff"])
def test_white_space_around_and_a_missing_sign_are_forgiven(pasted: str) -> None:
    assert codes.parse(pasted) == CODE


def test_codes_from_before_the_check_character_stay_valid() -> None:
    assert codes.parse(OLD_CODE) == codes.parse(OLD_CODE[1:]) == OLD_CODE
    assert codes.parse(CODE) == CODE


def test_powers_of_the_check_differ() -> None:
    """The proof of both tests below: 41 positions have 41 different weights, none of them zero.

    A character that is wrong by d in a position of weight w changes the sum by w·d, two swapped ones of weights v and w
    by (v - w)·d: a product of two values that are not zero, which in a field is not zero.
    """
    weights = [codes.checksum("B" + "A" * place) for place in range(41)]  # B is the field's 1, A its 0.
    assert len(set(weights)) == 41
    assert 0 not in weights
    assert len({codes.checksum("B" + "A" * place) for place in range(63)}) == 63


def test_every_single_wrong_character_is_told() -> None:
    """In each of the 41 places each of the 63 other characters; the sum is linear, so one code stands for all."""
    body = CODE[1:]
    for place, char in enumerate(body):
        for other in set(codes.ALPHABET) - {char}:
            with pytest.raises(AuthCodeFormatError):
                codes.parse(body[:place] + other + body[place + 1 :])


@given(st.lists(st.sampled_from(codes.ALPHABET), min_size=40, max_size=40).map("".join), st.data())
def test_every_swap_of_two_characters_is_told(random: str, data: st.DataObject) -> None:
    body = random + codes.check_character(random)
    for place in range(40):  # All neighbours, and one pair that stands apart.
        first, second = place, data.draw(st.integers(0, 40)) if place == 0 else place + 1
        chars = list(body)
        chars[first], chars[second] = chars[second], chars[first]
        swapped = "".join(chars)
        if swapped == body:
            assert codes.parse(swapped) == "#" + body
            continue
        with pytest.raises(AuthCodeFormatError):
            codes.parse(swapped)


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "#",
        " ",
        CODE[:-2],
        CODE[:-1] + "a",
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
    assert len(code) in {41, 42}


def test_a_code_is_found_by_a_hash_that_needs_the_key() -> None:
    # Reference: RFC 2104 over SHA-256, computed by `openssl dgst -sha256 -mac HMAC -macopt hexkey:…`.
    assert codes.digest(OLD_CODE, KEY) == "39c527cc5140ebf0c737f7538c3284207112cf89a2059dae9d0297b7c61c6bf1"
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
