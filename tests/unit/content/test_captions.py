import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.content import captions
from vonk.content.captions import Segment, SegmentKind
from vonk.content.errors import CaptionTooLong, MentionsTooMany
from vonk.core.errors import FieldInvalid


@pytest.mark.parametrize(
    ("text", "tags", "handles"),
    [
        ("", (), ()),
        ("Fresh bread #bakery #Bread #bread", ("bakery", "bread"), ()),
        (
            "#café #Kaffee_Zeit #日本語 #москва #हिन्दी #2026",
            ("café", "kaffee_zeit", "日本語", "москва", "हिन्दी", "2026"),
            (),
        ),
        ("#cafe\u0301", ("café",), ()),
        ("#❤️ #👩‍🍳cook #👍🏽", ("❤️", "👩‍🍳cook", "👍🏽"), ()),
        ("#a#b,#c!", ("a", "b", "c"), ()),
        ("C#minor a&#38; x_#y /#anchor", (), ()),
        ("# #! ##x", ("x",), ()),
        ("with @Cleo and @vik.", (), ("cleo", "vik")),
        ("@cleo's @cleo @a @a. mail cleo@example.org", (), ("cleo",)),
        ("(@vik_1.x) x@cleo", (), ("vik_1.x",)),
        ("@vik@cleo", (), ("vik", "cleo")),
        ("@" + "a" * 24, (), ("a" * 24,)),
        ("@" + "a" * 25, (), ()),
        ("\n#one\n@two\n", ("one",), ("two",)),
    ],
)
def test_hashtags_and_mentions(text: str, tags: tuple[str, ...], handles: tuple[str, ...]) -> None:
    read = captions.read(text)
    assert (read.tags, read.handles) == (tags, handles)


def test_a_tag_has_an_end() -> None:
    assert captions.read("#" + "x" * 150).tags == ("x" * 100,)


def test_length_is_counted_in_utf16_units() -> None:
    assert captions.read("🥐" * 1_100).text == "🥐" * 1_100
    with pytest.raises(CaptionTooLong) as caught:
        captions.read("🥐" * 1_100 + "x")
    assert caught.value.values == {"units": 2_201, "units_max": 2_200}


def test_thirty_people_are_enough() -> None:
    text = " ".join(f"@person{number}" for number in range(30))
    assert len(captions.read(text + " @person0").handles) == 30
    with pytest.raises(MentionsTooMany):
        captions.read(text + " @person30")


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[0m", "a\ud800b"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(FieldInvalid):
        captions.read(text)


def test_segments_link_known_people_alone() -> None:
    assert captions.segments("Hi @Cleo, @nobody #Bread!", {"cleo"}) == (
        Segment("Hi "),
        Segment("@Cleo", SegmentKind.MENTION, "cleo"),
        Segment(", @nobody "),
        Segment("#Bread", SegmentKind.HASHTAG, "bread"),
        Segment("!"),
    )


def test_links_to_posts() -> None:
    text = "see /@cleo/video/1790000000000000001 and /posts/12, /posts/12 but not /posts/x"
    assert captions.post_links(text) == (1790000000000000001, 12)


@given(
    st.text(alphabet=st.one_of(st.sampled_from("#@ab._ 🥐é\n"), st.characters(exclude_categories=["Cs"])), max_size=60)
)
def test_segments_joined_are_the_caption(text: str) -> None:
    pieces = captions.segments(text, {"ab"})
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)


@given(st.text(max_size=300))
def test_utf16_units_are_those_of_the_encoding(text: str) -> None:
    assert captions.utf16_units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2
