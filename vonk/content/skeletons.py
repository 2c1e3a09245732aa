"""Texts as a creator's blocked words are compared with them: what looks alike is alike; pure.

Case, width, accents, invisible characters, and letters of other scripts that are drawn like Latin ones make no
difference, and neither do figures and signs written for letters within a word. Two texts with one skeleton look the same
to a reader who is not looking closely, which is how a word is smuggled past a list.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_DRAWN_LIKE: Final[dict[str, str]] = {
    "a": "\u0430\u0251\u03b1",  # Cyrillic a, Latin alpha, Greek alpha.
    "b": "\u0432\u044c",  # Cyrillic ve, soft sign.
    "c": "\u0441\u03f2",  # Cyrillic es, Greek lunate sigma.
    "d": "\u0501\u0111\u00f0",  # Cyrillic komi de, Latin d with stroke, eth.
    "e": "\u0435\u0454\u03b5\u04bd",  # Cyrillic ie, ukrainian ie, Greek epsilon, Cyrillic abkhasian che.
    "f": "\u0192",  # Latin f with hook.
    "g": "\u0261\u0581",  # Latin script g, Armenian co.
    "h": "\u04bb\u0570\u0127",  # Cyrillic shha, Armenian ho, Latin h with stroke.
    "i": "\u0456\u0131\u0269\u03b9",  # Cyrillic byelorussian i, Latin dotless i, iota, Greek iota.
    "j": "\u0458\u03f3",  # Cyrillic je, Greek yot.
    "k": "\u043a\u03ba",  # Cyrillic ka, Greek kappa.
    "l": "\u04cf\u0142",  # Cyrillic palochka, Latin l with stroke.
    "m": "\u043c",  # Cyrillic em.
    "n": "\u043f\u0578\u03b7\u014b",  # Cyrillic pe, Armenian vo, Greek eta, Latin eng.
    "o": "\u043e\u03bf\u0585\u00f8\u03c3",  # Cyrillic o, Greek omicron, Armenian oh, Latin o with stroke, sigma.
    "p": "\u0440\u03c1",  # Cyrillic er, Greek rho.
    "q": "\u051b\u0566",  # Cyrillic qa, Armenian za.
    "r": "\u0433",  # Cyrillic ghe.
    "s": "\u0455",  # Cyrillic dze.
    "t": "\u0442\u03c4\u0167",  # Cyrillic te, Greek tau, Latin t with stroke.
    "u": "\u03c5\u057d\u0446",  # Greek upsilon, Armenian seh, Cyrillic tse.
    "v": "\u0475\u03bd",  # Cyrillic izhitsa, Greek nu.
    "w": "\u051d\u03c9\u0561",  # Cyrillic we, Greek omega, Armenian ayb.
    "x": "\u0445\u03c7",  # Cyrillic ha, Greek chi.
    "y": "\u0443\u04af\u03b3",  # Cyrillic u, straight u, Greek gamma.
}
_LETTERS: Final = str.maketrans({like: letter for letter, alike in _DRAWN_LIKE.items() for like in alike})
_FOR_LETTERS: Final = str.maketrans("013457@$", "oieastas")  # Within a word that has a letter: "sc4m", "$cam".
_MIXED: Final = re.compile(r"[\w@$]+")
_KEPT_MARKS: Final = frozenset({0, 7, 9})  # Combining classes of vowel signs, nuktas and viramas: letters, not accents.
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Co", "Cn"})


def skeleton(text: str) -> str:
    """Return the text as it is compared. It may be longer than the text: some letters are two."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(filter(_says_something, unicodedata.normalize("NFKD", _spaced(folded))))
    alike = unicodedata.normalize("NFC", bare.translate(_LETTERS))
    return " ".join(_MIXED.sub(_spelt, alike).split())


def first_hit(text: str, words: Iterable[str]) -> str | None:
    """Return the first of the words (skeletons) that stands in the text as a whole, None when none does.

    Of a script that writes without spaces it stands there wherever its letters do.
    """
    said = skeleton(text)
    return next((word for word in words if word and word in said and _stands(word, said)), None)


def _spaced(text: str) -> str:
    """Return the text with a blank for each line break and tab: they part words, and are not merely invisible."""
    return " ".join(text.split())


def _says_something(character: str) -> bool:
    category = unicodedata.category(character)
    if category in _INVISIBLE or character == "\u034f":  # The combining grapheme joiner is a mark by name alone.
        return False
    return not (category == "Mn" and unicodedata.combining(character) not in _KEPT_MARKS) and not _selects(character)


def _selects(character: str) -> bool:
    """Say whether it only chooses how the one before it is drawn."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _spelt(found: re.Match[str]) -> str:
    word = found.group()
    return word.translate(_FOR_LETTERS) if any(map(str.isalpha, word)) else word


def _stands(word: str, said: str) -> bool:
    before = r"(?<!\w)" if _cased(word[0]) else ""
    after = r"(?!\w)" if _cased(word[-1]) else ""
    return re.search(before + re.escape(word) + after, said) is not None


def _cased(letter: str) -> bool:
    return letter.isdecimal() or letter.lower() != letter.upper()
