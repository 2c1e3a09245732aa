"""The comments of posts that an ad account advertises, as who looks after them for it reads them."""

from datetime import datetime

from vonk.authorisation import comment_rights
from vonk.content import queries as content
from vonk.content.queries import CommentView
from vonk.control.paging import Page, Paging
from vonk.control.scope import Scope


def comments_of(
    scope: Scope, consent_id: int, paging: Paging, now: datetime, *, from_ad: bool | None = None
) -> Page[CommentView]:
    """Return the comments of the consent's post, hidden ones too, newest first; ``from_ad``: those of ads, or of others.

    Raises NotFound, the link that is missing (errors.access.LINKS).
    """
    return content.comments_for_account(scope, comment_rights.post_of(scope, consent_id, now), paging, from_ad=from_ad)
