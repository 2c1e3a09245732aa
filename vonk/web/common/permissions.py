"""What an app may be allowed, in a person's words."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vonk.identity.rules import CreatorScope, Permission

WORDS: Final[dict[Permission, str | Promise]] = {
    Permission.SEE: _("See these ad accounts, their campaigns, creatives, numbers and balance"),
    Permission.CAMPAIGNS: _("Make and change campaigns, ads and creatives, and use posts that creators allowed"),
    Permission.DETAILS: _("Change the accounts' name and contact, and accept terms"),
    Permission.MONEY: _("Move money, and ask for refunds"),
    Permission.BUSINESS: _("Manage the Business Center: people, partners, and access to creators"),
}
OF_CREATORS: Final[dict[CreatorScope, str | Promise]] = {
    CreatorScope.PROFILE: _("See your name, handle, picture and how many follow you"),
    CreatorScope.POSTS: _("See your posts and their numbers, also those that not everybody sees"),
    CreatorScope.CODES: _(
        "Allow ads with your posts: make and delete the codes that advertisers use, and switch it on or off"
    ),
    CreatorScope.CAMPAIGNS: _("Join campaigns, bring posts into them and answer what they ask for"),
}
CHOSEN: Final = (Permission.CAMPAIGNS, Permission.DETAILS)  # Ticked until the person says otherwise.


def words_of(numbers: Iterable[int], scopes: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the words of permissions and of what a creator allowed, in their order; those of none are left out."""
    asked, allowed = set(numbers), set(scopes)
    return (
        *(str(words) for permission, words in WORDS.items() if permission.value in asked),
        *(str(words) for scope, words in OF_CREATORS.items() if scope.value in allowed),
    )
