"""What the creator is written about posts that advertisers make under their name."""

from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.authorisation.letters import titled
from vonk.authorisation.models import Consent
from vonk.content.queries import PostFacts
from vonk.content.rules import PublishAs
from vonk.control.wording import later as _
from vonk.identity.actions import letters
from vonk.identity.queries import account_facts

KIND: Final = "push"
STUDIO_PATH: Final = "/studio/"


def pushed(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the creator what waits under their name, and that they may refuse."""
    how = {
        PublishAs.ADS_ONLY: _("It will be shown in ads alone, not on your profile."),
        PublishAs.PRIVATE: _("It will stand on your profile for your eyes only, until you make it public."),
        PublishAs.PUBLIC: _("It will stand on your profile for everybody."),
    }
    _to_creator(
        consent,
        post,
        _("%(account)s made a post for your profile"),
        _(
            "The ad account “%(account)s” made the post %(post)s under your name. It is a draft: nobody sees it before an "
            "ad with it is approved.\n%(how)s\n\nLook at it, or refuse it at any time: %(link)s"
        ),
        now,
        how=how[post.publish_as or PublishAs.ADS_ONLY],
    )


def published(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the creator what stands under their name now."""
    how = {
        PublishAs.ADS_ONLY: _("It is shown in ads alone, not on your profile."),
        PublishAs.PRIVATE: _("Only you see it on your profile. The ads begin when you make it public."),
        PublishAs.PUBLIC: _("Everybody sees it on your profile."),
    }
    _to_creator(
        consent,
        post,
        _("A post by %(account)s is published under your name"),
        _(
            "An ad with the post %(post)s, which “%(account)s” made under your name, was approved, and the post is "
            "published.\n%(how)s\n\nYou may delete it at any time; its ads then stop at once: %(link)s"
        ),
        now,
        how=how[post.publish_as or PublishAs.ADS_ONLY],
    )


def discarded(consent: Consent, post: PostFacts, *, now: datetime) -> None:
    """Tell the creator that a draft is gone."""
    _to_creator(
        consent,
        post,
        _("%(account)s took a draft back"),
        _("The ad account “%(account)s” deleted the draft %(post)s that it had made under your name."),
        now,
    )


def _to_creator(consent: Consent, post: PostFacts, subject: str, body: str, now: datetime, *, how: str = "") -> None:
    assert post.owner_id is not None, "Pushed posts stand under a person's profile."
    assert consent.account_id is not None, "A pushed post has its advertiser."
    path = f"{STUDIO_PATH}posts/{post.id}/"
    values = {
        "account": account_facts(consent.account_id).name,
        "post": titled(post),
        "how": how,
        "link": f"{settings.VONK.site_url}{path}",
    }
    letters.to_person(post.owner_id, subject=subject % values, body=body % values, now=now, link=path, kind=KIND)
