"""Names and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.advertising.rules import texts
from vonk.core.errors import FieldInvalid


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Spring", "Spring"),
        ("  Spring  ", "Spring"),
        ("a" * 512, "a" * 512),
        ("春" * 256, "春" * 256),
        ("Brötchen für 3 € – ©", "Brötchen für 3 € – ©"),
        ("क्‍ष", "क्‍ष"),
    ],
)
def test_name_kept(text: str, kept: str) -> None:
    assert texts.name(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "a" * 513,
        "春" * 257,
        "春" * 256 + "a",
        "Loaf 🍞",
        "Sun ☀",
        "Star ⭐",
        "1️⃣",
        "🇳🇱",
        "two\nlines",
        "nul\x00",
    ],
)
def test_name_refused(text: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        texts.name(text)
    assert caught.value.field == "name"


@given(st.text(max_size=600))
def test_a_kept_name_is_kept_again(text: str) -> None:
    try:
        kept = texts.name(text)
    except FieldInvalid:
        return
    assert texts.name(kept) == kept
    assert 1 <= texts.width(kept) <= 512


@pytest.mark.parametrize(
    "address",
    [
        "https://bread.example/",
        "http://bread.example",
        "https://bread.example:8443/loaf?kind=rye&x=%20#oven",
        "https://127.0.0.1:8000/shop",
        "http://localhost/shop",
        "https://[::1]/shop",
        "https://bröd.example/å",
        "https://bread.example./",
        "HTTPS://BREAD.EXAMPLE/",
        "https://bread.example/" + "a" * (2048 - 22),
    ],
)
def test_address_kept(address: str) -> None:
    assert texts.landing_url(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bread.example",
        "//bread.example",
        "ftp://bread.example",
        "javascript:alert(1)",
        "https://",
        "https:///loaf",
        "https://ada@bread.example",
        "https://ada:secret@bread.example",
        "https://bread.example\\@evil.example",
        "https://bread .example",
        "https://bread.example/a b",
        "https://bread.example/\u00a0x",
        "https://bread.example/\tx",
        "https://bread.example/\u202egpj.exe",
        "https://bread\u200b.example/",
        "https://-bread.example",
        "https://bread..example",
        "https://bread.example:0",
        "https://bread.example:99999",
        "https://bread.example:x",
        "https://1.2.3.400",
        "https://1.2.3",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://" + "a" * 64 + ".example",
        "https://" + ".".join(["a" * 60] * 5),
        "https://bread.example/" + "a" * (2049 - 22),
    ],
)
def test_address_refused(address: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        texts.landing_url(address)
    assert caught.value.field == "landing_url"


@given(st.text(max_size=80) | st.text(max_size=40).map("https://{}".format))
def test_any_text_gets_an_answer(text: str) -> None:
    try:
        kept = texts.landing_url(text)
    except FieldInvalid:
        return
    assert kept.lower().startswith(("http://", "https://"))
