"""The posts of a speaker from which an ad account chooses: those authorised one by one, or those that an access opens."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from vonk.authorisation import access_links, access_reach
from vonk.authorisation.models import AccountAccess
from vonk.authorisation.queries import held_posts
from vonk.authorisation.queries.held_posts import HeldPost
from vonk.authorisation.rules.access import AccessScope, best_of, missing_of
from vonk.authorisation.speaker_reach import Speaker, SpeakerKind, accesses
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.content.queries.promotable import promotable_by_id, promotable_posts
from vonk.content.rules import Format
from vonk.control.paging import Page, Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class SpeakerPost(msgspec.Struct, frozen=True):
    """A post of a speaker. ``held`` is set where it was authorised by itself, None where the access covers it.

    ``answers_answer``: it is a duet or stitch of a duet or stitch.
    """

    post: PostFacts
    held: HeldPost | None
    answers_answer: bool


def posts(
    scope: Scope,
    speaker: Speaker,
    paging: Paging,
    now: datetime,
    *,
    keyword: str = "",
    formats: Collection[Format] | None = None,
) -> Page[SpeakerPost]:
    """Return the speaker's posts, newest first. A custom identity has none to choose from.

    Raises NotFound for an access that is not live, and the first link that is missing where it cannot be used.
    """
    scope.require(Right.ACCOUNT_VIEW)
    if speaker.kind is SpeakerKind.POST:
        page = held_posts.held_posts_of(scope, speaker.profile_id, paging, now, keyword=keyword, formats=formats)
        return Page(tuple(_of_held(one) for one in page.items), page.next_cursor)
    if speaker.kind is SpeakerKind.CUSTOM:
        return Page((), None)
    hidden_too = _hidden_too(scope, _usable(scope, speaker, now))
    found = promotable_posts(speaker.profile_id, paging, search=keyword, hidden_too=hidden_too, formats=formats)
    chained = held_posts.answering_answers(found.items)
    return Page(tuple(SpeakerPost(post, None, post.id in chained) for post in found.items), found.next_cursor)


def posts_by_id(scope: Scope, speaker: Speaker, post_ids: Collection[int], now: datetime) -> dict[int, SpeakerPost]:
    """Return those of the posts that the speaker shows the scope's account, by id. Raises as ``posts``."""
    scope.require(Right.ACCOUNT_VIEW)
    if speaker.kind is SpeakerKind.POST:
        held = held_posts.held_posts_by_id(scope, speaker.profile_id, post_ids, now)
        return {post_id: _of_held(one) for post_id, one in held.items()}
    if speaker.kind is SpeakerKind.CUSTOM:
        return {}
    hidden_too = _hidden_too(scope, _usable(scope, speaker, now))
    found = promotable_by_id(speaker.profile_id, post_ids, hidden_too=hidden_too)
    chained = held_posts.answering_answers(found.values())
    return {post_id: SpeakerPost(post, None, post_id in chained) for post_id, post in found.items()}


def _of_held(one: HeldPost) -> SpeakerPost:
    return SpeakerPost(one.post, one, one.answers_answer)


def _usable(scope: Scope, speaker: Speaker, now: datetime) -> AccountAccess:
    """Return the live access that lacks least, if the acting person may use it for posts that exist."""
    rows = {row.pk: row for row in accesses(scope, speaker).filter(access_reach.live(now)).select_related("terms")}
    best = best_of(access_links.candidates(scope, rows.values(), now), AccessScope.EXISTING_POSTS)
    if best is None:
        raise NotFound(noun="access")
    row = rows[best.access_id]
    if not best.permitted or AccessScope.EXISTING_POSTS not in best.scopes:
        raise access_links.problem(missing_of(best, AccessScope.EXISTING_POSTS)[0], row.terms)
    return row


def _hidden_too(scope: Scope, row: AccountAccess) -> bool:
    """Say whether posts that not everybody sees are shown: to their owner, in an account of their own."""
    assert row.profile_id is not None, "Only accesses to a profile are a speaker's."
    owner = content.profile_owner([row.profile_id]).get(row.profile_id)
    return access_reach.is_own(row) and scope.is_oneself(owner)
