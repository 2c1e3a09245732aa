"""Identifiers leave a host as SHA-256 of one spelling, however a person wrote them."""

import hashlib

import pytest
from vonk_client import EventInvalid, hash_email, hash_external, hash_phone


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("spelling", ["vik@example.org", " Vik@Example.ORG \n", sha256("vik@example.org")])
def test_an_address_has_one_spelling(spelling: str) -> None:
    assert hash_email(spelling) == sha256("vik@example.org")


@pytest.mark.parametrize(
    ("spelling", "country_code"),
    [
        ("+31612345678", ""),
        ("+31 (6) 12-34.56/78", ""),
        ("0031 6 1234 5678", ""),
        ("06 1234 5678", "31"),
        ("6 1234 5678", "+31"),
        (sha256("+31612345678"), ""),
    ],
)
def test_a_number_has_one_spelling(spelling: str, country_code: str) -> None:
    assert hash_phone(spelling, country_code=country_code) == sha256("+31612345678")


@pytest.mark.parametrize("spelling", ["vik-7", " Vik-7 ", sha256("vik-7")])
def test_an_own_id_has_one_spelling(spelling: str) -> None:
    assert hash_external(spelling) == sha256("vik-7")


@pytest.mark.parametrize("wrong", ["", "vik", "@example.org", "vik@example", "v i k@example.org"])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(EventInvalid):
        hash_email(wrong)


@pytest.mark.parametrize("wrong", ["", "06 1234 5678", "+0612345678", "+31 six", "+316123456789012345"])
def test_what_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(EventInvalid):
        hash_phone(wrong)


def test_nothing_is_no_id() -> None:
    with pytest.raises(EventInvalid):
        hash_external(" ")
