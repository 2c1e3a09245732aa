"""How texts are compared with blocked words."""

import pytest

from vonk.content.moderation import first_hit, folded


@pytest.mark.parametrize(
    ("text", "words", "hit"),
    [
        ("What a SCAM!", ("scam",), "scam"),
        ("scammers all", ("scam",), None),
        ("a class act", ("ass",), None),
        ("ass", ("ass",), "ass"),
        ("free  gold\nnow", ("free gold",), "free gold"),
        ("ＦＲＥＥ gold", ("free",), "free"),
        ("Straße", ("strasse",), "strasse"),
        ("这是骗子的广告", ("骗子",), "骗子"),
        ("call 06-123", ("06-123",), "06-123"),
        ("06-1234", ("06-123",), None),
        ("so 💩 bad", ("💩",), "💩"),
        ("(scam)", ("other", "scam"), "scam"),
        ("a.c", ("abc", "a.c"), "a.c"),
        ("", ("scam",), None),
        ("nothing", (), None),
    ],
)
def test_a_word_stands_in_a_text_as_a_whole(text: str, words: tuple[str, ...], hit: str | None) -> None:
    assert first_hit(text, [folded(word) for word in words]) == hit
