"""What a host's sync can go wrong with. Most of it is told as a verdict on one item, by the code."""

from vonk.core.errors import Conflict, Invalid, Missing


class ItemDeleted(Conflict):
    """A deletion is for good."""

    code = "sync_item_deleted"
    message = "It was deleted, and does not come back under the same id."
    cause = "The host told of its deletion before, or its creator deleted it here."
    remedy = "Sync it under a new external id."


class AccountUnknown(Missing):
    """A post or follow of somebody of whom nothing was told yet."""

    code = "sync_account_unknown"
    message = "There is no account “%(external_id)s”."
    cause = "It was not synced yet, or was refused or deleted."
    remedy = "Sync the account first, then this item again."


class SoundUnknown(Missing):
    """A post with a sound of which nothing was told yet."""

    code = "sync_sound_unknown"
    message = "There is no sound “%(external_id)s”."
    remedy = "Sync the sound first, then this post again; or leave the sound out."


class MediaUnclear(Invalid):
    """A post has one film, or pictures."""

    code = "sync_media_unclear"
    message = "Give one of media, video_id and pictures."
    remedy = "media for a film that stays at the host, video_id for one uploaded by POST /platform/v1/sync/videos, pictures for those that stay at the host."
    field = "media"


class AuthorKept(Conflict):
    """Consent was given by whose post it was."""

    code = "sync_author_kept"
    message = "The post is another account's."
    remedy = "Sync it under a new external id."
    field = "account"


class ReconciliationClosed(Conflict):
    """Pages come before the end, confirmation after it."""

    code = "reconciliation_closed"
    message = "This reconciliation %(state)s."
    remedy = "Begin a new one."


class ReconciliationChanged(Conflict):
    """Who confirms says how much they expect to go."""

    code = "reconciliation_changed"
    message = "%(extra)d items would be deleted, not %(expected)d."
    remedy = "Look at the list again, then confirm the number that it has."
    field = "extra"
