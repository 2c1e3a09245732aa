"""Words among an error's values: English for programs, and said by the edge in the language of whoever reads them."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

import vonk
from vonk.control import wording
from vonk.core.errors import FieldInvalid, Moment, NotFound, Phrase
from vonk.identity.errors import InvitationExpired
from vonk.web.common import problems


def test_a_reason_is_english_for_programs_and_the_reader_s_language_on_pages() -> None:
    problem = FieldInvalid("name", "1 to %(most)s printable characters", most=80)
    assert str(problem) == "name: 1 to 80 printable characters"
    with translation.override("fr"):
        assert problems.view_of(problem).message == "name\u00a0: de 1 à 80 caractères imprimables"
        assert problems.reason_of(problem) == "De 1 à 80 caractères imprimables."
        assert str(problem) == "name: 1 to 80 printable characters"
    with translation.override("nl"):
        assert problems.reason_of(problem) == "1 tot 80 afdrukbare tekens."


def test_a_noun_is_translated() -> None:
    with translation.override("fr"):
        assert problems.view_of(NotFound(noun="ad group")).message == "Introuvable\u00a0: groupe de publicités."


def test_an_instant_is_told_by_the_reader_s_clock_and_in_utc_to_programs() -> None:
    problem = InvitationExpired(organisation="Bakery", at=Moment(datetime(2026, 11, 23, 4, 31, tzinfo=UTC)))
    assert problem.fill(problem.cause) == "It was open until 2026-11-23 04:31 UTC."
    with translation.override("nl"), timezone.override(ZoneInfo("Europe/Amsterdam")):
        assert "23 nov 2026, 05:31 (Europe/Amsterdam)" in problems.view_of(problem).cause


def test_a_phrase_is_kept_and_said_later() -> None:
    phrase = Phrase("at most %(most)s characters", most=512)
    back = wording.given_back(wording.kept(phrase))
    assert back == phrase
    with translation.override("fr"):
        assert wording.of_value(back) == "512 caractères au plus"
    moment = Moment(datetime(2026, 11, 23, 4, 31, tzinfo=UTC))
    assert wording.given_back(wording.kept(moment)).at == moment.at


@pytest.mark.parametrize("called", ["FieldInvalid", "TermsOutOfBounds", "Phrase"])
def test_no_reason_is_poured_into_a_sentence_where_it_is_raised(called: str) -> None:
    """A text with its values in it is found in no catalogue."""
    place = 0 if called == "Phrase" else 1
    poured = [
        f"{path.name}:{node.lineno}"
        for path in sorted(Path(vonk.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == called
        and len(node.args) > place
        and isinstance(node.args[place], ast.JoinedStr | ast.BinOp)
    ]
    assert poured == []
