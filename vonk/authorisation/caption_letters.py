"""What both sides are written about new captions: always with the old and the new words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.authorisation.letters import titled
from vonk.content.queries import CaptionView, PostFacts
from vonk.content.rules import CAPTION_REASONS
from vonk.control.wording import joined
from vonk.control.wording import later as _
from vonk.identity.actions import letters
from vonk.identity.queries import account_facts

KIND: Final = "caption"


def asked(version: CaptionView, post: PostFacts, *, now: datetime) -> None:
    """Ask the creator for their yes."""
    _to_creator(
        version,
        post,
        _("%(account)s proposes a new caption"),
        _(
            "The ad account “%(account)s” proposes a new caption for your post %(post)s.\n\n%(words)s\n\n"
            "Nothing changes unless you agree and a reviewer approves it: %(link)s"
        ),
        now,
    )


def refused(version: CaptionView, post: PostFacts, *, now: datetime) -> None:
    """Tell the advertiser that the creator said no."""
    _to_accounts(
        version,
        post,
        [version.account_id],
        subject=_("%(profile)s did not take the caption you proposed"),
        body=_("The caption of the post %(post)s stays as it is.\n\n%(words)s\n\n%(link)s"),
        now=now,
    )


def switched(version: CaptionView, post: PostFacts, account_ids: Iterable[int], *, now: datetime) -> None:
    """Tell the creator, and everybody whose ads show the post, what it says now."""
    subject = _("A post has a new caption")
    body = _(
        "The post %(post)s has a new caption from now on, on its page and in every ad with it. Likes, comments and "
        "numbers stay; ads go on delivering.\n\n%(words)s\n\n%(link)s"
    )
    _to_creator(version, post, subject, body, now)
    _to_accounts(version, post, account_ids, subject=subject, body=body, now=now)


def rejected(version: CaptionView, post: PostFacts, *, now: datetime) -> None:
    """Tell the creator, and the advertiser who proposed it, why not."""
    subject = _("A new caption was rejected")
    body = _(
        "The caption of the post %(post)s stays as it is.\n\n%(words)s\n\nReasons:\n%(reasons)s\n\n"
        "Another caption can be proposed: %(link)s"
    )
    _to_creator(version, post, subject, body, now)
    _to_accounts(version, post, [version.account_id] if version.account_id else [], subject=subject, body=body, now=now)


def _to_creator(version: CaptionView, post: PostFacts, subject: str, body: str, now: datetime) -> None:
    assert post.owner_id is not None, "Only a person's captions are proposed."
    path = f"/studio/posts/{post.id}/captions/"
    values = _values(version, post, path)
    letters.to_person(post.owner_id, subject=subject % values, body=body % values, now=now, link=path, kind=KIND)


def _to_accounts(
    version: CaptionView, post: PostFacts, account_ids: Iterable[int], *, subject: str, body: str, now: datetime
) -> None:
    path = f"/advertiser/posts/{post.id}/captions/"
    values = _values(version, post, path)
    for account_id in account_ids:
        letters.to_account(account_id, subject=subject % values, body=body % values, now=now, link=path, kind=KIND)


def _values(version: CaptionView, post: PostFacts, path: str) -> dict[str, str]:
    reasons = ["– " + _(CAPTION_REASONS[reason]) for reason in version.reasons]
    return {
        "account": account_facts(version.account_id).name if version.account_id else "",
        "profile": post.display_name,
        "post": titled(post),
        "words": _("Until now:\n%(old)s\n\nNew:\n%(new)s")
        % {"old": version.replaces or "–", "new": version.text or "–"},
        "reasons": joined("\n", [*reasons, *([version.note] if version.note else [])]),
        "link": f"{settings.VONK.site_url}{path}",
    }
