"""Which ads of which advertisers stop when a creator takes something out of sight: said before it happens."""

from collections.abc import Iterable

import msgspec

from vonk.advertising import queries as advertising
from vonk.content.queries import PostFacts


class StoppingAd(msgspec.Struct, frozen=True):
    """An ad that would stop."""

    account_name: str
    ad_name: str


class Confirmation(msgspec.Struct, frozen=True):
    """A page that asks before ads stop. ``fields`` are sent again with the yes."""

    title: str
    text: str
    label: str
    action: str
    back: str
    ads: tuple[StoppingAd, ...]
    fields: tuple[tuple[str, str], ...] = ()


def stopping(posts: Iterable[PostFacts], *, hidden: bool) -> tuple[StoppingAd, ...]:
    """Return the ads that show the posts now and would stop; those in ads alone go on when the posts are only hidden."""
    return tuple(
        StoppingAd(ad.account_name, ad.ad_name)
        for post in posts
        if post.available and not (hidden and post.ads_only)
        for ad in advertising.spark_ads_using(post.id)
    )
