"""What people and tokens can go wrong with."""

from vonk.core.errors import Actor, Conflict, Forbidden, Invalid, Limited, Unauthenticated


class EmailTaken(Conflict):
    """One person, one address."""

    code = "email_taken"
    message = "There is already an account with this e-mail address."
    cause = "You, or somebody who uses this address, signed up before."
    remedy = "Sign in, or reset the password."
    link = "/password/reset/"
    field = "email"


class PasswordWeak(Invalid):
    """The password can be guessed; ``reasons`` says why."""

    code = "password_weak"
    message = "This password is too easy to guess: %(reasons)s"
    remedy = "Choose a longer one that is no common word."
    field = "password"


class TooYoung(Invalid):
    """The platform is for people of thirteen and older."""

    code = "too_young"
    message = "You must be at least %(years)d years old."
    cause = "The birth date makes you younger than that."
    remedy = "Come back when you are old enough."
    field = "born_on"


class SignInFailed(Unauthenticated):
    """The one answer for a wrong address and for a wrong password, so that neither can be found out."""

    code = "sign_in_failed"
    message = "The e-mail address or the password is wrong."
    cause = "There is no account with this address and this password."
    remedy = "Check both, or reset the password."
    link = "/password/reset/"


class SignInLimited(Limited):
    """Passwords are not guessed here."""

    code = "sign_in_limited"
    message = "There were too many attempts to sign in."
    cause = "Wrong passwords were sent for this address or from this place again and again."
    remedy = "Wait %(minutes)d minutes, or reset the password."
    link = "/password/reset/"

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(minutes=-(-retry_after_seconds // 60))
        self.retry_after_seconds = retry_after_seconds


class TokensLimited(Limited):
    """A person keeps a bounded number of access tokens."""

    code = "tokens_limited"
    message = "You have %(most)d access tokens already."
    remedy = "Revoke one that is no longer used."


class PasswordWrong(Forbidden):
    """Something that cannot be undone asks for the password once more."""

    code = "password_wrong"
    message = "The password is wrong."
    cause = "This is not the password of the account that you are signed in to."
    remedy = "Type it again, or reset the password."
    link = "/password/reset/"
    field = "password"


class LastOperator(Conflict):
    """A platform without an operator could not be looked after any more."""

    code = "last_operator"
    message = "This is the platform's only operator."
    cause = "Nobody else has the operator's role."
    remedy = "Make somebody else an operator first: vonk admin create-operator."
    actor = Actor.OPERATOR
