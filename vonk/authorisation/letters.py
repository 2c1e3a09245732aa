"""What both sides are written: who did what to which post, why that matters, and what to do about it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.authorisation.models import Consent
from vonk.authorisation.rules import Refusal, Side
from vonk.content.queries import PostFacts
from vonk.content.queries.studio import creator_time_zone
from vonk.control.wording import later as _
from vonk.control.wording import moment
from vonk.identity.actions import letters
from vonk.identity.queries import account_facts

_CAPTION_CHARS: Final = 60
KIND: Final = "consent"  # Of the news that go with these letters.
BOTH: Final = (Side.ADVERTISER, Side.CREATOR)


def redeemed(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the creator who uses their code."""
    _to_creator(
        post,
        _("%(account)s uses your post in ads"),
        _(
            "The ad account “%(account)s” has used your code for the post %(post)s.\n"
            "It may show the post in ads until %(ends)s. You can revoke this at any time: %(posts_link)s"
        ),
        consent,
        now,
    )


def redeemed_all(consents: Sequence[Consent], post: PostFacts, *, now: datetime) -> None:
    """Tell the creator, in one letter, who uses several codes of theirs; ``post`` is the first one's."""
    if len(consents) == 1:
        redeemed(consents[0], post, now=now)
        return
    _to_creator(
        post,
        _("%(account)s uses your posts in ads"),
        _(
            "The ad account “%(account)s” has used %(count)d of your codes, for the post %(post)s and others.\n"
            "It may show the posts in ads until their authorisations end. You can revoke each at any time: %(posts_link)s"
        ),
        consents[0],
        now,
        count=len(consents),
    )


def extended(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the ad account that it may go on."""
    _to_account(
        post,
        _("%(profile)s extended an authorisation"),
        _(
            "The authorisation of the post %(post)s now ends on %(ends)s. The code stays the same; "
            "ads with the post deliver until then: %(library_link)s"
        ),
        consent,
        now,
    )


def revoked(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the ad account that the creator took the consent back."""
    _to_account(
        post,
        _("%(profile)s revoked an authorisation"),
        _(
            "Your ads with the post %(post)s have stopped.\n\n"
            "Reason: its creator revoked the authorisation (authorization_revoked).\n"
            "What you can do: ask the creator for a new code, or use another post: %(library_link)s"
        ),
        consent,
        now,
    )


def notice_given(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the ad account that the creator took the consent back, and until when it holds."""
    assert consent.ending_at is not None, "Notice has an end."
    _to_account(
        post,
        _("%(profile)s revoked an authorisation, with notice"),
        _(
            "Your ads with the post %(post)s go on until %(ending)s, when the notice ends that the terms ask for, and "
            "stop then.\n\n"
            "Reason: its creator revoked the authorisation (authorization_revoked).\n"
            "What you can do: ask the creator for a new code, or use another post: %(library_link)s"
        ),
        consent,
        now,
        ending=moment(consent.ending_at),
    )


def ended(consent: Consent, post: PostFacts, *, sides: Collection[Side] = BOTH, now: datetime) -> None:
    """Tell both sides, or one, that the consent's days are over."""
    if Side.ADVERTISER in sides:
        _ended_to_account(consent, post, now=now)
    if Side.CREATOR in sides:
        _ended_to_creator(consent, post, now=now)


def _ended_to_account(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    _to_account(
        post,
        _("The authorisation of a post by %(profile)s has ended"),
        _(
            "Your ads with the post %(post)s have stopped.\n\n"
            "Reason: its authorisation ended on %(ends)s (auth_code_expired).\n"
            "What you can do: ask the creator to extend it; the same code and the same ads then go on: %(library_link)s"
        ),
        consent,
        now,
    )


def _ended_to_creator(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    if consent.account_id is not None:
        subject = _("Your authorisation for %(account)s has ended")
        text = _(
            "The ad account “%(account)s” no longer shows your post %(post)s in ads: the authorisation ended on "
            "%(ends)s.\nTo let it go on, extend the authorisation: %(posts_link)s"
        )
    else:
        subject = _("A code of yours has ended unused")
        text = _(
            "Nobody used the code for your post %(post)s until it ended on %(ends)s.\n"
            "To let an advertiser use it, extend it or make a new one: %(posts_link)s"
        )
    _to_creator(post, subject, text, consent, now)


def reminder(consent: Consent, post: PostFacts, *, days: int, sides: Collection[Side] = BOTH, now: datetime) -> None:
    """Tell both sides, or one, that the end comes near."""
    if Side.ADVERTISER in sides:
        _to_account(
            post,
            _("%(days)d days left: the authorisation of a post by %(profile)s"),
            _(
                "The authorisation of the post %(post)s ends on %(ends)s, in %(days)d days; ads with it stop then.\n"
                "What you can do: ask the creator to extend it, with one tap: %(ask_link)s"
            ),
            consent,
            now,
            days=days,
        )
    if Side.CREATOR in sides:
        _to_creator(
            post,
            _("%(days)d days left: your authorisation for %(account)s"),
            _(
                "The ad account “%(account)s” may show your post %(post)s until %(ends)s, for %(days)d more days.\n"
                "To let it go on, extend it with one tap: %(extend_link)s"
            ),
            consent,
            now,
            days=days,
        )


def given_back(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the creator that the ad account gave the consent back before its end."""
    _to_creator(
        post,
        _("%(account)s no longer uses your post"),
        _(
            "The ad account “%(account)s” has given back your authorisation of the post %(post)s, which would have lasted "
            "until %(ends)s. The account shows the post in no ad any more, and its code no longer works: %(posts_link)s"
        ),
        consent,
        now,
    )


def gone(consent: Consent, post: PostFacts, reason: Refusal, *, sides: Collection[Side] = BOTH, now: datetime) -> None:
    """Tell both sides, or one, that the post cannot be shown for now."""
    if Side.ADVERTISER in sides:
        _to_account(
            post,
            _("A post by %(profile)s is no longer available"),
            _(
                "Your ads with the post %(post)s have stopped.\n\n"
                "Reason: %(reason)s\n"
                "What you can do: use another post, or contact the creator; if the post comes back before %(ends)s, so do "
                "the ads: %(library_link)s"
            ),
            consent,
            now,
            reason=reason_of(reason),
        )
    if Side.CREATOR in sides:
        _to_creator(
            post,
            _("Ads with your post have stopped"),
            _(
                "The ad account “%(account)s” no longer shows your post %(post)s in ads.\n\n"
                "Reason: %(reason)s\n"
                "Nothing is lost: if the post comes back before %(ends)s, so do the ads: %(posts_link)s"
            ),
            consent,
            now,
            reason=reason_of(reason),
        )


def back(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the ad account that the post can be shown again."""
    _to_account(
        post,
        _("A post by %(profile)s is available again"),
        _("Ads with the post %(post)s deliver again, until %(ends)s: %(library_link)s"),
        consent,
        now,
    )


def titled(post: PostFacts) -> str:
    """Return how a letter names the post: by its caption, cut short, its creator's handle and its id."""
    caption = " ".join(post.caption.split())
    if len(caption) > _CAPTION_CHARS:
        caption = caption[: _CAPTION_CHARS - 1] + "…"
    return f"“{caption}” (@{post.handle}, {post.id})" if caption else f"{post.id} (@{post.handle})"


def extend_link(consent: Consent) -> str:
    """Return where a creator extends the consent with one tap. The link itself changes nothing."""
    return f"{settings.VONK.site_url}/studio/consents/{consent.pk}/extend/"


def ask_link(consent: Consent) -> str:
    """Return where an advertiser asks for more time with one tap. The link itself changes nothing."""
    return f"{settings.VONK.site_url}/advertiser/spark-posts/{consent.pk}/ask-extension/"


def reason_of(reason: Refusal) -> str:
    texts = {
        Refusal.VIDEO_DELETED: _("its creator deleted the post (video_deleted)."),
        Refusal.NOT_PUBLIC_VIDEO: _("the post is not public any more (not_public_video)."),
        Refusal.ACCOUNT_BANNED: _("the creator's profile is banned (account_banned)."),
    }
    return texts.get(reason, _("the post was removed because it breaks the guidelines (video_unavailable)."))


def _to_account(post: PostFacts, subject: str, body: str, consent: Consent, now: datetime, **more: str | int) -> None:
    """Write to the ad account, if one redeemed the code."""
    if consent.account_id is None:
        return
    values = _values(post, consent, more)
    letters.to_account(
        consent.account_id,
        subject=subject % values,
        body=body % values,
        now=now,
        link=str(values["ask_link" if "days" in more else "post_link"]),
        kind=KIND,
    )


def _to_creator(post: PostFacts, subject: str, body: str, consent: Consent, now: datetime, **more: str | int) -> None:
    assert post.owner_id is not None, "Only a person's post is consented to."
    values = _values(post, consent, more)
    link = str(values["extend_link" if "days" in more else "ads_link"])
    zone = creator_time_zone(post.owner_id)
    letters.to_person(
        post.owner_id, subject=subject % values, body=body % values, now=now, link=link, kind=KIND, time_zone=zone
    )


def _values(post: PostFacts, consent: Consent, more: dict[str, str | int]) -> dict[str, str | int]:
    return {
        "account": account_facts(consent.account_id).name if consent.account_id is not None else "",
        "profile": post.display_name,
        "post": titled(post),
        "ends": moment(consent.ends_at),
        "ask_link": ask_link(consent),
        "extend_link": extend_link(consent),
        "post_link": f"{settings.VONK.site_url}/advertiser/spark-posts/{consent.pk}/",
        "ads_link": f"{settings.VONK.site_url}/studio/posts/{post.id}/ads/",
        "library_link": f"{settings.VONK.site_url}/advertiser/spark-posts/",
        "posts_link": f"{settings.VONK.site_url}/studio/",
        **more,
    }
