"""Posts that an ad account makes under a creator's profile, and what becomes of them."""

from typing import Annotated

import msgspec

from vonk.advertising.actions import pushes as drafts
from vonk.authorisation.actions import pushes
from vonk.authorisation.actions.pushes import Draft, Pushed
from vonk.authorisation.queries.pushes import PushIdentity, push_identities
from vonk.content import queries
from vonk.content.queries import PostFacts
from vonk.content.rules import Disclosure, PublishAs
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body, Id
from vonk.wire.operation import Call, Nothing, Paged, operation

_EXAMPLE = {
    "profile_id": "1790000000000000001",
    "video_id": "1790000000000000002",
    "caption": "Fresh bread #bread",
    "publish_as": "ads_only",
    "disclosure": "branded",
}


class PushedDraft(Body, frozen=True, kw_only=True):
    """The account's processed video, or 1 to 35 pictures of its library, with a caption. ``disclosure`` is own_brand or branded: a pushed post always is."""

    video_id: Id | None = None
    image_ids: tuple[Id, ...] = ()
    caption: str = ""
    publish_as: PublishAs = PublishAs.ADS_ONLY
    disclosure: Disclosure = Disclosure.BRANDED
    sound_id: Id | None = None
    ai_generated: bool = False

    def draft(self) -> Draft:
        """Return what is pushed."""
        return Draft(
            video_id=self.video_id,
            image_ids=self.image_ids,
            caption=self.caption,
            publish_as=self.publish_as,
            disclosure=self.disclosure,
            sound_id=self.sound_id,
            ai_generated=self.ai_generated,
        )


class NewPushedPost(PushedDraft, frozen=True, kw_only=True):
    """Whose name it stands under, by which access (without one: by the one that fits), and yes to its terms by hash."""

    profile_id: Id
    access_id: Id | None = None
    agree_sha256: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class Resubmitted(msgspec.Struct, frozen=True):
    """How many ads with the draft went to review again."""

    ads: int


@operation(
    "GET",
    "/accounts/{account_id}/push_identities",
    may=Right.ACCOUNT_VIEW,
    summary="List the creators that an account may publish for",
)
def list_push_identities(call: Call[Nothing, Nothing]) -> tuple[PushIdentity, ...]:
    """With what each access covers, and what is missing where something is."""
    return push_identities(call.scope, now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/pushed_posts",
    may=Right.CAMPAIGN_EDIT,
    summary="Push a post under a creator's profile",
    example=_EXAMPLE,
)
def create_pushed_post(call: Call[NewPushedPost, Nothing]) -> Pushed:
    """It is a draft that nobody sees until an ad with it, made with the answer's ``consent_id``, is approved.

    The video is an mp4, mov, mpeg or 3gp of 5 to 60 s, up to 500 MB, from 2,500 kbit/s, at least 540 × 960 (9:16),
    960 × 540 (16:9) or 640 × 640 (1:1).
    """
    asked = call.body
    return pushes.push(
        call.scope,
        asked.profile_id,
        asked.draft(),
        access_id=asked.access_id,
        agree_sha256=asked.agree_sha256,
        now=call.now,
    )


@operation("GET", "/accounts/{account_id}/pushed_posts", may=Right.ACCOUNT_VIEW, summary="List what an account pushed")
def list_pushed_posts(call: Call[Nothing, Paged]) -> Page[PostFacts]:
    """Newest first; what its creator deleted, too."""
    return queries.pushed_posts(call.scope, call.query.paging())


@operation("GET", "/accounts/{account_id}/pushed_posts/{post_id}", may=Right.ACCOUNT_VIEW, summary="Read a pushed post")
def read_pushed_post(call: Call[Nothing, Nothing]) -> PostFacts:
    """``draft`` is true until an ad with it is approved."""
    return queries.pushed_post(call.scope, call.id("post_id"))


@operation(
    "PUT",
    "/accounts/{account_id}/pushed_posts/{post_id}",
    may=Right.CAMPAIGN_EDIT,
    summary="Change a draft",
    example={name: value for name, value in _EXAMPLE.items() if name != "profile_id"},
)
def set_pushed_post(call: Call[PushedDraft, Nothing]) -> Resubmitted:
    """As a whole; its ads go to review again."""
    return Resubmitted(drafts.edit(call.scope, call.id("post_id"), call.body.draft(), now=call.now))


@operation(
    "DELETE",
    "/accounts/{account_id}/pushed_posts/{post_id}",
    may=Right.CAMPAIGN_EDIT,
    summary="Delete a draft",
)
def delete_pushed_post(call: Call[Nothing, Nothing]) -> None:
    """Its consent is given up with it. What was published is its creator's."""
    pushes.discard(call.scope, call.id("post_id"), now=call.now)


@operation(
    "POST", "/posts/{post_id}/push_refusal", may=Right.CREATE, summary="Refuse what was pushed under one's profile"
)
def refuse_pushed_post(call: Call[Nothing, Nothing]) -> None:
    """Deletes it, draft or published, and revokes what let ads show it: always accepted, at once."""
    pushes.refuse(call.scope, call.id("post_id"), now=call.now)
