"""What an ad can show, as cards to choose from, and the phone that shows it as its viewers will see it."""

from contextlib import suppress
from typing import Final

import msgspec
from django.utils.translation import gettext as _

from vonk.advertising import queries as advertising
from vonk.advertising.drafts import AdDraft
from vonk.advertising.rules import CALLS_TO_ACTION
from vonk.authorisation import queries as authorisation
from vonk.authorisation.queries import LibraryItem
from vonk.authorisation.rules import ConsentState
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk
from vonk.web.common import formats, problems
from vonk.web.common.phones import NO_PAGE_YET, Phone, phone_of

OFFERED: Final = Paging(size=PAGE_SIZE_MAX)  # The newest; older ones are reached from their own page.
USABLE: Final = frozenset({ConsentState.ACTIVE, ConsentState.ENDING})
_BUTTON_FIRST: Final = "learn_more"


class CreativeCard(msgspec.Struct, frozen=True):
    """A post to choose: ``id`` is the consent's for a Spark Ad, the post's for a video of one's own."""

    id: int
    post_id: int
    identity_id: int
    title: str
    speaker: str
    note: str
    poster_url: str
    duration: str


def sparks(desk: Desk, *, chosen: int | None = None) -> tuple[CreativeCard, ...]:
    """Return the posts that the account may use now, the newest first; ``chosen`` too, whatever its state."""
    items = list(authorisation.library(desk.scope, OFFERED, desk.now).items)
    if chosen is not None and chosen not in {item.consent_id for item in items}:
        with suppress(NotFound):  # Not, or no longer, the account's: what it has is offered.
            items.insert(0, authorisation.library_item(desk.scope, chosen, desk.now))
    drafts = {post.id for post in content.pushed_posts(desk.scope, OFFERED).items if post.draft}
    return tuple(
        _spark(item, draft=item.post.id in drafts)
        for item in items
        if item.state in USABLE
        or item.consent_id == chosen
        or (item.state is ConsentState.SUSPENDED and item.post.id in drafts)
    )


def own(desk: Desk) -> tuple[CreativeCard, ...]:
    """Return the account's own videos, the newest first."""
    return tuple(_own(post) for post in content.own_posts(desk.scope, OFFERED).items if post.available)


def phone_of_ad(desk: Desk, ad_id: int) -> Phone:
    """Return an ad as its viewers see it."""
    return phone_of(advertising.preview(desk.scope, ad_id))


def phone_of_draft(
    desk: Desk, *, consent_id: int | None, post_id: int | None, call_to_action: str, landing_url: str
) -> Phone:
    """Return an ad that is being written, as far as it goes."""
    identity_id = None
    if consent_id is None and post_id is not None:
        found = content.post_facts([post_id]).get(post_id)
        identity_id = found.profile_id if found is not None else None
    if consent_id is None and identity_id is None:
        return Phone(None, empty=_("Choose a post to see the ad."))
    button = call_to_action if call_to_action in CALLS_TO_ACTION else _BUTTON_FIRST
    for address in (landing_url, NO_PAGE_YET):
        draft = AdDraft(
            name="",
            call_to_action=button,
            landing_url=address,
            consent_id=consent_id,
            identity_id=identity_id,
            post_id=post_id if consent_id is None else None,
        )
        try:
            return phone_of(advertising.preview_draft(desk.scope, draft, now=desk.now))
        except FieldInvalid:
            continue  # The address is not written to its end.
        except Problem as problem:
            return Phone(None, empty=problems.view_of(problem).message)
    return Phone(None, empty=_("Choose a post to see the ad."))


def _spark(item: LibraryItem, *, draft: bool) -> CreativeCard:
    post = item.post
    ended = item.state is not ConsentState.ACTIVE  # One that was revoked with notice says so.
    state = _("Draft") if draft else str(words.CONSENTS[item.state][0])
    return CreativeCard(
        id=item.consent_id,
        post_id=post.id,
        identity_id=post.profile_id,
        title=words.title_of(post.caption),
        speaker=words.speaker_of(post),
        note=state if ended or draft else words.days_words(item.days_left),
        poster_url=post.poster_url,
        duration=formats.duration(post.duration_ms or 0),
    )


def _own(post: PostFacts) -> CreativeCard:
    return CreativeCard(
        id=post.id,
        post_id=post.id,
        identity_id=post.profile_id,
        title=words.title_of(post.caption),
        speaker=post.display_name,
        note="",
        poster_url=post.poster_url,
        duration=formats.duration(post.duration_ms),
    )
