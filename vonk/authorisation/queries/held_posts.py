"""The posts that creators authorised to an ad account one by one, as the business API lists them: each post once."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from django.conf import settings

from vonk.authorisation import codes, reach
from vonk.authorisation.actions import redemptions
from vonk.authorisation.errors.consents import ERRORS
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import NO_END, ConsentState, redemption_refusal
from vonk.authorisation.speaker_reach import counting
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.content.rules import Format
from vonk.control.paging import Numbered, Numbering, Page, Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid

KEYWORD_CHARS_MAX = 500


class HeldPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post and the consent to it that counts: of several one that holds, of these the one that lasts longest.

    ``code`` is "" where no code was needed, and for who may not make ads. ``taken_at`` is None for a code that nobody
    redeemed yet. ``ends_at`` is the end of its notice where one runs, ``rules.NO_END`` where nothing ends it.
    ``answers_answer``: it is a duet or stitch of a duet or stitch.
    """

    consent_id: int
    post: PostFacts
    state: ConsentState
    code: str
    issued_at: datetime
    taken_at: datetime | None
    ends_at: datetime
    answers_answer: bool


def held_posts(
    scope: Scope,
    numbering: Numbering,
    now: datetime,
    *,
    formats: Collection[Format] | None = None,
    keyword: str = "",
    post_id: int | None = None,
) -> Numbered[HeldPost]:
    """Return a numbered page of the posts, newest consent first; ended ones until they are released.

    Consents by way of an access are the access's, not among these. ``keyword`` is looked for in the captions, whatever
    its case. FieldInvalid for a keyword of more than 500 characters.
    """
    scope.require(Right.ACCOUNT_VIEW)
    if len(keyword) > KEYWORD_CHARS_MAX:
        raise FieldInvalid("keyword", "at most %(most)s characters", most=KEYWORD_CHARS_MAX)
    rows = counting(scope, now).select_related("shared_from")
    if formats is not None:
        rows = rows.filter(post__format__in=[one.value for one in formats])
    if keyword:
        rows = rows.filter(post__caption__icontains=keyword)
    if post_id is not None:
        rows = rows.filter(post_id=post_id)
    first = (numbering.page - 1) * numbering.size
    found = list(rows.order_by("-pk")[first : first + numbering.size])
    return Numbered(tuple(_views(scope, found, now)), rows.count(), numbering)


def held_posts_of(
    scope: Scope,
    profile_id: int,
    paging: Paging,
    now: datetime,
    *,
    keyword: str = "",
    formats: Collection[Format] | None = None,
) -> Page[HeldPost]:
    """Return those of the posts that are one creator's and neither deleted nor removed, newest consent first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = (
        counting(scope, now)
        .select_related("shared_from")
        .filter(profile_id=profile_id, post__deleted_at=None, post__removed_at=None)
    )
    if formats is not None:
        rows = rows.filter(post__format__in=[one.value for one in formats])
    if keyword:
        rows = rows.filter(post__caption__icontains=keyword)
    if paging.cursor is not None:
        rows = rows.filter(pk__lt=paging.cursor)
    found = list(rows.order_by("-pk")[: paging.size + 1])
    shown = found[: paging.size]
    return Page(tuple(_views(scope, shown, now)), str(shown[-1].pk) if len(found) > paging.size else None)


def held_posts_by_id(scope: Scope, profile_id: int, post_ids: Collection[int], now: datetime) -> dict[int, HeldPost]:
    """Return those of the posts that the creator authorised one by one, by the post's id; all others are absent."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = counting(scope, now).select_related("shared_from").filter(profile_id=profile_id, post_id__in=set(post_ids))
    return {one.post.id: one for one in _views(scope, list(rows), now)}


def held_post_of_code(scope: Scope, text: str, now: datetime) -> HeldPost:
    """Return what stands behind a code: what the account holds of it, ended or not, or what it would give.

    It counts as a try. Raises what redeeming it would raise, except that an ended one which the account holds is shown.
    """
    code = reach.consent_of_code(scope, text, now=now)
    consent = redemptions.held_by(code, scope.account)
    post = reach.post_of(consent)
    if consent.account_id != scope.account or consent.released_at is not None:
        refusal = redemption_refusal(
            reach.facts_of(consent, post_available=post.available),
            now,
            unavailable_reason=post.unavailable_reason,
            holder=consent.account_id,
            asker=scope.account,
            kind=reach.kind_refusal_of(post),
        )
        if refusal is not None:
            raise ERRORS[refusal]
    return _view(consent, post, reach.state_of(consent, post, now), _read(code), answering_answers([post]))


def _views(scope: Scope, rows: Sequence[Consent], now: datetime) -> list[HeldPost]:
    posts = reach.posts_of(rows)
    states = reach.states_of(rows, posts, now)
    chained = answering_answers(posts.values())
    may_read = Right.CAMPAIGN_EDIT in scope.rights
    return [
        _view(row, posts[row.post_id], states[row.pk], _read(row.shared_from or row) if may_read else "", chained)
        for row in rows
    ]


def _view(row: Consent, post: PostFacts, state: ConsentState, code: str, chained: frozenset[int]) -> HeldPost:
    return HeldPost(
        consent_id=row.pk,
        post=post,
        state=state,
        code=code,
        issued_at=row.issued_at,
        taken_at=row.redeemed_at,
        ends_at=min(row.ends_at, row.ending_at or NO_END),
        answers_answer=post.id in chained,
    )


def _read(carrier: Consent) -> str:
    """Return the code that a consent carries, "" for one that needed none."""
    if carrier.code_encrypted is None or carrier.code_digest is None:
        return ""
    return codes.decrypt(bytes(carrier.code_encrypted), carrier.code_digest, settings.VONK_KEYS.codes)


def answering_answers(posts: Collection[PostFacts]) -> frozenset[int]:
    """Return those of the posts that answer a post which answers another one."""
    answered = {post.id: {one for one in (post.duet_of, post.stitch_of) if one is not None} for post in posts}
    originals = content.post_facts(one for ones in answered.values() for one in ones)
    chained = {one.id for one in originals.values() if one.duet_of is not None or one.stitch_of is not None}
    return frozenset(post_id for post_id, ones in answered.items() if ones & chained)
