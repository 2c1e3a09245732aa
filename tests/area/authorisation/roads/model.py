"""What must be true of consents, posts, requests and accesses: plain Python that uses no rule of the product.

Instants are kept as they were set; a state at any instant follows from them and from nothing that the platform noticed.
An ending has its cause: a revocation of the one consent, of a scope, of the access. The earliest counts, and taking one
cause back leaves the others.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
AHEAD_MAX = timedelta(days=5 * 366)
PULL, PUSH_HIDDEN, PUSH = "existing_posts", "publish_ads_only", "publish_profile"


@dataclass(eq=False)
class Terms:
    """The limits that both sides agreed to."""

    starts: datetime | None = None
    ends: datetime | None = None
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    cap: int | None = None
    notice: int = 0


NO_TERMS = Terms()


@dataclass(eq=False)
class Profile:
    settings_on: bool = False
    private: bool = False
    banned: bool = False


@dataclass(eq=False)
class Post:
    owner: Profile
    original: "Post | None" = None
    public: bool = True
    ads_only: bool = False
    draft: bool = False
    publish_as: str = ""
    deleted: bool = False
    removed: bool = False
    switch: bool | None = None  # None: never touched.
    in_ads: bool = False
    locked: bool = False

    @property
    def there(self) -> bool:
        return not (self.deleted or self.removed or self.owner.banned or self.draft)

    @property
    def shown(self) -> bool:
        return self.there and (self.ads_only or (self.public and not self.owner.private))

    @property
    def everybody_sees(self) -> bool:
        return self.shown and not self.ads_only

    @property
    def on(self) -> bool:
        return self.owner.settings_on and self.switch is True

    def may_be_ad(self, *, ads_only: bool, public: bool | None = None) -> bool:
        """Say whether its creator may consent, when it is shown in ads alone or has become public."""
        public = self.public if public is None else public
        return self.there and (self.ads_only or not self.owner.private) and (ads_only or public)


@dataclass(eq=False)
class Access:
    holder: str  # The ad account that uses it.
    own: bool
    lapses: datetime
    scopes: frozenset[str] = frozenset()
    terms: Terms = NO_TERMS
    agreed: bool = False
    granted: bool = False
    refused: datetime | None = None
    ends: datetime = NEVER
    ending: datetime | None = None
    closed: bool = False

    def state(self, now: datetime) -> str:
        if not self.granted:
            return (
                "refused" if self.refused else "closed" if self.closed else "lapsed" if self.lapses <= now else "asked"
            )
        if self.closed or (self.ending is not None and self.ending <= now):
            return "revoked"
        if self.ends <= now:
            return "expired"
        return "active" if self.ending is None else "ending"

    def covers(self, road: str) -> bool:
        return self.own or (PULL in self.scopes if road == "pull" else bool({PUSH, PUSH_HIDDEN} & self.scopes))


@dataclass(eq=False)
class Consent:
    post: Post
    ends: datetime
    terms: Terms = NO_TERMS
    account: str | None = None
    redeemed: datetime | None = None
    code: str | None = None
    accounts_max: int = 1
    shares: dict[str, "Consent"] = field(default_factory=dict)
    access: Access | None = None
    road: str = "code"
    own_ending: datetime | None = None
    scope_ending: datetime | None = None
    closed: str | None = None  # revoked, released, deleted.

    @property
    def ending(self) -> datetime | None:
        found = [self.own_ending, self.scope_ending, self.access.ending if self.access is not None else None]
        return min((instant for instant in found if instant is not None), default=None)

    def over(self, now: datetime) -> bool:
        return self.ending is not None and self.ending <= now

    def open(self, now: datetime) -> bool:
        """Say whether nobody ended it, its days aside."""
        return self.closed is None and not self.over(now)

    def in_force(self, now: datetime) -> bool:
        return self.redeemed is not None and self.open(now) and self.ends > now

    def live(self, now: datetime) -> bool:
        return self.open(now) and self.ends > now

    def revoke(self, now: datetime) -> bool:
        """Take it back as its creator; return whether that changes anything."""
        if self.closed is not None:
            return False
        if self.over(now):
            self.closed = "revoked"
            return False
        until = now if self.redeemed is None else min(self.ends, now + timedelta(days=self.terms.notice))
        if until <= now:
            self.closed = "revoked"
            return True
        if self.own_ending is not None:
            return False
        self.own_ending = until
        return True

    def granted(self) -> tuple[datetime, datetime]:
        """Return from when until when its ads may be shown."""
        assert self.redeemed is not None
        ends = [self.ends, self.ending, self.terms.ends, self.access.ends if self.access else None]
        return max(self.redeemed, self.terms.starts or self.redeemed), min(one for one in ends if one is not None)


@dataclass(eq=False)
class Request:
    kind: str
    post: Post
    account: str
    days: int
    lapses: datetime
    ads_only: bool = False
    terms: Terms | None = None
    consent: Consent | None = None  # To extend.
    needing: Consent | None = None
    countered: bool = False
    counter_days: int = 0
    counter_terms: Terms | None = None
    outcome: str | None = None

    def state(self, now: datetime) -> str:
        if self.outcome is not None:
            return self.outcome
        return "lapsed" if self.lapses <= now else "countered" if self.countered else "waiting"

    def is_open(self, now: datetime) -> bool:
        return self.state(now) in {"waiting", "countered"}


@dataclass(eq=False)
class Standing:
    owner: Profile
    account: str | None
    days: int
    ends: datetime
    cap: int | None
    total: int | None
    notice: int
    countries: tuple[str, ...]
    ended: bool = False
    under: list[Consent] = field(default_factory=list)

    def used(self, but_for: Consent | None = None) -> int:
        return sum(one.terms.cap or 0 for one in self.under if one is not but_for)

    def covers(self, request: Request, until: datetime, terms: Terms, now: datetime) -> bool:
        cap, asked = terms.cap, terms.countries
        return (
            not self.ended
            and self.account in {None, request.account}
            and now < self.ends
            and until <= self.ends
            and request.days <= self.days
            and (not self.countries or (asked != () and set(asked) <= set(self.countries)))
            and (self.cap is None or (cap is not None and cap <= self.cap))
            and (self.total is None or (cap is not None and self.used(request.consent) + cap <= self.total))
            and terms.notice <= self.notice
        )


class Town:
    """Everything that is known."""

    def __init__(self) -> None:
        self.profiles = {"Cleo": Profile(), "Vik": Profile()}
        self.posts: dict[int, Post] = {}
        self.consents: dict[int, Consent] = {}
        self.requests: dict[int, Request] = {}
        self.accesses: dict[int, Access] = {}
        self.standings: dict[int, Standing] = {}
        self.settled = False  # The work's rounds have run since the last act.

    def held(self, account: str, post: Post, now: datetime) -> list[Consent]:
        found = self.consents.values()
        return [one for one in found if one.account == account and one.post is post and one.in_force(now)]

    def needs(self, consent: Consent) -> Post | None:
        original = consent.post.original
        return original if original is not None and original.owner is not consent.post.owner else None

    def met(self, consent: Consent, now: datetime) -> bool:
        original = self.needs(consent)
        if original is None:
            return True
        assert consent.account is not None
        return original.shown and self.held(consent.account, original, now) != []

    def state(self, consent: Consent, now: datetime) -> str:
        if consent.closed is not None:
            return consent.closed
        if consent.over(now):
            return "revoked"
        if consent.ends <= now:
            return "expired"
        if consent.redeemed is None:
            return "issued"
        if not consent.post.shown or not self.met(consent, now):
            return "suspended"
        return "active" if consent.ending is None else "ending"

    def under(self, access: Access) -> list[Consent]:
        return [one for one in self.consents.values() if one.access is access and one.closed is None]

    def close_live(self, now: datetime, owner: Profile, post: Post | None = None) -> list[int]:
        return [
            key
            for key, one in sorted(self.consents.items())
            if one.post.owner is owner and post in {None, one.post} and one.live(now) and one.revoke(now)
        ]

    def may_extend(self, consent: Consent, days: int, now: datetime) -> bool:
        """Say whether a consent can last longer, its creator's switches aside."""
        if consent.access is not None:
            return False  # It lasts as long as that.
        post, ends = consent.post, max(now, consent.ends) + timedelta(days=days)
        visible = post.there and (post.ads_only or not post.owner.private)
        until = min(now + AHEAD_MAX, consent.terms.ends or NEVER)
        revoked = consent.closed is not None or consent.ending is not None
        return visible and not revoked and ends <= until

    def extend(self, consent: Consent, days: int, now: datetime) -> None:
        consent.ends = max(now, consent.ends) + timedelta(days=days)
        for share in consent.shares.values():
            if share.closed is None and share.own_ending is None:
                share.ends = max(share.ends, consent.ends)

    def noticed(self, now: datetime) -> None:
        for one in self.consents.values():
            if one.closed is None and one.over(now):
                one.closed = "revoked"

    def hopeless(self, request: Request, now: datetime) -> bool:
        post = request.post
        if post.deleted or post.removed or post.owner.banned:
            return True
        if request.kind == "extend":
            return request.consent is not None and request.consent.closed in {"revoked", "released"}
        needing = request.needing
        return needing is not None and (not needing.in_force(now) or self.met(needing, now))

    def instants(self, now: datetime) -> list[datetime]:
        """Return the instants to come at which something ends or begins."""
        found: set[datetime | None] = set()
        for one in self.consents.values():
            found |= {one.ends, one.ending, one.terms.starts, one.terms.ends}
        for access in self.accesses.values():
            found |= {access.ends, access.ending, access.lapses}
        found |= {request.lapses for request in self.requests.values() if request.outcome is None}
        found |= {standing.ends for standing in self.standings.values()}
        return sorted(instant for instant in found if instant is not None and now < instant < NEVER)
