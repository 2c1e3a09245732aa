"""What viewers read above the caption of a post that serves somebody's commercial interest (reference §3, O25)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from vonk.content.rules import Disclosure

DISCLOSURES: Final = {
    Disclosure.OWN_BRAND: _("Promotional content"),
    Disclosure.BRANDED: _("Paid partnership"),
}


def words_of(disclosure: Disclosure) -> str:
    """Return the words, "" for a post that discloses nothing."""
    return str(DISCLOSURES.get(disclosure, ""))
