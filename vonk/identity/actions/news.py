"""What people are written about organisations, their partners and what they work with, each by e-mail and as news."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.control.wording import later as _
from vonk.control.wording import moment
from vonk.identity.actions import letters

KIND: Final = "business"
JOIN_PATH: Final = "/advertiser/business/join/"


def business_path(organisation_id: int) -> str:
    """Return where an organisation's pages begin."""
    return f"/advertiser/business/{organisation_id}/"


def invited(address: str, *, organisation: str, inviter: str, secret: str, expires_at: datetime, now: datetime) -> None:
    """Send the link of an invitation. Its secret stands in the fragment, which browsers send to nobody."""
    values = {
        "inviter": inviter,
        "organisation": organisation,
        "link": f"{settings.VONK.site_url}{JOIN_PATH}#{secret}",
        "secret": secret,
        "expires": moment(expires_at),
        "address": address,
    }
    letters.to_address(
        address,
        subject=_("%(inviter)s invites you to “%(organisation)s”") % values,
        body=_(
            "%(inviter)s invites you to work for “%(organisation)s”.\n\n"
            "Open this link and sign in, or sign up, with the address %(address)s:\n%(link)s\n\n"
            "It works once, until %(expires)s. If you cannot follow it, open %(link)s without the part after “#”, and "
            "type: %(secret)s\n\nIf you do not know them, do nothing."
        )
        % values,
        now=now,
    )


def joined(organisation_id: int, *, organisation: str, person: str, now: datetime) -> None:
    """Tell the admins that somebody accepted."""
    values = {"person": person, "organisation": organisation}
    letters.to_organisation(
        organisation_id,
        subject=_("%(person)s joined “%(organisation)s”") % values,
        body=_(
            "%(person)s accepted the invitation to “%(organisation)s”.\n"
            "They work with what you assign to them: open the page below."
        )
        % values,
        link=business_path(organisation_id),
        kind=KIND,
        now=now,
    )


def left(organisation_id: int, *, organisation: str, person: str, now: datetime) -> None:
    """Tell the admins that somebody left."""
    values = {"person": person, "organisation": organisation}
    letters.to_organisation(
        organisation_id,
        subject=_("%(person)s left “%(organisation)s”") % values,
        body=_("%(person)s no longer belongs to “%(organisation)s”, and has no role in its ad accounts.") % values,
        link=business_path(organisation_id),
        kind=KIND,
        now=now,
    )


def role_changed(person_id: int, *, organisation_id: int, organisation: str, role: str, now: datetime) -> None:
    """Tell somebody which role they have in the organisation from now on."""
    values = {"organisation": organisation, "role": role}
    letters.to_person(
        person_id,
        subject=_("Your role in “%(organisation)s” changed") % values,
        body=_("Your role in “%(organisation)s” is now: %(role)s.") % values,
        link=business_path(organisation_id),
        kind=KIND,
        now=now,
    )


def removed(person_id: int, *, organisation: str, now: datetime) -> None:
    """Tell somebody that they were taken out of the organisation."""
    values = {"organisation": organisation}
    letters.to_person(
        person_id,
        subject=_("You no longer belong to “%(organisation)s”") % values,
        body=_(
            "An admin removed you from “%(organisation)s”. You can no longer open its ad accounts.\n"
            "What you made there stays. If this is a mistake, ask one of its admins."
        )
        % values,
        kind=KIND,
        now=now,
    )


def assigned(person_id: int, *, asset: str, role: str, organisation: str, now: datetime) -> None:
    """Tell somebody what they work with from now on, and as what ("" for what has no roles)."""
    values = {"asset": asset, "role": role, "organisation": organisation}
    body = _("You now work with “%(asset)s” of “%(organisation)s”.") % values
    letters.to_person(
        person_id,
        subject=_("You work with “%(asset)s”") % values,
        body=body + ("\n" + _("Your role there: %(role)s.") % values if role else ""),
        link="/advertiser/accounts/",
        kind=KIND,
        now=now,
    )


def unassigned(people: Iterable[int], *, asset: str, organisation: str, now: datetime) -> None:
    """Tell people what they no longer work with."""
    values = {"asset": asset, "organisation": organisation}
    for person_id in people:
        letters.to_person(
            person_id,
            subject=_("You no longer work with “%(asset)s”") % values,
            body=_("Your role in “%(asset)s” of “%(organisation)s” was taken back.") % values,
            kind=KIND,
            now=now,
        )


def partner_asked(asked_id: int, *, asker: str, asked: str, now: datetime) -> None:
    """Tell the admins of an organisation that another asks it to be partners."""
    values = {"asker": asker, "asked": asked}
    _on_partners_page(
        asked_id,
        subject=_("“%(asker)s” asks to be a partner of “%(asked)s”") % values,
        body=_(
            "“%(asker)s” asks to be a partner of “%(asked)s”. Partners can share ad accounts and access to creators "
            "with one another; nothing is shared by accepting. Accept or refuse on the page below."
        )
        % values,
        now=now,
    )


def partner_accepted(asker_id: int, *, asker: str, asked: str, now: datetime) -> None:
    """Tell those who asked that the other organisation accepted."""
    values = {"asker": asker, "asked": asked}
    _on_partners_page(
        asker_id,
        subject=_("“%(asked)s” is now a partner of “%(asker)s”") % values,
        body=_("“%(asked)s” accepted. Each of you can now share assets with the other.") % values,
        now=now,
    )


def partner_ended(other_id: int, *, other: str, ender: str, now: datetime) -> None:
    """Tell the other organisation that the partnership, or the question, is over."""
    values = {"other": other, "ender": ender}
    _on_partners_page(
        other_id,
        subject=_("“%(ender)s” is not a partner of “%(other)s” any more") % values,
        body=_("“%(ender)s” ended the partnership or refused it. Everything that was shared is taken back.") % values,
        now=now,
    )


def shared(taker_id: int, *, asset: str, role: str, giver: str, now: datetime) -> None:
    """Tell a partner's admins what was shared, or for which role it is shared from now on ("" for no roles)."""
    values = {"asset": asset, "role": role, "giver": giver}
    body = _("“%(giver)s” shares “%(asset)s” with you. Assign it to your people on the page below.") % values
    _on_partners_page(
        taker_id,
        subject=_("“%(giver)s” shares “%(asset)s”") % values,
        body=body + ("\n" + _("The highest role that they can have: %(role)s.") % values if role else ""),
        now=now,
    )


def unshared(taker_id: int, *, asset: str, giver: str, now: datetime) -> None:
    """Tell a partner's admins what was taken back."""
    values = {"asset": asset, "giver": giver}
    _on_partners_page(
        taker_id,
        subject=_("“%(giver)s” no longer shares “%(asset)s”") % values,
        body=_("None of your people can work with “%(asset)s” of “%(giver)s” any more.") % values,
        now=now,
    )


def handed_back(giver_id: int, *, asset: str, taker: str, now: datetime) -> None:
    """Tell the admins who shared something that the partner gave it back."""
    values = {"asset": asset, "taker": taker}
    _on_partners_page(
        giver_id,
        subject=_("“%(taker)s” no longer works with “%(asset)s”") % values,
        body=_("“%(taker)s” gave back “%(asset)s”. None of its people can work with it any more.") % values,
        now=now,
    )


def suspended(people: Iterable[int], *, account: str, reason: str, now: datetime) -> None:
    """Tell an ad account's admins that it stands still, and why."""
    values = {"account": account, "reason": reason}
    for person_id in people:
        letters.to_person(
            person_id,
            subject=_("The ad account “%(account)s” is suspended") % values,
            body=_(
                "The operator of this platform suspended the ad account “%(account)s”. None of its ads is shown.\n\n"
                "Reason: %(reason)s\n\nNothing is lost: when the suspension is lifted, the ads go on as they were, "
                "without a new review. Answer the operator if you think that it is a mistake."
            )
            % values,
            link="/advertiser/",
            kind=KIND,
            now=now,
        )


def unsuspended(people: Iterable[int], *, account: str, now: datetime) -> None:
    """Tell an ad account's admins that its ads go on."""
    values = {"account": account}
    for person_id in people:
        letters.to_person(
            person_id,
            subject=_("The ad account “%(account)s” is no longer suspended") % values,
            body=_("The suspension of “%(account)s” is lifted. Its ads go on as they were.") % values,
            link="/advertiser/",
            kind=KIND,
            now=now,
        )


def _on_partners_page(organisation_id: int, *, subject: str, body: str, now: datetime) -> None:
    """Tell an organisation's admins what its page of partners shows."""
    letters.to_organisation(
        organisation_id,
        subject=subject,
        body=body,
        link=business_path(organisation_id) + "partners/",
        kind=KIND,
        now=now,
    )
