"""What organisations, their members and their partners can go wrong with."""

from vonk.core.errors import Actor, Conflict, Forbidden, Invalid, Limited, Missing, RightMissing


class RoleMissing(RightMissing):
    """None of the person's roles includes what they ask for; says which one would, and who can give it."""

    message = "Your role does not include “%(right)s”: it takes the role “%(role)s”."
    cause = "You have this role or these: %(held)s."
    remedy = "Ask for it: %(admins)s can give it to you."
    actor = Actor.ADVERTISER


class LastAdmin(Conflict):
    """An organisation always has somebody who can look after it."""

    code = "last_admin"
    message = "%(person)s is the only admin of “%(organisation)s”."
    cause = "Nobody else has this role there."
    remedy = "Make another member an admin first."
    actor = Actor.ADVERTISER


class AlreadyMember(Conflict):
    """A person is a member once."""

    code = "already_member"
    message = "This person is a member already."
    cause = "Somebody invited or added them before."
    remedy = "Change their role on the member's page."
    actor = Actor.ADVERTISER
    field = "email"


class AlreadyInvited(Conflict):
    """An address is invited once at a time."""

    code = "already_invited"
    message = "This address is invited already."
    cause = "The invitation is still open."
    remedy = "Send the open invitation again, or withdraw it first."
    actor = Actor.ADVERTISER
    field = "email"


class InvitationNotFound(Missing):
    """The secret belongs to no invitation that can be accepted."""

    code = "invitation_not_found"
    message = "There is no such invitation."
    cause = "It was accepted or withdrawn, a newer letter replaced its link, or the link is not complete."
    remedy = "Open the link of the latest letter, or ask for another invitation."
    actor = Actor.ADVERTISER


class InvitationExpired(Conflict):
    """An invitation lasts for a week."""

    code = "invitation_expired"
    message = "The invitation to “%(organisation)s” has expired."
    cause = "It was open until %(at)s."
    remedy = "Ask an admin of the organisation to send it again."
    actor = Actor.ADVERTISER


class InvitationOfAnother(Forbidden):
    """An invitation is for one address."""

    code = "invitation_of_another"
    message = "The invitation is for another e-mail address."
    cause = "It was sent to %(address)s; you are signed in with another address."
    remedy = "Sign in with the invited address, or ask for an invitation to yours."


class InvitationsLimited(Limited):
    """Letters are not sent without end."""

    code = "invitations_limited"
    message = "There are %(most)d open invitations, or this one was sent %(sends)d times."
    cause = "Both are bounded, so that nobody is flooded with letters."
    remedy = "Withdraw an invitation that nobody answers."
    actor = Actor.ADVERTISER


class MembersLimited(Limited):
    """An organisation has a bounded number of members."""

    code = "members_limited"
    message = "The organisation has %(most)d members already."
    cause = "That is as many as there can be."
    remedy = "Remove members who left."
    actor = Actor.ADVERTISER


class OrganisationsLimited(Limited):
    """A person belongs to a bounded number of organisations."""

    code = "organisations_limited"
    message = "You belong to %(most)d organisations already."
    cause = "That is as many as there can be."
    remedy = "Leave one that you no longer work for."


class NotMember(Conflict):
    """Only a member can be given something to work with."""

    code = "not_member"
    message = "This person is no member of the organisation."
    cause = "They never joined, left, or were removed."
    remedy = "Invite them first."
    actor = Actor.ADVERTISER


class RoleAboveShare(Invalid):
    """A share bounds the role of who works with it."""

    code = "role_above_share"
    message = "The account was shared for “%(most)s” at most."
    cause = "The account's owner set this bound."
    remedy = "Choose a lower role, or ask the owner to share it for a higher one."
    actor = Actor.ADVERTISER
    field = "role"


class OrganisationNameShared(Conflict):
    """A name that several organisations have says nobody."""

    code = "organisation_name_shared"
    message = "%(count)d organisations have this name."
    cause = "Names are not unique."
    remedy = "Ask the partner for their organisation's id and type that."
    field = "partner"


class PartnerItself(Invalid):
    """A partnership is of two."""

    code = "partner_itself"
    message = "This is your own organisation."
    cause = "A partnership is between two organisations."
    remedy = "Type the id or the exact name of the other one."
    field = "partner"


class PartnershipExists(Conflict):
    """Two organisations are partners once."""

    code = "partnership_exists"
    message = "There is a partnership between the two already, or a question that waits for an answer."
    cause = "One of you asked before."
    remedy = "Answer the question, or use the partnership."
    actor = Actor.ADVERTISER
    field = "partner"


class PartnershipsLimited(Limited):
    """An organisation has a bounded number of partners."""

    code = "partnerships_limited"
    message = "The organisation has %(most)d partners or open questions already."
    cause = "That is as many as there can be."
    remedy = "End a partnership that is no longer used."
    actor = Actor.ADVERTISER


class PartnershipNotAccepted(Conflict):
    """Sharing begins when both agreed."""

    code = "partnership_not_accepted"
    message = "The partner has not accepted yet."
    cause = "They were asked and did not answer."
    remedy = "Wait for their answer."
    actor = Actor.ADVERTISER
