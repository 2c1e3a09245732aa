"""What a host app's server tells of its accounts, posts, sounds and follows, in batches with a verdict on each item."""

from http import HTTPStatus

import msgspec

from vonk.content.actions import videos
from vonk.content.actions.hosting import accounts, follows, posts, reconciling, sounds
from vonk.content.hosted import AccountItem, Deletion, FollowItem, ItemKind, Judged, PostItem, SoundItem
from vonk.content.queries import hosting
from vonk.content.queries.hosting import ItemView, ReconciliationView, SyncView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.privacy.actions import hosted as privacy
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation

CREATED_AT = "2026-11-23T09:00:00Z"


class Accounts(Body, frozen=True):
    items: tuple[AccountItem, ...]


class Posts(Body, frozen=True):
    items: tuple[PostItem, ...]


class Sounds(Body, frozen=True):
    items: tuple[SoundItem, ...]


class Follows(Body, frozen=True):
    items: tuple[FollowItem, ...]


class Deletions(Body, frozen=True):
    items: tuple[Deletion, ...]


class NewReconciliation(Body, frozen=True):
    kind: ItemKind


class ReconciliationPage(Body, frozen=True):
    """Up to 500 ids that the host has; ``last`` with the last page, which may be empty."""

    external_ids: tuple[str, ...]
    last: bool = False


class Confirmation(Body, frozen=True):
    """How many items are to be deleted, as the reconciliation tells."""

    extra: int


class ItemAsked(Body, frozen=True):
    kind: ItemKind
    external_id: str


class UploadAsked(Body, frozen=True):
    """Whose video it is, and the file's name where the body is the file itself."""

    account: str
    name: str | None = None


class Verdicts(msgspec.Struct, frozen=True):
    """One for each item, in the order sent."""

    items: tuple[Judged, ...]


class Missing(msgspec.Struct, frozen=True):
    """What of the page is not here: sync it."""

    missing: tuple[str, ...]


class ReconciliationBegun(msgspec.Struct, frozen=True):
    id: int


class VideoReceived(msgspec.Struct, frozen=True):
    id: int


@operation(
    "POST",
    "/sync/accounts",
    may=Right.HOST_SYNC,
    status=HTTPStatus.OK,
    summary="Sync accounts",
    example={
        "items": [
            {"external_id": "u-17", "version": 1, "display_name": "Cleo", "country": "NL", "handle": "cleo.bakes"}
        ]
    },
)
def sync_accounts(call: Call[Accounts, Nothing]) -> Verdicts:
    """Up to 500. Give birth_year or age_band, or neither: who tells no age is treated as a minor is.

    ``personalised`` is the person's agreement to personalised ads, ``suspended`` takes them and their posts out of sight.
    """
    return Verdicts(accounts.sync(call.scope, call.body.items, now=call.now))


@operation(
    "POST",
    "/sync/posts",
    may=Right.HOST_SYNC,
    status=HTTPStatus.OK,
    summary="Sync posts",
    example={
        "items": [
            {
                "external_id": "p-230",
                "version": 1,
                "account": "u-17",
                "created_at": CREATED_AT,
                "caption": "Bread, slowly #bread",
                "media": {
                    "video_url": "https://media.example.org/p-230.mp4",
                    "poster_url": "https://media.example.org/p-230.jpg",
                    "width": 720,
                    "height": 1280,
                    "duration_ms": 9000,
                },
            }
        ]
    },
)
def sync_posts(call: Call[Posts, Nothing]) -> Verdicts:
    """Up to 500. ``kept`` names what stays as it was because the creator's consent was to that."""
    return Verdicts(posts.sync(call.scope, call.body.items, now=call.now))


@operation(
    "POST", "/sync/videos", may=Right.HOST_SYNC, uploads=True, summary="Upload a video for one of the host's people"
)
def create_synced_video(call: Call[Nothing, UploadAsked]) -> VideoReceived:
    """For posts whose film does not stay at the host. A post takes it, as ``video_id``, once it is processed."""
    assert call.upload is not None, "An upload operation has a file."
    person = hosting.uploader(call.scope, call.query.account)
    return VideoReceived(videos.receive(person, call.upload.file, name=call.upload.name, now=call.now))


@operation(
    "POST",
    "/sync/sounds",
    may=Right.HOST_SYNC,
    status=HTTPStatus.OK,
    summary="Sync sounds",
    example={"items": [{"external_id": "s-4", "version": 1, "title": "Morning rain", "commercial": True}]},
)
def sync_sounds(call: Call[Sounds, Nothing]) -> Verdicts:
    """Up to 500. Posts with a sound that is not commercial cannot be authorised for ads."""
    return Verdicts(sounds.sync(call.scope, call.body.items, now=call.now))


@operation(
    "POST",
    "/sync/follows",
    may=Right.HOST_SYNC,
    status=HTTPStatus.OK,
    summary="Sync follows",
    example={"items": [{"follower": "u-18", "followed": "u-17", "version": 1}]},
)
def sync_follows(call: Call[Follows, Nothing]) -> Verdicts:
    """Up to 500; with ``following`` false the follow ends."""
    return Verdicts(follows.sync(call.scope, call.body.items, now=call.now))


@operation(
    "POST",
    "/sync/deletions",
    may=Right.HOST_SYNC,
    status=HTTPStatus.OK,
    summary="Delete what the host has no more",
    example={"items": [{"kind": "post", "external_id": "p-230", "version": 2}]},
)
def delete_synced(call: Call[Deletions, Nothing]) -> Verdicts:
    """Up to 100, for good. Ads with a deleted post stop at once; a deleted account is erased, here too."""
    return Verdicts(privacy.delete(call.scope, call.body.items, now=call.now))


@operation("GET", "/sync/status", may=Right.HOST_SYNC, summary="Read how far the sync is")
def read_sync(call: Call[Nothing, Nothing]) -> SyncView:
    """By kind: what lives, what was deleted, what was refused, the highest version."""
    return hosting.status(call.scope)


@operation("GET", "/sync/errors", may=Right.HOST_SYNC, summary="List refused items")
def list_sync_errors(call: Call[Nothing, Paged]) -> Page[ItemView]:
    """Newest first. A later version that is applied takes an item out of here."""
    return hosting.refused(call.scope, call.query.paging())


@operation("GET", "/sync/items", may=Right.HOST_SYNC, summary="Read what stands for one id")
def read_synced_item(call: Call[Nothing, ItemAsked]) -> ItemView:
    """By kind and the host's id."""
    return hosting.item(call.scope, call.query.kind, call.query.external_id)


@operation(
    "POST",
    "/sync/reconciliations",
    may=Right.HOST_SYNC,
    summary="Begin a reconciliation",
    example={"kind": "post"},
)
def begin_reconciliation(call: Call[NewReconciliation, Nothing]) -> ReconciliationBegun:
    """Of accounts, posts or sounds. Then name everything that the host has, page by page. A new one ends the one before."""
    return ReconciliationBegun(reconciling.begin(call.scope, call.body.kind, now=call.now))


@operation(
    "POST",
    "/sync/reconciliations/{reconciliation_id}/pages",
    may=Right.HOST_SYNC,
    status=HTTPStatus.OK,
    summary="Name a page of what the host has",
    example={"external_ids": ["p-230", "p-231"], "last": True},
)
def name_page(call: Call[ReconciliationPage, Nothing]) -> Missing:
    """Answers with what of it is missing here."""
    asked = call.body
    return Missing(
        reconciling.name(call.scope, call.id("reconciliation_id"), asked.external_ids, last=asked.last, now=call.now)
    )


@operation("GET", "/sync/reconciliations/{reconciliation_id}", may=Right.HOST_SYNC, summary="Read a reconciliation")
def read_reconciliation(call: Call[Nothing, Nothing]) -> ReconciliationView:
    """After its last page it tells how many items here the host did not name."""
    return hosting.reconciliation(call.scope, call.id("reconciliation_id"))


@operation(
    "GET",
    "/sync/reconciliations/{reconciliation_id}/extra",
    may=Right.HOST_SYNC,
    summary="List what the host did not name",
)
def list_extra(call: Call[Nothing, Paged]) -> Page[ItemView]:
    """Living items that were not synced since the reconciliation began. Nothing of them is deleted until it is confirmed."""
    return hosting.unnamed(call.scope, call.id("reconciliation_id"), call.query.paging())


@operation(
    "POST",
    "/sync/reconciliations/{reconciliation_id}/confirmation",
    may=Right.HOST_SYNC,
    status=HTTPStatus.OK,
    summary="Delete what the host did not name",
    example={"extra": 2},
)
def confirm_reconciliation(call: Call[Confirmation, Nothing]) -> Verdicts:
    """With the number to expect, 100 items a call: confirm again, with what is left, until nothing is extra."""
    return Verdicts(privacy.confirm(call.scope, call.id("reconciliation_id"), extra=call.body.extra, now=call.now))
