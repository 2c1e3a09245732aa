"""Who sees which captions of a post, and who may propose one."""

from vonk.authorisation.caption_rights import may_propose
from vonk.authorisation.models import Consent
from vonk.content import queries as content
from vonk.content.queries import CaptionView
from vonk.content.rules import CaptionState
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

__all__ = ["caption_versions", "may_propose"]

_SAID = frozenset({CaptionState.CURRENT, CaptionState.REPLACED})


def caption_versions(scope: Scope, post_id: int) -> tuple[CaptionView, ...]:
    """Return the captions of a post, newest first: all of them to its creator; to an ad account that holds a consent what
    the post says and said, and what it proposed itself. NotFound for everybody else.
    """
    if scope.account_id is None:
        content.own_post(scope, post_id)
        return content.caption_history(post_id)
    scope.require(Right.ACCOUNT_VIEW)
    if not Consent.objects.filter(account_id=scope.account, post_id=post_id, released_at=None).exists():
        raise NotFound(noun="post")
    return tuple(
        view for view in content.caption_history(post_id) if view.account_id == scope.account or view.state in _SAID
    )
