"""Whom to reach at an advertiser's and where; pure. Nobody but the account's people and the operators reads it."""

from typing import Final

import msgspec

from vonk.core.errors import Phrase

TEXT_CHARS_MAX: Final = 255


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an ad account's people wrote of themselves; "" where they wrote nothing."""

    company: str = ""
    person: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    licence_number: str = ""
    website: str = ""


def wrong_contact(contact: Contact) -> tuple[str, Phrase] | None:
    """Return the first field that cannot be so, and how it must be; None when all can."""
    for field in contact.__struct_fields__:
        text = getattr(contact, field)
        if len(text) > TEXT_CHARS_MAX or not text.isprintable():
            return field, Phrase("at most %(most)s printable characters", most=TEXT_CHARS_MAX)
    if contact.email and not (0 < contact.email.find("@") < len(contact.email) - 1):
        return "email", Phrase("an e-mail address")
    if contact.website and not contact.website.startswith(("https://", "http://")):
        return "website", Phrase("an address that begins with https://")
    return None
