"""What both sides are written about a request for permission."""

from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.authorisation.letters import titled
from vonk.authorisation.models import Consent, PermissionRequest
from vonk.authorisation.rules import Closing, RequestKind
from vonk.content.queries import PostFacts
from vonk.content.queries.studio import creator_time_zone
from vonk.control.wording import later as _
from vonk.control.wording import moment
from vonk.identity.actions import letters
from vonk.identity.queries import account_facts

_KIND: Final = "requests"


def asked(request: PermissionRequest, post: PostFacts, *, answering: PostFacts | None = None, now: datetime) -> None:
    """Tell the creator who asks for what. ``answering`` is the post that answers or mentions theirs."""
    subject = {
        RequestKind.USE.value: _("%(account)s asks to advertise your post"),
        RequestKind.EXTEND.value: _("%(account)s asks you to extend an authorisation"),
        RequestKind.ORIGINAL.value: _("%(account)s asks to advertise a post that answers yours"),
    }[request.kind]
    body = {
        RequestKind.USE.value: _(
            "The ad account “%(account)s” (for %(advertiser)s, paid by %(payer)s) asks to show your post %(post)s in "
            "ads for %(days)d days.\n\n%(message)s\n\n"
            "Nothing happens unless you agree. Accept, ask for something else, or refuse: %(inbox_link)s"
        ),
        RequestKind.EXTEND.value: _(
            "The ad account “%(account)s” asks to show your post %(post)s in ads for %(days)d more days.\n\n%(message)s\n\n"
            "Extend the authorisation, or refuse: %(inbox_link)s"
        ),
        RequestKind.ORIGINAL.value: _(
            "The ad account “%(account)s” wants to advertise the post %(answering)s, which answers or mentions your post "
            "%(post)s. That needs your consent, too, for %(days)d days.\n\n"
            "Nothing happens unless you agree. Accept, or refuse: %(inbox_link)s"
        ),
    }[request.kind]
    _to_creator(request, post, subject, body, now, answering=titled(answering) if answering is not None else "")


def countered(request: PermissionRequest, post: PostFacts, *, now: datetime) -> None:
    """Tell the ad account that the creator wants something else."""
    _to_account(
        request,
        post,
        _("%(profile)s answered with other conditions"),
        _(
            "You asked to advertise the post %(post)s. Its creator would agree to something else.\n"
            "Read it, then accept or withdraw: %(sent_link)s"
        ),
        now,
    )


def counter_accepted(request: PermissionRequest, post: PostFacts, *, now: datetime) -> None:
    """Tell the creator that their conditions were accepted."""
    _to_creator(
        request,
        post,
        _("%(account)s accepted your conditions"),
        _(
            "The ad account “%(account)s” accepted what you asked for and can show your post %(post)s in ads. "
            "You can revoke this at any time: %(posts_link)s"
        ),
        now,
    )


def accepted(request: PermissionRequest, consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the ad account that it may use the post; no code is needed."""
    _to_account(
        request,
        post,
        _("%(profile)s accepted your request"),
        _(
            "Your ads may show the post %(post)s until %(ends)s. No code is needed: the post is in your library, "
            "%(library_link)s"
        ),
        now,
        ends=moment(consent.ends_at),
    )


def taken_under_standing(request: PermissionRequest, consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell both sides that a standing consent covered the request."""
    if request.kind != RequestKind.EXTEND.value:  # Of an extension the ad account has been told.
        accepted(request, consent, post, now=now)
    _to_creator(
        request,
        post,
        _("%(account)s uses your post under a standing consent"),
        _(
            "The ad account “%(account)s” (for %(advertiser)s) asked for your post %(post)s. The request lies inside a "
            "standing consent of yours, so it was accepted: ads may show the post until %(ends)s.\n"
            "You can revoke this at any time: %(posts_link)s\nYour standing consents: %(standing_link)s"
        ),
        now,
        ends=moment(consent.ends_at),
    )


def refused(request: PermissionRequest, post: PostFacts, *, now: datetime) -> None:
    """Tell the ad account that the answer is no."""
    _to_account(
        request,
        post,
        _("%(profile)s refused your request"),
        _(
            "You asked for the post %(post)s. Its creator does not agree.\n\n%(reason)s\n\n"
            "What you can do: choose another post, or ask for something else: %(sent_link)s"
        ),
        now,
        reason=_("Reason: %(reason)s") % {"reason": request.reason} if request.reason else _("No reason was given."),
    )


def withdrawn(request: PermissionRequest, post: PostFacts, *, now: datetime) -> None:
    """Tell the creator that they need not answer any more."""
    _to_creator(
        request,
        post,
        _("%(account)s withdrew a request"),
        _("The ad account “%(account)s” no longer asks for your post %(post)s. You need not do anything."),
        now,
    )


def lapsed(request: PermissionRequest, post: PostFacts, *, now: datetime) -> None:
    """Tell both sides that the time for an answer is over."""
    _to_account(
        request,
        post,
        _("Your request to %(profile)s has lapsed"),
        _("Your request for the post %(post)s was open too long and has ended. You can ask again: %(sent_link)s"),
        now,
    )
    _to_creator(
        request,
        post,
        _("A request by %(account)s has lapsed"),
        _(
            "The request of the ad account “%(account)s” for your post %(post)s was open too long and has ended. "
            "Nothing was agreed."
        ),
        now,
    )


def closed(request: PermissionRequest, post: PostFacts, why: Closing, *, now: datetime) -> None:
    """Tell the ad account that nothing can come of its request any more."""
    _to_account(
        request,
        post,
        _("A request to %(profile)s was closed"),
        _("Your request for the post %(post)s was closed.\n\nReason: %(why)s\n\nYour requests: %(sent_link)s"),
        now,
        why=closing_words(why),
    )


def closing_words(why: Closing) -> str:
    """Return the reason in words, with its stable name."""
    words = {
        Closing.VIDEO_DELETED: _("its creator deleted the post"),
        Closing.VIDEO_UNAVAILABLE: _("the post was removed because it breaks the guidelines"),
        Closing.ACCOUNT_BANNED: _("the creator's profile is banned"),
        Closing.PROFILE_ERASED: _("the creator left"),
        Closing.ACCOUNT_SUSPENDED: _("the ad account is suspended"),
        Closing.CONSENT_ENDED: _("the authorisation that it was about has ended"),
        Closing.NO_LONGER_NEEDED: _("the creator consented in another way"),
    }
    return words[why] + f" ({why.value})"


def _to_account(
    request: PermissionRequest, post: PostFacts, subject: str, body: str, now: datetime, **more: str
) -> None:
    values = _values(request, post, more)
    letters.to_account(
        request.account_id,
        subject=subject % values,
        body=body % values,
        link=f"/advertiser/requests/{request.pk}/",
        kind=_KIND,
        now=now,
    )


def _to_creator(
    request: PermissionRequest, post: PostFacts, subject: str, body: str, now: datetime, **more: str
) -> None:
    assert post.owner_id is not None, "Only a person's post is asked for."
    values = _values(request, post, more)
    letters.to_person(
        post.owner_id,
        subject=subject % values,
        body=body % values,
        link=f"/studio/requests/{request.pk}/",
        kind=_KIND,
        now=now,
        time_zone=creator_time_zone(post.owner_id),
    )


def _values(request: PermissionRequest, post: PostFacts, more: dict[str, str]) -> dict[str, str | int]:
    account, site = account_facts(request.account_id), settings.VONK.site_url
    return {
        "account": account.name,
        "advertiser": account.advertiser_name,
        "payer": account.payer_name,
        "profile": post.display_name,
        "post": titled(post),
        "days": request.duration_days,
        "message": request.message or _("They wrote no message."),
        "inbox_link": f"{site}/studio/requests/{request.pk}/",
        "sent_link": f"{site}/advertiser/requests/{request.pk}/",
        "library_link": f"{site}/advertiser/spark-posts/",
        "posts_link": f"{site}/studio/",
        "standing_link": f"{site}/studio/standing/",
        **more,
    }
