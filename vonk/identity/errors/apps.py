"""What developers' apps and their tokens can go wrong with."""

from vonk.core.errors import Conflict, Forbidden, Invalid, Limited, SignInRequired, Unauthenticated


class AppMismatch(Unauthenticated):
    """The one answer for an unknown app, a revoked one, a wrong secret and another app's token."""

    code = "app_mismatch"
    message = "The app id, the secret and the token do not belong together."
    cause = "The app does not exist or was revoked, its secret was replaced, or the token is not this app's."
    remedy = "Take the app id and the secret from /developers/apps/, and a token that this app was given."
    link = "/developers/apps/"


class AuthCodeInvalid(Unauthenticated):
    """A code is changed for a token once, within the hour, by the app that it was made for."""

    code = "app_auth_code_invalid"
    message = "The authorisation code is not valid."
    cause = "It was used before, is older than an hour, was made for another app, or the person took it back."
    remedy = "Send the person to the authorisation page again; it makes a new code."
    link = "/developers/apps/"


class RefreshTokenInvalid(Unauthenticated):
    """A refresh token renews once, for the app that it was given to."""

    code = "refresh_token_invalid"
    message = "The refresh token is not valid."
    cause = "It was used before, is another app's, or its token was ended. A used one that comes again ends the token."
    remedy = "Use the refresh token of the newest answer; else send the person to the authorisation page again."
    link = "/developers/apps/"


class RefreshTokenExpired(Unauthenticated):
    """A yes holds for a year."""

    code = "refresh_token_expired"
    message = "The refresh token has expired."
    cause = "The person let the app in a year ago."
    remedy = "Send the person to the authorisation page again."
    link = "/developers/apps/"


class TokenExpired(SignInRequired):
    """The token was good until its end."""

    code = "token_expired"
    message = "The access token has expired."
    remedy = "Renew it with its refresh token, or authorise the app again."
    link = "/developers/apps/"


class AppPermissionMissing(Forbidden):
    """The person has the right, and did not give it to the app."""

    code = "app_permission_missing"
    message = "The app was not allowed “%(right)s”."
    cause = "Who authorised it left this out, or chose too few ad accounts for it."
    remedy = "Ask them to authorise the app again and to allow it; for a Business Center, with all its ad accounts."
    link = "/developers/apps/"


class AppMayNot(Forbidden):
    """Some things a person does themselves."""

    code = "app_may_not"
    message = "No app may do this for a person."
    cause = "It concerns who they are, what they post, or who may act for them."
    remedy = "Sign in and do it yourself, or use an access token of your own."


class RedirectUriUnknown(Invalid):
    """A browser is sent to the addresses that the app's developer named, and nowhere else."""

    code = "redirect_uri_unknown"
    message = "The app did not name this address to come back to."
    cause = "redirect_uri must be, letter by letter, one of the addresses in the app's settings."
    remedy = "Tell the app's developer: they add the address under /developers/apps/."
    field = "redirect_uri"


class AppUnknown(Invalid):
    """Nobody can let in what is not there."""

    code = "app_unknown"
    message = "There is no such app."
    cause = "The address is not complete, or its developer has revoked the app."
    remedy = "Go back to where you came from and try again."
    field = "app_id"


class AppRevoked(Conflict):
    """A revoked app stays revoked."""

    code = "app_revoked"
    message = "The app was revoked."
    cause = "Its developer, or you, ended it for good."
    remedy = "Make another app."


class AppsLimited(Limited):
    """A developer has a bounded number of apps."""

    code = "apps_limited"
    message = "You have %(most)d apps already."
    remedy = "Revoke one that is no longer used."
