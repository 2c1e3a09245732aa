"""What host apps, their keys and their people's links can go wrong with."""

from vonk.core.errors import Actor, Conflict, Forbidden, Invalid, Limited


class HostMayNot(Forbidden):
    """A host's server syncs; it is nobody who posts, consents or advertises."""

    code = "host_may_not"
    message = "A host's key does not allow this."
    cause = "It syncs accounts, posts, sounds and follows, and lets the host's people in. Consent is theirs alone."
    remedy = "Send the person here by a link of POST /platform/v1/hosts/sessions, or use an access token of a person."


class HostNameTaken(Conflict):
    """Hosts are told apart by name."""

    code = "host_name_taken"
    message = "There is a host app named “%(name)s”."
    remedy = "Choose another name, or make a key for that one."
    field = "name"


class HostsLimited(Limited):
    """A platform has few hosts."""

    code = "hosts_limited"
    message = "There are %(most)d host apps already."
    remedy = "Use one of them."
    actor = Actor.OPERATOR


class HostKeysLimited(Limited):
    """Keys are for servers, not for requests."""

    code = "host_keys_limited"
    message = "The host has %(most)d keys in force."
    remedy = "Revoke one that is not used any more."
    actor = Actor.OPERATOR


class EntryInvalid(Invalid):
    """The one answer for a link that was used, is too old, or never was."""

    code = "entry_invalid"
    message = "This link does not let you in any more."
    cause = "It works once and for a few minutes; a newer link ends the one before."
    remedy = "Go back to the app and open the page from there again."
    actor = Actor.CREATOR


class AgeUnclear(Invalid):
    """An age is told in one way."""

    code = "age_unclear"
    message = "birth_year and age_band are both given."
    remedy = "Give one of them."
    field = "age_band"
