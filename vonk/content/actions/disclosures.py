"""What a post says of itself: what kind of post it is, whose commercial interest it serves, whether AI made it."""

from datetime import datetime

from django.db import transaction

from vonk.content.actions import posts
from vonk.content.errors import DisclosureKept, FormatKept
from vonk.content.rules import Disclosure, Format
from vonk.control.scope import Scope


@transaction.atomic
def set_disclosure(scope: Scope, post_id: int, disclosure: Disclosure, *, now: datetime) -> None:
    """Say whose commercial interest the post serves. DisclosureKept when an authorised post would say nobody's any more."""
    post = posts.lock_own(scope, post_id)
    wanted = Disclosure(disclosure)
    if wanted is Disclosure.NONE and post.disclosure != wanted.value and post.caption_locked:
        raise DisclosureKept
    post.disclosure = wanted.value
    posts.save_change(
        scope, post, "post.disclosure_set", now, fields=["disclosure"], detail={"disclosure": post.disclosure}
    )


@transaction.atomic
def set_ai_generated(scope: Scope, post_id: int, *, now: datetime) -> None:
    """Label the post as made or changed by AI, for good: nobody takes the label off (reference §4)."""
    post = posts.lock_own(scope, post_id)
    if not post.ai_generated:
        post.ai_generated = True
        posts.save_change(scope, post, "post.ai_generated_set", now, fields=["ai_generated"])


@transaction.atomic
def set_format(scope: Scope, post_id: int, wanted: Format, *, now: datetime) -> None:
    """Say what the host's app calls the post. FormatKept once ads show it: what they stand on does not change under them.

    A code that was made before is judged by it when it is redeemed.
    """
    post = posts.lock_own(scope, post_id)
    named = Format(wanted).value
    if post.format == named:
        return
    if post.in_ads or post.video.pictures:  # Pictures are a carousel, whatever a host calls them.
        raise FormatKept
    post.format = named
    posts.save_change(scope, post, "post.format_set", now, fields=["format"], detail={"format": named})
