"""What looks like a blocked word is one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.content.skeletons import first_hit, skeleton

CYRILLIC_SCAM = "\u0455\u0441\u0430m"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("What a SCAM!", "scam"),
        ("sc\u200bam", "scam"),  # Zero-width space,
        ("s\u200dc\ufeffa\u2060m", "scam"),  # joiner, no-break space, word joiner,
        ("s\u00adcam", "scam"),  # soft hyphen,
        ("s\u034fcam\ufe0f", "scam"),  # grapheme joiner and a variation selector.
        ("scâm", "scam"),
        ("s\u0338c\u0336a\u0335m", "scam"),
        ("ｓｃａｍ", "scam"),
        ("𝓼𝓬𝓪𝓶", "scam"),
        (CYRILLIC_SCAM, "scam"),
        ("scam", CYRILLIC_SCAM),
        ("ѕсαм", "scam"),
        ("$c4m", "scam"),
        ("SC4M", "ScAm"),
        ("free \n\t gold", "Free  Gold"),
        ("Straße", "strasse"),
        ("ſcam", "scam"),
        ("мошенник!", "Мошенник"),
        ("这是骗子的广告", "骗子"),
        ("dat is één oplichter", "EEN OPLICHTER"),
        ("so 💩 bad", "💩"),
        ("call 06-123", "06-123"),
    ],
)
def test_a_word_is_found_whatever_it_is_dressed_as(text: str, word: str) -> None:
    assert first_hit(text, [skeleton(word)]) == skeleton(word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("scammers all", "scam"),
        ("a class act", "ass"),
        ("s c a m", "scam"),
        ("50 euro", "so"),
        ("call 06-1234", "06-123"),
        ("", "scam"),
        ("nothing", ""),
        ("\u200b\u200d", "scam"),
    ],
)
def test_what_only_resembles_a_word_is_left_alone(text: str, word: str) -> None:
    assert first_hit(text, [skeleton(word)]) is None


@given(st.text(max_size=40))
def test_a_skeleton_is_its_own_and_every_text_has_one(text: str) -> None:
    once = skeleton(text)
    assert skeleton(once) == once
    assert not any(unicodedata.category(character) == "Cf" for character in once)
