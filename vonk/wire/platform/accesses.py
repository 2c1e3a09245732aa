"""Access to creators' accounts: asked for by a business, given by a creator, used in an ad account."""

from datetime import datetime

import msgspec

from vonk.authorisation.actions import accesses, links
from vonk.authorisation.actions.access_changes import Changed, Revoked
from vonk.authorisation.actions.access_posts import Taken
from vonk.authorisation.actions.accesses import Invited
from vonk.authorisation.actions.links import Linked, Unlinked
from vonk.authorisation.queries import access as reading
from vonk.authorisation.queries import creator_posts
from vonk.authorisation.queries.access import AccessEnds, AccessView
from vonk.authorisation.queries.creator_posts import CreatorView, PostChoice, SelfTest
from vonk.authorisation.rules import DURATION_DEFAULT_DAYS, TermsDraft
from vonk.authorisation.rules.access import AccessScope
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body, Id
from vonk.wire.operation import Call, Nothing, Paged, operation

EXAMPLE_SCOPES = [AccessScope.EXISTING_POSTS.value]


class Asking(Body, frozen=True):
    """``handle`` with or without its @."""

    handle: str
    scopes: tuple[AccessScope, ...]
    message: str = ""


class Inviting(Body, frozen=True):
    scopes: tuple[AccessScope, ...]
    message: str = ""


class Secret(Body, frozen=True):
    """What stands behind the # of a business's link."""

    secret: str


class Granting(Body, frozen=True):
    """7, 30, 60 or 365 days, or null: until you end it."""

    scopes: tuple[AccessScope, ...]
    duration_days: int | None = DURATION_DEFAULT_DAYS
    terms: TermsDraft | None = None
    preview_required: bool = False


class Changing(Body, frozen=True):
    """``preview_required`` null: as it is."""

    scopes: tuple[AccessScope, ...]
    preview_required: bool | None = None


class Lasting(Body, frozen=True):
    duration_days: int | None = DURATION_DEFAULT_DAYS


class Taking(Body, frozen=True):
    """``access_id`` null: by the access that fits. ``agree_sha256`` agrees to the terms of the access.

    ``ads_only`` and ``make_public`` are for the owner of a post that not everybody can see, in an account of their own.
    """

    post_id: Id
    access_id: Id | None = None
    ads_only: bool = False
    make_public: bool = False
    agree_sha256: str | None = None


class Agreeing(Body, frozen=True):
    sha256: str


class Searched(Paged, frozen=True):
    """Every word of ``search`` is looked for in the captions."""

    search: str = ""


class Tested(Body, frozen=True):
    """Of which creator."""

    handle: str = ""


class NarrowedTo(Body, frozen=True):
    """``scopes``, separated by commas; empty: none, as if the access were revoked."""

    scopes: str = ""


class Asked(msgspec.Struct, frozen=True):
    access_id: int


class Granted(msgspec.Struct, frozen=True):
    """``ends_at`` is null where the access has no end."""

    access_id: int
    ends_at: datetime | None


class Answered(msgspec.Struct, frozen=True):
    """``changed`` is False when it was so already."""

    changed: bool


# A business asks.


@operation(
    "POST",
    "/organisations/{organisation_id}/accesses",
    may=Right.BUSINESS_EDIT,
    summary="Ask a creator for access",
    example={"handle": "cleo", "scopes": EXAMPLE_SCOPES, "message": "We bake bread."},
)
def ask(call: Call[Asking, Nothing]) -> Asked:
    """By handle; the creator answers on their page of accesses. It lapses after 30 days."""
    asked = call.body
    return Asked(
        accesses.ask(call.scope, handle=asked.handle, scopes=asked.scopes, message=asked.message, now=call.now)
    )


@operation(
    "POST",
    "/organisations/{organisation_id}/access_invitations",
    may=Right.BUSINESS_EDIT,
    summary="Make a link that asks for access",
    example={"scopes": EXAMPLE_SCOPES},
)
def invite(call: Call[Inviting, Nothing]) -> Invited:
    """For a QR code or a message. It works once, for 30 days; it cannot be read again."""
    return accesses.invite(call.scope, scopes=call.body.scopes, message=call.body.message, now=call.now)


@operation(
    "GET",
    "/organisations/{organisation_id}/accesses",
    may=Right.BUSINESS_VIEW,
    summary="List a business's accesses",
)
def list_business_accesses(call: Call[Nothing, Paged]) -> Page[AccessView]:
    """Asked for, live and over, newest first."""
    return reading.business_accesses(call.scope, call.query.paging(), call.now)


@operation(
    "GET",
    "/organisations/{organisation_id}/accesses/{access_id}",
    may=Right.BUSINESS_VIEW,
    summary="Read a business's access",
)
def read_business_access(call: Call[Nothing, Nothing]) -> AccessView:
    """With its state, its end and the terms."""
    return reading.business_access(call.scope, call.id("access_id"), call.now)


@operation(
    "POST",
    "/organisations/{organisation_id}/accesses/{access_id}/withdrawal",
    may=Right.BUSINESS_EDIT,
    summary="Withdraw a request for access",
)
def withdraw(call: Call[Nothing, Nothing]) -> Answered:
    """While nobody has answered it. A link stops working."""
    return Answered(accesses.withdraw(call.scope, call.id("access_id"), now=call.now))


# A creator answers.


@operation(
    "POST",
    "/me/access_invitations",
    may=Right.CREATE,
    alone=True,
    summary="Open a business's link",
    example={"secret": "…"},
)
def open_invitation(call: Call[Secret, Nothing]) -> Asked:
    """From now on the business asks you. A wrong secret counts as a try."""
    return Asked(accesses.open_invitation(call.scope, call.body.secret, now=call.now))


@operation("GET", "/me/accesses", may=Right.CREATE, summary="List who has access to one's account, and who asks")
def list_own_accesses(call: Call[Nothing, Paged]) -> Page[AccessView]:
    """Newest first, links to ad accounts of your own too."""
    return reading.creators_accesses(call.scope, call.query.paging(), call.now)


@operation("GET", "/me/accesses/{access_id}", may=Right.CREATE, summary="Read an access to one's account")
def read_own_access(call: Call[Nothing, Nothing]) -> AccessView:
    """Who asks, who pays, what it covers, until when."""
    return reading.creators_access(call.scope, call.id("access_id"), call.now)


@operation(
    "POST",
    "/me/accesses/{access_id}/grant",
    may=Right.CREATE,
    summary="Grant access",
    example={"scopes": EXAMPLE_SCOPES, "duration_days": 30},
)
def grant(call: Call[Granting, Nothing]) -> Granted:
    """As far as you like, whatever was asked. It switches your ad settings on."""
    asked, access_id = call.body, call.id("access_id")
    ends_at = accesses.grant(
        call.scope,
        access_id,
        scopes=asked.scopes,
        duration_days=asked.duration_days,
        terms=asked.terms,
        preview_required=asked.preview_required,
        now=call.now,
    )
    return Granted(access_id, ends_at)


@operation("POST", "/me/accesses/{access_id}/refusal", may=Right.CREATE, summary="Refuse access")
def refuse(call: Call[Nothing, Nothing]) -> Answered:
    """The business can ask again after a week."""
    return Answered(accesses.refuse(call.scope, call.id("access_id"), now=call.now))


@operation(
    "PUT",
    "/me/accesses/{access_id}",
    may=Right.CREATE,
    summary="Change what an access covers",
    example={"scopes": EXAMPLE_SCOPES},
)
def change(call: Call[Changing, Nothing]) -> Changed:
    """What it no longer covers ends, with the notice of the terms."""
    asked = call.body
    return accesses.change(
        call.scope,
        call.id("access_id"),
        scopes=asked.scopes,
        preview_required=asked.preview_required,
        now=call.now,
    )


@operation(
    "POST",
    "/me/accesses/{access_id}/extension",
    may=Right.CREATE,
    summary="Extend an access",
    example={"duration_days": 30},
)
def extend(call: Call[Lasting, Nothing]) -> Granted:
    """With every consent under it; an expired one comes back."""
    access_id = call.id("access_id")
    return Granted(
        access_id, accesses.extend(call.scope, access_id, duration_days=call.body.duration_days, now=call.now)
    )


@operation("GET", "/me/accesses/{access_id}/ends", may=Right.CREATE, summary="See what ending an access would end")
def read_ends(call: Call[Nothing, NarrowedTo]) -> AccessEnds:
    """All of it, or what remains outside ``scopes``."""
    access_id, scopes = call.id("access_id"), call.query.scopes
    if not scopes:
        return reading.revocation_ends(call.scope, access_id, call.now)
    return reading.change_ends(call.scope, access_id, scopes.split(","), call.now)


@operation("POST", "/me/accesses/{access_id}/revocation", may=Right.CREATE, summary="Revoke an access")
def revoke(call: Call[Nothing, Nothing]) -> Revoked:
    """Always accepted: every ad that stands on it stops within a second, or when the terms' notice ends."""
    return accesses.revoke(call.scope, call.id("access_id"), now=call.now)


# An ad account uses what was given.


@operation("POST", "/accounts/{account_id}/own_link", may=Right.ACCOUNT_EDIT, summary="Link one's own profile")
def link_own(call: Call[Nothing, Nothing]) -> Linked:
    """All its posts can be used in the account from now on. Again: no change and no error."""
    return links.link(call.scope, now=call.now)


@operation("GET", "/accounts/{account_id}/own_link", may=Right.ACCOUNT_VIEW, summary="List an account's own links")
def list_own_links(call: Call[Nothing, Nothing]) -> tuple[AccessView, ...]:
    """The profiles of people who administer the account, that are linked now."""
    return reading.own_links(call.scope, call.now)


@operation(
    "DELETE",
    "/accounts/{account_id}/own_link/{access_id}",
    may=Right.ACCOUNT_EDIT,
    summary="Unlink a profile",
)
def unlink_own(call: Call[Nothing, Nothing]) -> Unlinked:
    """Every ad that stands on it stops within a second."""
    return links.unlink(call.scope, call.id("access_id"), now=call.now)


@operation(
    "GET",
    "/accounts/{account_id}/creators",
    may=Right.ACCOUNT_VIEW,
    summary="List the creators within an account's reach",
)
def list_creators(call: Call[Nothing, Paged]) -> Page[CreatorView]:
    """Newest access first, each with the links that are missing before its posts can be used."""
    return creator_posts.usable_creators(call.scope, call.query.paging(), call.now)


@operation(
    "GET",
    "/accounts/{account_id}/creators/{access_id}/posts",
    may=Right.ACCOUNT_VIEW,
    summary="List a creator's posts to choose from",
)
def list_creator_posts(call: Call[Nothing, Searched]) -> Page[PostChoice]:
    """Newest first."""
    return creator_posts.creator_posts(
        call.scope, call.id("access_id"), call.query.paging(), call.now, search=call.query.search
    )


@operation(
    "POST",
    "/accounts/{account_id}/creator_posts",
    may=Right.CAMPAIGN_EDIT,
    summary="Use a creator's post by way of an access",
    example={"post_id": "1838681029295206400"},
)
def take_post(call: Call[Taking, Nothing]) -> Taken:
    """The answer holds the consent that an ad names. Again: no change and no error."""
    asked = call.body
    return accesses.take_post(
        call.scope,
        asked.post_id,
        asked.access_id,
        ads_only=asked.ads_only,
        make_public=asked.make_public,
        agree_sha256=asked.agree_sha256,
        now=call.now,
    )


@operation(
    "POST",
    "/accounts/{account_id}/creators/{access_id}/agreement",
    may=Right.CAMPAIGN_EDIT,
    summary="Agree to the terms of an access",
    example={"sha256": "…"},
)
def agree(call: Call[Agreeing, Nothing]) -> Answered:
    """For the ad account, once."""
    return Answered(accesses.agree_terms(call.scope, call.id("access_id"), sha256=call.body.sha256, now=call.now))


@operation(
    "GET",
    "/accounts/{account_id}/creator_test",
    may=Right.ACCOUNT_VIEW,
    summary="See what is missing before a creator's posts can be used",
)
def read_self_test(call: Call[Nothing, Tested]) -> SelfTest:
    """Every missing link: why, who has to act, and where that begins."""
    return creator_posts.self_test(call.scope, call.query.handle, call.now)
