"""What an app may be allowed, in a person's words."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vonk.identity.rules import Permission

WORDS: Final[dict[Permission, str | Promise]] = {
    Permission.SEE: _("See these ad accounts, their campaigns, creatives, numbers and balance"),
    Permission.CAMPAIGNS: _("Make and change campaigns, ads and creatives, and use posts that creators allowed"),
    Permission.DETAILS: _("Change the accounts' name and contact, and accept terms"),
    Permission.MONEY: _("Move money, and ask for refunds"),
    Permission.BUSINESS: _("Manage the Business Center: people, partners, and access to creators"),
}
CHOSEN: Final = (Permission.CAMPAIGNS, Permission.DETAILS)  # Ticked until the person says otherwise.


def words_of(numbers: Iterable[int]) -> tuple[str, ...]:
    """Return the permissions' words, in their order; numbers of none are left out."""
    asked = set(numbers)
    return tuple(str(words) for permission, words in WORDS.items() if permission.value in asked)
