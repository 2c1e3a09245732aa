"""What ad accounts can go wrong with."""

from vonk.core.errors import Actor, Conflict, Limited


class AccountsLimited(Limited):
    """A person opens a bounded number of ad accounts."""

    code = "accounts_limited"
    message = "You have %(most)d ad accounts already."
    remedy = "Use one of them, or ask the operator of the platform."
    actor = Actor.OPERATOR


class SparkTermsChanged(Conflict):
    """Only the terms in force can be accepted."""

    code = "spark_terms_changed"
    message = "The Spark terms in force are version %(version)s."
    cause = "The terms changed after they were shown to you."
    remedy = "Read the terms in force and accept those."
    actor = Actor.ADVERTISER
    field = "version"


class AccountSuspended(Conflict):
    """It is suspended already; once is enough."""

    code = "account_suspended_already"
    message = "The ad account is suspended already."
    cause = "An operator suspended it before."
    remedy = "Read the reason on the account's page."
    actor = Actor.OPERATOR


class AccountNotSuspended(Conflict):
    """There is nothing to lift."""

    code = "account_not_suspended"
    message = "The ad account is not suspended."
    cause = "Nobody suspended it, or somebody lifted that before."
    remedy = "Nothing is to be done."
    actor = Actor.OPERATOR
