"""Every kind of news, declared once: what it is about, whom it concerns, and where it cannot be switched off."""

from enum import StrEnum
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Channel(StrEnum):
    """Where news reach a person."""

    PRODUCT = "product"  # The bell.
    MAIL = "mail"


class Concerned(StrEnum):
    """Whom a kind concerns; everybody is a viewer."""

    EVERYBODY = "everybody"
    CREATORS = "creators"
    ADVERTISERS = "advertisers"


class KindEntry(msgspec.Struct, frozen=True):
    """One kind. ``locked``: the channels that nobody switches off, because of ``why``."""

    name: str
    title: str | Promise
    meaning: str | Promise
    concerned: frozenset[Concerned]
    locked: frozenset[Channel] = frozenset()
    why: str | Promise = ""


_BOTH_SIDES: Final = frozenset({Concerned.CREATORS, Concerned.ADVERTISERS})
_CREATORS: Final = frozenset({Concerned.CREATORS})
_ADVERTISERS: Final = frozenset({Concerned.ADVERTISERS})
_EVERYBODY: Final = frozenset({Concerned.EVERYBODY})
_WHOLLY: Final = frozenset(Channel)
_IN_PRODUCT: Final = frozenset({Channel.PRODUCT})

KINDS: Final[tuple[KindEntry, ...]] = (
    KindEntry(
        "consent",
        _("Authorisations of posts"),
        _("A code was used, an authorisation ends soon, has ended, was extended or revoked."),
        _BOTH_SIDES,
        _WHOLLY,
        _("Consent that ends stops ads: both sides must know."),
    ),
    KindEntry(
        "access",
        _("Access to a creator's account"),
        _("It was asked for, granted, changed, ends soon or has ended."),
        _BOTH_SIDES,
        _WHOLLY,
        _("It is consent, which both sides must know of."),
    ),
    KindEntry("requests", _("Requests"), _("An advertiser asks for a post, or a creator answers."), _BOTH_SIDES),
    KindEntry(
        "push",
        _("Posts pushed to a profile"),
        _("An advertiser made a post for a creator's profile, or it was published or refused."),
        _BOTH_SIDES,
        _IN_PRODUCT,
        _("It stands under the creator's name."),
    ),
    KindEntry(
        "caption",
        _("New captions"),
        _("One was proposed, refused, reviewed or switched to."),
        _BOTH_SIDES,
        _IN_PRODUCT,
        _("It is what the creator is read to say."),
    ),
    KindEntry(
        "originals", _("Originals of Duets and Stitches"), _("Whether ads may show what a post builds on."), _BOTH_SIDES
    ),
    KindEntry(
        "ad_made",
        _("Ads with your posts"),
        _("An advertiser made or changed an ad with a post of yours."),
        _CREATORS,
        _IN_PRODUCT,
        _("You decide what your posts advertise."),
    ),
    KindEntry("comments", _("Comments that wait"), _("A comment waits for your decision."), _CREATORS),
    KindEntry("schedule", _("Planned posts"), _("A post was published at its time, or could not be."), _CREATORS),
    KindEntry(
        "ad_verdict",
        _("Decisions about ads"),
        _("An ad was approved, rejected or refused."),
        _ADVERTISERS,
        _IN_PRODUCT,
        _("The law wants reasons to be told."),
    ),
    KindEntry("report", _("Reports by e-mail"), _("A report that you had sent regularly."), _ADVERTISERS),
    KindEntry(
        "business",
        _("Businesses and roles"),
        _("Somebody invited you, or changed what you may do."),
        _EVERYBODY,
        _IN_PRODUCT,
        _("Who may act is a matter of safety."),
    ),
    KindEntry("webhook", _("Webhooks"), _("One was paused because nobody answered it."), _EVERYBODY),
    KindEntry(
        "moderation",
        _("Decisions of moderators"),
        _("What was decided about your posts and comments, and why."),
        _EVERYBODY,
        _WHOLLY,
        _("The law wants reasons to be told."),
    ),
    KindEntry(
        "news",
        _("Your account"),
        _("What concerns your account itself."),
        _EVERYBODY,
        _WHOLLY,
        _("It concerns your safety and your rights."),
    ),
)
BY_NAME: Final[dict[str, KindEntry]] = {kind.name: kind for kind in KINDS}


def locked(kind: str, channel: Channel) -> bool:
    """Say whether nobody switches the kind off there; what is not declared nobody does anywhere."""
    entry = BY_NAME.get(kind)
    return entry is None or channel in entry.locked
