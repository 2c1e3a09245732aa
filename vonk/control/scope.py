"""A Scope says who acts, for which ad account, with which rights. Every query and action of every area demands one."""

from enum import StrEnum

import msgspec

from vonk.core.errors import NotFound, RightMissing


class Right(StrEnum):
    """Everything that a role may or may not do."""

    VIEW = "view"  # Watch, engage, set one's preferences.
    CREATE = "create"  # Post, and decide over one's own posts.
    ACCOUNT_VIEW = "account.view"
    ACCOUNT_EDIT = "account.edit"  # Name, members, terms.
    CAMPAIGN_EDIT = "campaign.edit"
    FUNDS_EDIT = "funds.edit"
    BUSINESS_VIEW = "business.view"  # See the organisation, and of its assets one's own.
    BUSINESS_EDIT = "business.edit"  # Members, partners, who works with which asset; ask creators for access.
    CREATOR_USE = "creator.use"  # Use what a creator granted the organisation.
    REVIEW = "review"
    OPERATE = "operate"
    HOST_SYNC = "host.sync"  # Tell of a host app's accounts, posts, sounds and follows; let its people in.


class Via(StrEnum):
    """The surface an act came through."""

    WEB = "web"
    PLATFORM_API = "platform_api"
    BUSINESS_API = "business_api"
    COMMAND = "command"
    WORK = "work"


class Scope(msgspec.Struct, frozen=True):
    """Made by ``vonk.identity.access`` alone. What lies outside it does not exist for its holder."""

    person_id: int | None  # None: the platform itself.
    rights: frozenset[Right]
    account_id: int | None = None
    organisation_id: int | None = None
    via: Via = Via.WEB
    host_id: int | None = None  # The host app whose server acts.
    app_id: int | None = None  # The developer's app that acts for the person; None: they themselves.
    reach: frozenset[int] | None = None  # The ad accounts that the app may know of; None: all of the person's.

    def reaches(self, account_id: int) -> bool:
        """Say whether an ad account of the person's exists for who acts."""
        return self.reach is None or account_id in self.reach

    def is_oneself(self, person_id: int | None) -> bool:
        """Say whether it is this person who acts, by their own hand: an app is never them."""
        return self.app_id is None and person_id is not None and person_id == self.person_id

    def require(self, right: Right) -> None:
        """Raise RightMissing unless the scope holds the right."""
        if right not in self.rights:
            raise RightMissing(right=right.value)

    @property
    def person(self) -> int:
        """Return the acting person's id; NotFound when nobody is acting."""
        if self.person_id is None:
            raise NotFound(noun="person")
        return self.person_id

    @property
    def account(self) -> int:
        """Return the ad account's id; NotFound when the scope is for none."""
        if self.account_id is None:
            raise NotFound(noun="ad account")
        return self.account_id

    @property
    def organisation(self) -> int:
        """Return the organisation's id; NotFound when the scope is for none."""
        if self.organisation_id is None:
            raise NotFound(noun="organisation")
        return self.organisation_id

    @property
    def host(self) -> int:
        """Return the host app's id; NotFound when no host acts."""
        if self.host_id is None:
            raise NotFound(noun="host")
        return self.host_id


PLATFORM = Scope(person_id=None, rights=frozenset(Right), via=Via.WORK)
"""The platform acting by itself: settlement, expiry, reminders."""
