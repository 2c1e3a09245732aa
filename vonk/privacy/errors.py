"""Why a person cannot be erased yet."""

from vonk.core.errors import Actor, Conflict, Invalid


class AccountsUnsettled(Conflict):
    """Money that is the person's to settle: nobody else could."""

    code = "accounts_unsettled"
    message = "Settle first: %(accounts)s."
    cause = "You are the only administrator of an ad account with money in it, or with something still to be paid."
    remedy = "Have the rest paid back, pay what is owed, or make somebody else an administrator; then delete again."
    actor = Actor.ADVERTISER
    link = "/advertiser/"


class ErasureUnconfirmed(Invalid):
    """What cannot be undone is typed out."""

    code = "erasure_unconfirmed"
    message = "Type your e-mail address to confirm."
    cause = "What was typed is not the address of this account."
    remedy = "Type the address exactly as you sign in with it."
    field = "email"
