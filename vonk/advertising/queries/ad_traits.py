"""What ads are like, of every account: for areas that compare them and tell of none by itself."""

from collections.abc import Collection
from typing import Final

import msgspec

from vonk.advertising.models import Ad

ADS_PER_QUERY: Final = 5_000


class AdTraits(msgspec.Struct, frozen=True):
    """Whose an ad is, and what it is like. ``countries``: in alphabetical order, none: everywhere."""

    account_id: int
    countries: tuple[str, ...]
    category: str
    objective: str


def traits_of_ads(ad_ids: Collection[int]) -> dict[int, AdTraits]:
    """Return what each ad is like, deleted ones too; ads that do not exist are absent."""
    ordered, found = sorted(ad_ids), {}
    for at in range(0, len(ordered), ADS_PER_QUERY):
        rows = Ad.objects.filter(pk__in=ordered[at : at + ADS_PER_QUERY]).values_list(
            "pk",
            "ad_group__campaign__account_id",
            "ad_group__targeting__countries",
            "category",
            "ad_group__campaign__objective",
        )
        for ad_id, account_id, countries, category, objective in rows:
            found[ad_id] = AdTraits(account_id, tuple(sorted(countries or ())), category, objective)
    return found
