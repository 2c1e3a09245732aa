"""Posts: published, shown, changed, removed."""

import msgspec

from vonk.advertising.actions import creatives
from vonk.content import queries
from vonk.content.actions import disclosures, posts
from vonk.content.picture_sets import Chosen
from vonk.content.queries import PostFacts
from vonk.content.rules import Disclosure, Format, Visibility
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.discovery import queries as discovery
from vonk.discovery.queries import FeedItem
from vonk.wire.codec import Body, Id
from vonk.wire.operation import Call, Nothing, Paged, operation


class PostPicture(Body, frozen=True):
    """A picture that was uploaded, and in words what it shows, for who does not see it."""

    id: Id
    alt: str = ""


class NewPost(Body, frozen=True):
    """A processed video, or 1 to 35 pictures in their order, with a caption. Hashtags and mentions are read from that.

    ``format`` is what the host's own app calls a video; pictures are a carousel. ``sound_id`` is what is heard with them.
    """

    video_id: Id | None = None
    pictures: tuple[PostPicture, ...] = ()
    caption: str = ""
    sound_id: Id | None = None
    visibility: Visibility = Visibility.PUBLIC
    may_duet: bool = True
    may_stitch: bool = True
    duet_of: Id | None = None
    stitch_of: Id | None = None
    format: Format = Format.VIDEO
    disclosure: Disclosure = Disclosure.NONE
    ai_generated: bool = False


class NewDisclosure(Body, frozen=True):
    """none, own_brand (“Promotional content”) or branded (“Paid partnership”; so too when both are true)."""

    disclosure: Disclosure


class NewVisibility(Body, frozen=True):
    visibility: Visibility


class NewCaption(Body, frozen=True):
    caption: str


class NewReuse(Body, frozen=True):
    may_duet: bool
    may_stitch: bool


class Removal(Body, frozen=True):
    reason: str


class NewCreative(Body, frozen=True, kw_only=True):
    """The creative of an ad that is no Spark Ad: the account's video or pictures under its custom identity.

    ``sound_id`` is of the library, for ads, and heard with pictures.
    """

    video_id: Id | None = None
    image_ids: tuple[Id, ...] = ()
    sound_id: Id | None = None
    identity_id: Id
    caption: str


class PostCreated(msgspec.Struct, frozen=True):
    id: int


@operation(
    "POST",
    "/posts",
    may=Right.CREATE,
    summary="Publish a post",
    example={"video_id": "1790000000000000001", "caption": "Bread, slowly #bread", "visibility": "public"},
)
def create_post(call: Call[NewPost, Nothing]) -> PostCreated:
    """The video must be one's own and ready, the pictures one's own and in no post yet."""
    asked = call.body
    return PostCreated(
        posts.publish(
            call.scope,
            video_id=asked.video_id,
            pictures=[Chosen(one.id, one.alt) for one in asked.pictures],
            caption=asked.caption,
            sound_id=asked.sound_id,
            visibility=asked.visibility,
            may_duet=asked.may_duet,
            may_stitch=asked.may_stitch,
            duet_of=asked.duet_of,
            stitch_of=asked.stitch_of,
            format=asked.format,
            disclosure=asked.disclosure,
            ai_generated=asked.ai_generated,
            now=call.now,
        )
    )


@operation("GET", "/posts/{post_id}", may=None, summary="Read a post")
def read_post(call: Call[Nothing, Nothing]) -> FeedItem:
    """As the caller may see it; posts that are shown in ads alone are not found here."""
    return discovery.post_page(call.caller, call.id("post_id"))


@operation("GET", "/me/posts", may=Right.CREATE, summary="List one's posts")
def list_own_posts(call: Call[Nothing, Paged]) -> Page[PostFacts]:
    """Newest first, wherever they are shown."""
    return queries.own_posts(call.scope, call.query.paging())


@operation("GET", "/me/posts/{post_id}", may=Right.CREATE, summary="Read one of one's posts")
def read_own_post(call: Call[Nothing, Nothing]) -> PostFacts:
    """With what only its creator sees."""
    return queries.own_post(call.scope, call.id("post_id"))


@operation(
    "PUT",
    "/posts/{post_id}/visibility",
    may=Right.CREATE,
    summary="Say who sees a post",
    example={"visibility": "private"},
)
def set_visibility(call: Call[NewVisibility, Nothing]) -> None:
    """Never refused: ads with the post stop at once when it is no longer public."""
    posts.set_visibility(call.scope, call.id("post_id"), call.body.visibility, call.now)


@operation(
    "PUT", "/posts/{post_id}/caption", may=Right.CREATE, summary="Change a caption", example={"caption": "Bread"}
)
def set_caption(call: Call[NewCaption, Nothing]) -> None:
    """Until the post was authorised for ads for the first time."""
    posts.edit_caption(call.scope, call.id("post_id"), call.body.caption, call.now)


@operation(
    "PUT",
    "/posts/{post_id}/reuse",
    may=Right.CREATE,
    summary="Allow Duet and Stitch, or not",
    example={"may_duet": False, "may_stitch": True},
)
def set_reuse(call: Call[NewReuse, Nothing]) -> None:
    """From now on; what was made before stays."""
    posts.set_reuse(
        call.scope,
        call.id("post_id"),
        may_duet=call.body.may_duet,
        may_stitch=call.body.may_stitch,
        now=call.now,
    )


@operation(
    "PUT",
    "/posts/{post_id}/disclosure",
    may=Right.CREATE,
    summary="Disclose commercial content",
    example={"disclosure": "branded"},
)
def set_disclosure(call: Call[NewDisclosure, Nothing]) -> None:
    """Shown above the caption, in ads too. Once the post was authorised it can be changed, not switched off."""
    disclosures.set_disclosure(call.scope, call.id("post_id"), call.body.disclosure, now=call.now)


@operation("PUT", "/posts/{post_id}/ai_label", may=Right.CREATE, summary="Label a post as made with AI")
def set_ai_label(call: Call[Nothing, Nothing]) -> None:
    """For good: nobody takes the label off."""
    disclosures.set_ai_generated(call.scope, call.id("post_id"), now=call.now)


@operation("DELETE", "/posts/{post_id}", may=Right.CREATE, summary="Delete a post")
def delete_post(call: Call[Nothing, Nothing]) -> None:
    """For good. Never refused: ads with the post stop at once."""
    posts.delete(call.scope, call.id("post_id"), call.now)


@operation(
    "POST",
    "/posts/{post_id}/removal",
    may=Right.REVIEW,
    summary="Remove a post as a moderator",
    example={"reason": "offensive"},
)
def remove_post(call: Call[Removal, Nothing]) -> None:
    """Out of sight, and out of ads, until it is restored."""
    posts.remove(call.scope, call.id("post_id"), call.body.reason, call.now)


@operation("DELETE", "/posts/{post_id}/removal", may=Right.REVIEW, summary="Restore a removed post")
def restore_post(call: Call[Nothing, Nothing]) -> None:
    """In ads too."""
    posts.restore(call.scope, call.id("post_id"), call.now)


@operation("GET", "/posts", may=Right.REVIEW, summary="List every post, for moderators")
def list_posts(call: Call[Nothing, Paged]) -> Page[PostFacts]:
    """Newest first."""
    return queries.all_posts(call.scope, call.query.paging())


@operation(
    "POST",
    "/accounts/{account_id}/posts",
    may=Right.CAMPAIGN_EDIT,
    summary="Make the creative of an ad that is no Spark Ad",
    example={"video_id": "1790000000000000001", "identity_id": "1790000000000000002", "caption": "Fresh bread"},
)
def create_creative(call: Call[NewCreative, Nothing]) -> PostCreated:
    """It is never shown organically. The caption is the ad's text: 1 to 100 characters (CJK counts 2), no emoji."""
    asked = call.body
    return PostCreated(
        creatives.make(
            call.scope,
            video_id=asked.video_id,
            image_ids=asked.image_ids,
            sound_id=asked.sound_id,
            identity=asked.identity_id,
            text=asked.caption,
            now=call.now,
            field="caption",
        ).post_id
    )
