"""Drafts of campaigns, ad groups and ads: what is one, and how many an account keeps."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from vonk.advertising.errors.launch_drafts import DraftTooLong

DRAFTS_PER_ACCOUNT_MAX: Final = 50  # A list that a person can still look through.
TYPED_CHARS_MAX: Final = 20_000  # A form at its fullest, all countries chosen, has a tenth of it.
NAME_CHARS_MAX: Final = 512
KEPT_AFTER: Final = timedelta(days=30)  # How long it is remembered what a draft became.


class Kind(StrEnum):
    """What a draft is to become."""

    CAMPAIGN = "campaign"  # With its ad group and its ad.
    AD_GROUP = "ad_group"
    AD = "ad"


def typed(text: str) -> str:
    """Return what was typed; DraftTooLong when that is more than any form holds."""
    if len(text) > TYPED_CHARS_MAX:
        raise DraftTooLong(most=TYPED_CHARS_MAX)
    return text


def name(text: str) -> str:
    """Return the words a draft is listed by: one line, cut where it is too long."""
    return " ".join(text.replace("\0", "").split())[:NAME_CHARS_MAX]
