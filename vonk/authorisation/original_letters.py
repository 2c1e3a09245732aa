"""What is written when an ad stands on another author's consent, and that consent is missing or there again."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings

from vonk.authorisation.letters import titled
from vonk.authorisation.models import Consent
from vonk.content.queries import PostFacts
from vonk.content.queries.studio import creator_time_zone
from vonk.control.wording import later as _
from vonk.control.wording import moment
from vonk.identity.actions import letters
from vonk.identity.queries import account_facts

_KIND = "originals"


def missing(consent: Consent, post: PostFacts, originals: Collection[PostFacts], *, now: datetime) -> None:
    """Tell the ad account and the creator that the ads wait for the authors of the originals."""
    _to_both(
        consent,
        post,
        originals,
        (
            _("Ads with a post by %(profile)s wait for another author"),
            _(
                "The post %(post)s answers or mentions %(originals)s. Ads with it deliver only while that author "
                "consents, too.\n\n"
                "Reason: there is no consent of theirs for your ad account now (original_authorization_required).\n"
                "What you can do: they have been asked, unless they answered before; you can ask them yourself: "
                "%(requests_link)s"
            ),
        ),
        (
            _("Ads with your post wait for another author"),
            _(
                "Your post %(post)s answers or mentions %(originals)s. The ad account “%(account)s” can show it only "
                "while that author consents, too, and there is no consent of theirs now.\n"
                "Nothing is lost: your own consent stays, and the ads come back with theirs."
            ),
        ),
        now=now,
    )


def met(consent: Consent, post: PostFacts, originals: Collection[PostFacts], *, now: datetime) -> None:
    """Tell the ad account and the creator that nothing is missing any more."""
    _to_both(
        consent,
        post,
        originals,
        (
            _("Ads with a post by %(profile)s may deliver"),
            _(
                "The author of %(originals)s consents, too. Ads with the post %(post)s deliver until %(ends)s: "
                "%(library_link)s"
            ),
        ),
        (
            _("Ads with your post may deliver"),
            _(
                "The author of %(originals)s consents, too: the ad account “%(account)s” can show your post %(post)s "
                "in ads."
            ),
        ),
        now=now,
    )


def _to_both(
    consent: Consent,
    post: PostFacts,
    originals: Collection[PostFacts],
    to_account: tuple[str, str],
    to_creator: tuple[str, str],
    *,
    now: datetime,
) -> None:
    assert consent.account_id is not None, "Only a consent that an account holds needs others'."
    values = {
        "account": account_facts(consent.account_id).name,
        "profile": post.display_name,
        "post": titled(post),
        "originals": ", ".join(titled(original) for original in originals),
        "ends": moment(consent.ends_at),
        "library_link": f"{settings.VONK.site_url}/advertiser/spark-posts/",
        "requests_link": f"{settings.VONK.site_url}/advertiser/requests/",
    }
    subject, body = to_account
    letters.to_account(
        consent.account_id,
        subject=subject % values,
        body=body % values,
        link="/advertiser/requests/",
        kind=_KIND,
        now=now,
    )
    if post.owner_id is not None:
        subject, body = to_creator
        letters.to_person(
            post.owner_id,
            subject=subject % values,
            body=body % values,
            link=f"/studio/posts/{post.id}/",
            kind=_KIND,
            now=now,
            time_zone=creator_time_zone(post.owner_id),
        )
