"""What can be wrong with access to a creator's profile: the links that may be missing, and what stops an act on one."""

from typing import Final

from vonk.authorisation.errors.consents import AccountBanned, AccountSuspended, SparkTermsRequired
from vonk.authorisation.errors.terms import TermsAgreementRequired
from vonk.authorisation.rules.access import MissingLink
from vonk.core.errors import Actor, Conflict, Forbidden, Invalid, Limited, Missing, Problem

_CREATORS: Final = "/advertiser/creators/"
_ACCESS: Final = "/studio/access/"


# The links that may be missing between an ad account and a creator's posts.


class AccountAccessMissing(Conflict):
    """Nobody may use a creator's posts because they would like to."""

    code = "account_access_missing"
    message = "This ad account has no access to the creator's account."
    cause = "The creator has given no access to a business that works with this ad account, nor linked it as their own."
    remedy = "Ask the creator for access from the Business Center, by handle or with a QR code."
    actor = Actor.ADVERTISER
    link = _CREATORS


class AccountAccessNotAnswered(Conflict):
    """Asked is not granted."""

    code = "account_access_not_answered"
    message = "The creator has not answered the request for access yet."
    cause = "The business asked, and the request waits for the creator."
    remedy = "The creator answers it on their page of accesses."
    actor = Actor.CREATOR
    link = _ACCESS


class AccountAccessRefused(Conflict):
    """A no is a no."""

    code = "account_access_refused"
    message = "The creator refused access to their account."
    cause = "The business asked, and the creator said no."
    remedy = "Agree with the creator first; the business can ask again %(days)d days after a refusal."
    actor = Actor.CREATOR
    link = _ACCESS

    def __init__(self, *, days: int) -> None:
        super().__init__(days=days)


class AccountAccessEnded(Conflict):
    """The access expired, or its creator revoked it."""

    code = "account_access_ended"
    message = "The access to the creator's account has ended."
    cause = "Its days are over, or the creator revoked it or gave notice."
    remedy = "The creator extends an access that has expired; after a revocation the business asks again."
    actor = Actor.CREATOR
    link = _ACCESS


class AccountAccessScopeMissing(Conflict):
    """An access covers what the creator ticked."""

    code = "account_access_scope_missing"
    message = "The access to the creator's account does not cover this."
    cause = "The creator granted other uses, not this one."
    remedy = "The creator adds it to the access on their page of accesses."
    actor = Actor.CREATOR
    link = _ACCESS


class CreatorPermissionMissing(Forbidden):
    """Access is the business's; who works with which creator is decided inside it (reference §10)."""

    code = "creator_permission_missing"
    message = "You have no permission to use this creator's account."
    cause = "The business has access, and its administrators decide which members use which creator."
    remedy = "Ask an administrator of the business to assign the creator to you."
    actor = Actor.ADVERTISER
    link = _CREATORS


class CreatorAdSettingsOff(Conflict):
    """The creator's account-level switch, as an advertiser meets it."""

    code = "creator_ad_settings_off"
    message = "The creator's ad settings are off."
    cause = "While they are off, no post of the creator can be used in ads."
    remedy = "The creator switches their ad settings on; giving access to a business does so by itself."
    actor = Actor.CREATOR
    link = "/studio/ad-settings/"


class AccountRoleMissing(Forbidden):
    """To use a post in ads one has to be able to make ads (reference §10)."""

    code = "account_role_missing"
    message = "Your role in this ad account does not include making ads."
    cause = "Only its administrators and operators use posts in ads."
    remedy = "Ask an administrator of the ad account for the role of operator."
    actor = Actor.ADVERTISER
    link = "/advertiser/accounts/"


# What stops an act on an access.


class AccountAccessLimit(Limited):
    """Reference §3: 800 each way."""

    code = "account_access_limit"
    message = "The limit of %(most)d accesses is reached."
    cause = (
        "A creator's account is open to a bounded number of businesses, and a business to a bounded number of creators."
    )
    remedy = "End an access, or withdraw a request, that is no longer needed."
    actor = Actor.CALLER
    link = _CREATORS

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class AccountAccessExists(Conflict):
    """One access for each business and creator: it is changed, not doubled."""

    code = "account_access_exists"
    message = "The business has access to this account already, or has asked for it."
    cause = "A business has one access to a creator's account at a time."
    remedy = "Wait for the answer; or the creator changes or extends the access on their page of accesses."
    actor = Actor.CREATOR
    link = _ACCESS


class AccessAmendmentOpen(Conflict):
    """One question at a time."""

    code = "access_amendment_open"
    message = "The business has asked for more already."
    cause = "A business asks for one change of an access at a time, and the creator has not answered the last one."
    remedy = "Wait for the answer, or withdraw what was asked and ask for something else."
    actor = Actor.ADVERTISER
    link = _CREATORS


class AccessAmendmentTooSoon(Limited):
    """Nobody is asked day after day."""

    code = "access_amendment_too_soon"
    message = "The business has asked for more a short while ago."
    cause = "What was asked for was refused or withdrawn less than %(days)d days ago."
    remedy = "Wait until %(days)d days have passed; the creator can change or extend the access at any time."
    actor = Actor.ADVERTISER
    link = _CREATORS

    def __init__(self, *, days: int) -> None:
        super().__init__(days=days)


class AccessAmendmentAnswered(Conflict):
    """What was answered, withdrawn, has lapsed or was overtaken is not answered again."""

    code = "access_amendment_answered"
    message = "This request for more access is no longer open."
    cause = "It was answered or withdrawn, has lapsed, or the access has ended."
    remedy = "While it has access, the business can ask again; the creator can change the access without being asked."
    actor = Actor.ADVERTISER
    link = _CREATORS


class AccountAccessAnswered(Conflict):
    """What was answered, withdrawn or has lapsed is not answered again."""

    code = "account_access_answered"
    message = "This request for access is no longer open."
    cause = "It was answered or withdrawn, or has lapsed."
    remedy = "The business can ask again."
    actor = Actor.ADVERTISER
    link = _CREATORS


class AccessInvitationNotFound(Missing):
    """The one answer for a secret that never was, was used, was withdrawn or has lapsed."""

    code = "access_invitation_not_found"
    message = "This invitation is not valid any more."
    cause = "The link works once and for %(days)d days; it was used, withdrawn, cut off, or has lapsed."
    remedy = "Ask the business for a new link or QR code."
    actor = Actor.ADVERTISER
    link = _ACCESS
    field = "secret"

    def __init__(self, *, days: int) -> None:
        super().__init__(days=days)


class AccountLinkOwnerOnly(Forbidden):
    """Only an account of one's own is linked as such."""

    code = "account_link_owner_only"
    message = "An ad account is linked by who owns the creator's account and administers the ad account."
    cause = "You have no creator's account, or do not administer this ad account."
    remedy = "Ask the creator for access instead."
    actor = Actor.ADVERTISER
    link = _CREATORS


class AccessScopesInvalid(Invalid):
    """What is granted is at least one thing, of those that exist."""

    code = "access_scopes_invalid"
    message = "Choose at least one use: %(known)s."
    cause = "No use was chosen, or one that does not exist."
    remedy = "Choose what the business may do."
    link = _ACCESS
    field = "scopes"

    def __init__(self, *, known: str) -> None:
        super().__init__(known=known)


LINKS: Final[dict[MissingLink, type[Problem]]] = {
    MissingLink(error.code): error
    for error in (
        AccountAccessEnded,
        AccountAccessMissing,
        AccountAccessNotAnswered,
        AccountAccessRefused,
        AccountAccessScopeMissing,
        AccountBanned,
        AccountRoleMissing,
        AccountSuspended,
        CreatorAdSettingsOff,
        CreatorPermissionMissing,
        SparkTermsRequired,
        TermsAgreementRequired,
    )
}
assert LINKS.keys() == set(MissingLink), "Every missing link has its words."
