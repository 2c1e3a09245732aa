"""The tables of identity: one file per noun."""

from vonk.identity.models.businesses import AdAccount, Organisation
from vonk.identity.models.developers import App, AuthorisationCode
from vonk.identity.models.hosts import EntryLink, Host
from vonk.identity.models.letters import Letter, LetterFile
from vonk.identity.models.members import MemberInvitation, Membership, OrganisationMember, ProfileAssignment
from vonk.identity.models.partners import Partnership, Share, ShareAssignment
from vonk.identity.models.people import (
    AccessToken,
    Person,
    PersonManager,
    PlatformMember,
    SignInBucket,
    email_digest,
    new_pseudonym,
)

__all__ = [
    "AccessToken",
    "AdAccount",
    "App",
    "AuthorisationCode",
    "EntryLink",
    "Host",
    "Letter",
    "LetterFile",
    "MemberInvitation",
    "Membership",
    "Organisation",
    "OrganisationMember",
    "Partnership",
    "Person",
    "PersonManager",
    "PlatformMember",
    "ProfileAssignment",
    "Share",
    "ShareAssignment",
    "SignInBucket",
    "email_digest",
    "new_pseudonym",
]
