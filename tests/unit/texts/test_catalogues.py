"""How texts are found and translations judged, and that the catalogues hold nothing wrong."""

import polib
import pytest
from django.utils.translation import gettext, override

from scripts.catalogues import PLURALS, faults_of, load
from scripts.extraction import Text, of_module, of_template
from vonk.control.wording import joined, later, nlater, said


def test_texts_of_a_module_are_found_by_what_it_calls_gettext() -> None:
    source = """
from django.utils.translation import gettext as _, ngettext, pgettext
from vonk.control.wording import later
a = _("One " "sentence.")
b = ngettext("%(n)d ad", "%(n)d ads", 2)
c = pgettext("verb", "Post")
d = later("Hello")
e = other("Not a text")
raise FieldInvalid("name", "too long")
raise NotFound(noun="post")
"""

    assert set(of_module(source)) == {
        Text("One sentence."),
        Text("%(n)d ad", "%(n)d ads"),
        Text("Post", context="verb"),
        Text("Hello"),
        Text("too long"),
        Text("post"),
    }


def test_texts_of_a_template_are_found_in_tags_blocks_and_constants() -> None:
    source = (
        "{% translate 'Save' %}{% translate \"It's 5 %\" as rate %}{{ name|default:_('Nobody') }}{% card _(\"Ads\") %}"
        "{% blocktranslate count n=ads trimmed %}\n  {{ n }} ad\n{% plural %}{{ n }} ads{% endblocktranslate %}"
        "{% translate 'Post' context 'verb' %}"
    )

    assert list(of_template(source)) == [
        Text("Save"),
        Text("It's 5 %%"),
        Text("Nobody"),
        Text("Ads"),
        Text("%(n)s ad", "%(n)s ads"),
        Text("Post", context="verb"),
    ]


@pytest.mark.parametrize(
    ("text", "translation", "faults"),
    [
        ("%(name)s writes", "%(name)s schrijft", []),
        ("%(name)s writes", "%(naam)s schrijft", ["other placeholders or markup"]),
        ("%(name)s writes", "schrijft", ["other placeholders or markup"]),
        ("%(n)d days", "%(n)s dagen", ["other placeholders or markup"]),
        ("Read <a>this</a>", "Lees dit", ["other placeholders or markup"]),
        ("100%% of it", "alles", []),
        ("Save", "Opslaan ", ["space at an end"]),
        ("Save", "", []),
    ],
)
def test_a_translation_has_the_placeholders_of_its_text(text: str, translation: str, faults: list[str]) -> None:
    assert list(faults_of(polib.POEntry(msgid=text, msgstr=translation))) == faults


def test_each_plural_form_has_its_placeholders_and_nothing_is_fuzzy() -> None:
    entry = polib.POEntry(msgid="One ad", msgid_plural="%(n)d ads", msgstr_plural={0: "%(n)d advertentie", 1: "meer"})
    entry.flags = ["fuzzy"]

    assert list(faults_of(entry)) == ["fuzzy", "other placeholders or markup"]


@pytest.mark.parametrize("language", PLURALS)
def test_no_translation_is_wrong(language: str) -> None:
    assert [(entry.msgid, fault) for entry in load(language) for fault in faults_of(entry)] == []


def test_a_text_is_said_again_for_its_reader() -> None:
    with override("en"):
        count = nlater("%(count)d post", "%(count)d posts", 2) % {"count": 2}
        text = joined(" ", (later("Log in"), "–", later("%(role)s") % {"role": later("Admin")})) + ": " + count

    assert text == "Log in – Admin: 2 posts"
    with override("nl"):
        assert said(text) == "Inloggen – Beheerder: 2 posts"
        assert said({"body": text, "n": 1}) == {"body": "Inloggen – Beheerder: 2 posts", "n": 1}
        assert gettext("Log in") == "Inloggen"
