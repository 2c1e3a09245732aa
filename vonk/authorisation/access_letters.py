"""What is written about accesses: to the creator, to the business's administrators, to the ad account of one's own."""

from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.authorisation.models import AccountAccess, Consent
from vonk.authorisation.rules import NO_END
from vonk.content import queries as content
from vonk.content.queries.studio import creator_time_zone
from vonk.control import notifications
from vonk.control.wording import later as _
from vonk.control.wording import moment, nlater
from vonk.identity.actions import letters
from vonk.identity.queries import account_facts, organisation_names

KIND: Final = "access"
CREATOR_PATH: Final = "/studio/access/"
CREATORS_PATH: Final = "/advertiser/creators/"


def asked(access: AccountAccess, *, now: datetime) -> None:
    """Tell the creator who asks, and for what."""
    _to_creator(
        access,
        _("%(business)s asks for access to your account"),
        _(
            "The business “%(business)s” asks for access to your account @%(handle)s.\n\n%(message)s\n\n"
            "You choose what it may do and for how long, or refuse: %(creator_link)s"
        ),
        now,
    )


def granted(access: AccountAccess, *, now: datetime) -> None:
    """Tell the business that it may begin."""
    _to_business(
        access,
        _("@%(handle)s gave you access"),
        _(
            "The creator @%(handle)s gave “%(business)s” access to their account, %(until)s.\n"
            "Their posts can be used in ads without codes: %(business_link)s"
        ),
        now,
    )


def refused(access: AccountAccess, *, now: datetime) -> None:
    """Tell the business that the creator said no."""
    _to_business(
        access,
        _("@%(handle)s refused access"),
        _("The creator @%(handle)s refused “%(business)s” access to their account: %(business_link)s"),
        now,
    )


def changed(access: AccountAccess, *, consents: int, now: datetime) -> None:
    """Tell the business that it may do more, or less."""
    _to_business(
        access,
        _("@%(handle)s changed your access"),
        _(
            "The creator @%(handle)s changed what “%(business)s” may do with their account.\n%(stopped)s %(business_link)s"
        ),
        now,
        stopped=_stopped(consents),
    )


def extended(access: AccountAccess, *, now: datetime) -> None:
    """Tell the business that it may go on."""
    _to_business(
        access,
        _("@%(handle)s extended your access"),
        _("The access of “%(business)s” to @%(handle)s now holds %(until)s; ads go on: %(business_link)s"),
        now,
    )


def revoked(access: AccountAccess, *, consents: int, now: datetime) -> None:
    """Tell the other side that the creator took the access back, at once or with notice."""
    when = (
        _("It ends on %(ending)s, when its notice is over; ads stop then.")
        if access.revoked_at is None
        else _("It has ended, and every ad that stood on it has stopped.")
    )
    _to_business(
        access,
        _("@%(handle)s revoked your access"),
        _(
            "The creator @%(handle)s revoked the access to their account (account_access_ended). %(when)s\n%(stopped)s %(business_link)s"
        ),
        now,
        when=when % {"ending": _instant(access.ending_at)},
        stopped=_stopped(consents),
    )


def released(access: AccountAccess, *, consents: int, now: datetime) -> None:
    """Tell both sides that the business gave the access back."""
    _to_creator(
        access,
        _("%(business)s gave the access to your account back"),
        _(
            "The business “%(business)s” no longer uses your account @%(handle)s: it gave the access back. "
            "%(stopped)s %(creator_link)s"
        ),
        now,
        stopped=_stopped(consents),
    )
    _to_business(
        access,
        _("The access to @%(handle)s is given back"),
        _("“%(business)s” gave the access to @%(handle)s back. %(stopped)s %(business_link)s"),
        now,
        stopped=_stopped(consents),
    )


def amendment_asked(access: AccountAccess, *, now: datetime) -> None:
    """Tell the creator that a business asks for more."""
    _to_creator(
        access,
        _("%(business)s asks for more access to your account"),
        _(
            "The business “%(business)s”, which has access to your account @%(handle)s, asks for more.\n"
            "You read what, and accept or refuse it with one click: %(creator_link)s"
        ),
        now,
    )


def amendment_accepted(access: AccountAccess, *, now: datetime) -> None:
    """Tell the business that it got what it asked for."""
    _to_business(
        access,
        _("@%(handle)s gave you more access"),
        _("The creator @%(handle)s accepted what you asked for. Your access holds %(until)s: %(business_link)s"),
        now,
    )


def amendment_refused(access: AccountAccess, *, now: datetime) -> None:
    """Tell the business that it stays as it is."""
    _to_business(
        access,
        _("@%(handle)s refused you more access"),
        _("The creator @%(handle)s refused what you asked for. Your access stays as it is: %(business_link)s"),
        now,
    )


def expired(access: AccountAccess, *, consents: int, now: datetime) -> None:
    """Tell both sides that its days are over."""
    _to_business(
        access,
        _("Your access to @%(handle)s has expired"),
        _(
            "The days of the access to @%(handle)s are over. %(stopped)s\n"
            "What you can do: ask the creator to extend it; the same ads then go on: %(business_link)s"
        ),
        now,
        stopped=_stopped(consents),
    )
    _to_creator(
        access,
        _("The access of %(business)s has expired"),
        _(
            "The business “%(business)s” no longer has access to your account. %(stopped)s\n"
            "To let it go on, extend the access: %(creator_link)s"
        ),
        now,
        stopped=_stopped(consents),
    )


def lapsed(access: AccountAccess, *, now: datetime) -> None:
    """Tell the business that nobody answered."""
    if access.profile_id is None:
        subject, body = _("A link for access has lapsed"), _("Nobody opened the link for access: %(business_link)s")
    else:
        subject = _("@%(handle)s did not answer")
        body = _("The creator @%(handle)s did not answer your request for access in time: %(business_link)s")
    _to_business(access, subject, body, now)


def reminder(access: AccountAccess, *, days: int, now: datetime) -> None:
    """Tell both sides that the end comes near."""
    _to_business(
        access,
        _("%(days)d days left: your access to @%(handle)s"),
        _(
            "The access to @%(handle)s ends on %(ends)s, in %(days)d days; ads that stand on it stop then.\n"
            "What you can do: ask the creator to extend it: %(business_link)s"
        ),
        now,
        days=days,
    )
    _to_creator(
        access,
        _("%(days)d days left: the access of %(business)s"),
        _(
            "The access of “%(business)s” to your account ends on %(ends)s, in %(days)d days; its ads with your posts "
            "stop then.\nTo let it go on, extend it: %(creator_link)s"
        ),
        now,
        days=days,
    )


def taken(access: AccountAccess, consent: Consent, *, now: datetime) -> None:
    """Tell the creator, in the product alone, that a post of theirs was taken up: hundreds may be in one afternoon."""
    owner = content.profile_owner([access.profile_id or 0]).get(access.profile_id or 0)
    if owner is None or consent.account_id is None:
        return
    text = _("“%(account)s” uses your post in ads, by the access of %(business)s")
    notifications.notify(
        owner,
        kind=KIND,
        text=letters.worded(
            owner, text % {"account": account_facts(consent.account_id).name, "business": _business(access)}
        ),
        link=f"/studio/posts/{consent.post_id}/ads/",
        at=now,
    )


def _to_business(access: AccountAccess, subject: str, body: str, now: datetime, **more: str | int) -> None:
    """Write to the business's administrators; of a link of one's own, to the people of the ad account."""
    values = _values(access, more)
    to, whom = (
        (letters.to_organisation, access.organisation_id)
        if access.organisation_id is not None
        else (letters.to_account, access.account_id)
    )
    assert whom is not None, "An access is a business's or an ad account's."
    to(whom, subject=subject % values, body=body % values, now=now, link=CREATORS_PATH, kind=KIND)


def _to_creator(access: AccountAccess, subject: str, body: str, now: datetime, **more: str | int) -> None:
    assert access.profile_id is not None, "Only a request that somebody opened is told to a creator."
    owner = content.profile_owner([access.profile_id]).get(access.profile_id)
    if owner is None:
        return  # Erased since.
    values = _values(access, more)
    zone = creator_time_zone(owner)
    letters.to_person(
        owner, subject=subject % values, body=body % values, now=now, link=CREATOR_PATH, kind=KIND, time_zone=zone
    )


def _values(access: AccountAccess, more: dict[str, str | int]) -> dict[str, str | int]:
    site = settings.VONK.site_url
    profile = content.profile_briefs([access.profile_id]).get(access.profile_id) if access.profile_id else None
    return {
        "business": _business(access),
        "handle": profile.handle if profile is not None else "",
        "message": f"“{access.message}”" if access.message else _("They wrote no message."),
        "until": _("until you or they end it")
        if access.ends_at == NO_END
        else _("until %s") % _instant(access.ends_at),
        "ends": _instant(access.ends_at),
        "creator_link": f"{site}{CREATOR_PATH}",
        "business_link": f"{site}{CREATORS_PATH}",
        **more,
    }


def _business(access: AccountAccess) -> str:
    if access.organisation_id is not None:
        return organisation_names([access.organisation_id])[access.organisation_id]
    return account_facts(access.account_id).name if access.account_id is not None else ""


def _stopped(consents: int) -> str:
    if consents == 0:
        return _("No post was in use by it.")
    text = nlater("%(count)d post can no longer be used.", "%(count)d posts can no longer be used.", consents)
    return text % {"count": consents}


def _instant(at: datetime | None) -> str:
    return moment(at) if at is not None and at != NO_END else _("no end")
