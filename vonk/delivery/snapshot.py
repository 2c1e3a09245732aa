"""What may be shown, as documents that the control plane publishes and the ad server joins by id.

Each area publishes its own kind: advertising the campaign, the ad group and the ad; authorisation the grant; content
the post; billing the account's funds. A document that is withdrawn stops every ad that needs it. Fields are only ever
added, with defaults.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol

import msgspec
import structlog

from vonk.core.errors import Actor, Unavailable

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class DocumentKind(StrEnum):
    """The kinds of publication."""

    CAMPAIGN = "campaign"
    AD_GROUP = "ad_group"
    AD = "ad"
    GRANT = "grant"
    POST = "post"
    FUNDS = "funds"
    CLOCK = "clock"
    VALIDITY = "validity"
    PIXEL = "pixel"
    RESULTS = "results"


class Billing(StrEnum):
    """Which event an ad group pays for."""

    CPM = "cpm"  # A thousand rendered impressions.
    CPC = "cpc"  # A destination click.
    CPV = "cpv"  # A 6-second view.
    OCPM = "ocpm"  # A rendered impression, chosen for the ad group's goal: the bid is for one of these.


class Goal(StrEnum):
    """What a bid is for, where it is for more than being shown."""

    CLICK = "click"  # A destination click.
    VIEW = "view"  # A 6-second view.
    CONVERSION = "conversion"  # What attribution counts for the ad group.


class BudgetMode(StrEnum):
    """What a budget is counted over; days are the account's."""

    DAILY = "daily"
    LIFETIME = "lifetime"
    NONE = "none"


class Pacing(StrEnum):
    """How a budget is spread over its day or flight."""

    SMOOTH = "smooth"
    FAST = "fast"


class Strategy(StrEnum):
    """What an ad group's bid means."""

    BID_CAP = "bid_cap"  # The most for one result.
    COST_CAP = "cost_cap"  # What results shall cost on average; one may cost more, bounded by bidding.COST_SWING_MAX.
    MAXIMUM_DELIVERY = "maximum_delivery"  # Nobody set it: as many results as the budget buys.


class Priority(StrEnum):
    """Who is asked first for a slot. Only what pays by impressions may stand before the auction."""

    AUCTION = "auction"
    RESERVED = "reserved"
    TOP_VIEW = "top_view"


class Budget(msgspec.Struct, frozen=True):
    """An amount and what it is counted over. ``micros`` is 0 with mode NONE.

    ``carries``: what a day left unspent of a daily budget may be spent on the next of the same week, up to a quarter of
    the budget (``budgets.allowed``).
    """

    mode: BudgetMode = BudgetMode.NONE
    micros: int = 0
    carries: bool = False


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What narrows an ad group beyond whom it wants. Empty, 0 and "" narrow nothing; ``targets`` says what each means.

    ``places`` are regions and cities as COUNTRY:NUMBER (GeoNames'): of a country of which one is named only these are
    wanted. ``android_min`` and ``ios_min`` are versions as ``targets.version`` makes them; they bind on their own system
    alone. ``prices`` are the lower ends of ranges of what a device costs. ``keywords`` bind where something is searched
    for. ``audiences`` let in who is in any of them, ``audiences_out`` keep out who is in any: this is judged by what was
    told of a viewer at ``audiences_since_ms`` or later, and until ``audiences_until_ms`` (0: without end), after which the
    ad group is shown to nobody. ``inventory`` is the least a slot's neighbours must be fit for: "standard" or "limited".
    """

    places: tuple[str, ...] = ()
    android_min: int = 0
    ios_min: int = 0
    connections: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    prices: tuple[int, ...] = ()
    surfaces: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    behaviours: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    audiences_out: tuple[str, ...] = ()
    audiences_since_ms: int = 0
    audiences_until_ms: int = 0
    inventory: str = ""


NO_LIMITS: Final = Limits()


class Targeting(msgspec.Struct, frozen=True):
    """Whom an ad group wants, and when. An empty tuple means everybody.

    ``dayparting`` is as ``delivery.dayparting`` keeps it. ``unmet`` names limits that were asked for and that nothing
    here can judge: such an ad group is shown to nobody, so that nothing is shown outside what was asked.
    """

    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    dayparting: str = ""
    unmet: tuple[str, ...] = ()
    limits: Limits = NO_LIMITS


class FrequencyCap(msgspec.Struct, frozen=True):
    """At most ``impressions`` of an ad, ad group, campaign or advertiser for one viewer in any ``window_seconds``."""

    impressions: int
    window_seconds: int


class Arm(msgspec.Struct, frozen=True, kw_only=True):
    """While an A/B test runs, the viewers an ad group is for: those of the shares ``first`` to ``last``, both included.

    ``arms`` says which share is a viewer's. It runs from ``starts_ms`` to ``ends_ms`` (exclusive).
    """

    salt: str
    first: int
    last: int
    starts_ms: int
    ends_ms: int


class CampaignDocument(msgspec.Struct, frozen=True):
    """Published while the campaign may deliver. ``time_zone`` is the account's (IANA)."""

    id: int
    account_id: int
    currency: str
    time_zone: str
    objective: str
    budget: Budget
    caps: tuple[FrequencyCap, ...] = ()  # All of them hold.
    lift: Arm | None = None  # The viewers to whom it is not shown, as the control group of a lift test.


class AdGroupDocument(msgspec.Struct, frozen=True):
    """Published while the ad group may deliver, now or later (its schedule is judged at serving time).

    ``bid_micros`` is per thousand impressions for CPM, for one of its goal with OCPM, otherwise per event; ``strategy``
    says what it means. ``goal`` counts with OCPM alone.
    """

    id: int
    campaign_id: int
    billing: Billing
    bid_micros: int
    budget: Budget
    pacing: Pacing
    starts_ms: int
    ends_ms: int | None
    targeting: Targeting
    cap: FrequencyCap | None
    caps: tuple[FrequencyCap, ...] = ()  # Beside ``cap``; all of them hold.
    strategy: Strategy = Strategy.BID_CAP
    priority: Priority = Priority.AUCTION
    arm: Arm | None = None
    goal: Goal = Goal.CLICK

    @property
    def aim(self) -> Goal | None:
        """What the bid is for, None for impressions as they come."""
        return self.goal if self.billing is Billing.OCPM else _AIMS[self.billing]


_AIMS: Final[dict[Billing, Goal | None]] = {Billing.CPM: None, Billing.CPC: Goal.CLICK, Billing.CPV: Goal.VIEW}


class AdDocument(msgspec.Struct, frozen=True):
    """Published while the ad is enabled and approved. ``grant_id`` is 0 exactly when the ad is not a Spark Ad."""

    id: int
    ad_group_id: int
    campaign_id: int
    account_id: int
    grant_id: int
    post_id: int
    call_to_action: str
    landing_url: str
    advertiser_name: str  # On whose behalf (DSA art. 26).
    payer_name: str  # Who paid.
    category: str = ""  # What is advertised, a key of core.taxonomy.INTERESTS; "" when not said.
    caps: tuple[FrequencyCap, ...] = ()  # All of them hold.


class GrantDocument(msgspec.Struct, frozen=True):
    """Published while a consent is active: this account may show this post until ``ends_ms`` (exclusive).

    Limits inside the grant bind at serving time; empty means none. ``requires`` are the grants of the posts that this
    one answers or mentions: it holds only while each of them does, with its post.
    """

    id: int
    post_id: int
    account_id: int
    starts_ms: int
    ends_ms: int
    countries: tuple[str, ...] = ()
    spend_cap_micros: int | None = None
    categories: tuple[str, ...] = ()
    requires: tuple[int, ...] = ()


class PictureDocument(msgspec.Struct, frozen=True):
    """A picture of a post; ``small_url`` is the same one, smaller, and ``alt`` says what it shows."""

    url: str
    small_url: str
    width: int
    height: int
    alt: str = ""


class PostDocument(msgspec.Struct, frozen=True):
    """Published while a post may be shown in ads. All a feed needs to draw it; URLs are paths on *site*.

    A post of ``pictures`` has no ``video_url`` and no length; ``sound_url`` is what is heard with them.
    """

    id: int
    profile_id: int
    handle: str
    display_name: str
    avatar_url: str
    caption: str
    sound_id: int
    sound_title: str
    video_url: str
    poster_url: str
    duration_ms: int
    width: int
    height: int
    may_duet: bool
    may_stitch: bool
    ai_generated: bool = False
    disclosure: str = "none"  # content's: none, own_brand (“Promotional content”) or branded (“Paid partnership”).
    countries: tuple[str, ...] = ()  # Where its sound is licensed for ads; empty: everywhere.
    external_id: str = ""  # At the host app that synced it.
    pictures: tuple[PictureDocument, ...] = ()
    sound_url: str = ""


class FundsDocument(msgspec.Struct, frozen=True):
    """What an account may still spend, with every charge up to and including ``settled_position`` of the log taken off."""

    account_id: int
    currency: str
    balance_micros: int
    settled_position: int


class ClockDocument(msgspec.Struct, frozen=True):
    """The sandbox's clock: microseconds that the platform's time is ahead of the machine's. Object id 1."""

    offset_us: int


class RuleTuning(msgspec.Struct, frozen=True):
    """How one validity rule is set. ``values`` are its thresholds by name; those that are absent have their defaults."""

    enabled: bool = True
    values: dict[str, int] = {}


class ValidityDocument(msgspec.Struct, frozen=True):
    """What the operator has set of the validity rules, by rule. Object id 1; rules that are absent are on, as built."""

    rules: dict[str, RuleTuning] = {}


class PixelDocument(msgspec.Struct, frozen=True):
    """Published while an advertiser's pixel may report conversions. The secret lets its servers report too."""

    id: int
    account_id: int
    currency: str
    secret_sha256: str  # Hexadecimal.
    servers_only: bool = False  # No page may report for it: it is what happened in shops.


class ResultsDocument(msgspec.Struct, frozen=True):
    """How often an ad group's clicks and showings lead to what it is optimised for, as attribution has counted so far.

    Published while an ad group is optimised for conversions; those that are still to come are reckoned in. ``of_model``
    is what a model's chance of a conversion after a click is multiplied by: it knows neither the ad group's windows nor
    what it counts as a result.
    """

    id: int  # The ad group's.
    per_click: float
    per_impression: float = 0.0  # Without a click: after being watched or seen alone.
    of_model: float = 1.0


Document = (
    CampaignDocument
    | AdGroupDocument
    | AdDocument
    | GrantDocument
    | PostDocument
    | FundsDocument
    | ClockDocument
    | ValidityDocument
    | PixelDocument
    | ResultsDocument
)

DOCUMENT_TYPES: Final[dict[DocumentKind, type[Document]]] = {
    DocumentKind.CAMPAIGN: CampaignDocument,
    DocumentKind.AD_GROUP: AdGroupDocument,
    DocumentKind.AD: AdDocument,
    DocumentKind.GRANT: GrantDocument,
    DocumentKind.POST: PostDocument,
    DocumentKind.FUNDS: FundsDocument,
    DocumentKind.CLOCK: ClockDocument,
    DocumentKind.VALIDITY: ValidityDocument,
    DocumentKind.PIXEL: PixelDocument,
    DocumentKind.RESULTS: ResultsDocument,
}


class Publication(msgspec.Struct, frozen=True):
    """One change of what may be shown. ``document`` is None when the object is withdrawn."""

    sequence: int
    kind: DocumentKind
    object_id: int
    document: Document | None


class FeedUnavailable(Unavailable):
    """The control database is not there, not prepared yet, or does not answer."""

    code = "feed_unavailable"
    message = "Publications cannot be read now: %(reason)s"
    cause = "The control database is starting, stopped or not set up yet."
    remedy = "It is tried again by itself; start the site if it is not running."
    actor = Actor.OPERATOR


class PublicationFeed(Protocol):
    """Where the ad server reads publications. For each object only the newest one is kept."""

    def read(self, after: int, limit: int) -> list[Publication]:
        """Return up to ``limit`` publications with a sequence above ``after``, oldest first.

        A sequence is never skipped: when one is seen, all below it were committed before. Raises FeedUnavailable
        while the control database cannot be read; the caller tries again later.
        """
        ...

    def wait(self, timeout_seconds: float) -> None:
        """Return when something may have been published, at the latest after the timeout."""
        ...

    def close(self) -> None:
        """Release the engine's resources."""
        ...


_encode = msgspec.json.Encoder().encode
_decoders: Final[dict[DocumentKind, Callable[[bytes | str], Document]]] = {
    kind: msgspec.json.Decoder(document_type).decode for kind, document_type in DOCUMENT_TYPES.items()
}


def encode_document(document: Document) -> str:
    """Return the document as publications keep it (JSON)."""
    return _encode(document).decode()


def decode_document(kind: DocumentKind, body: bytes | str) -> Document:
    """Return the document of this kind kept as ``body``; msgspec.ValidationError when it is not one."""
    return _decoders[kind](body)


def read_publication(sequence: int, kind: str, object_id: int, body: bytes | str | None) -> Publication | None:
    """Return the publication kept in one row, None when its kind is newer than this program.

    A document that cannot be read withdraws its object: what we do not understand, we do not show.
    """
    try:
        known = DocumentKind(kind)
    except ValueError:
        return None
    document = None
    if body is not None:
        try:
            document = decode_document(known, body)
        except msgspec.MsgspecError as error:
            _log.error("publication.unreadable", sequence=sequence, kind=kind, object_id=object_id, error=str(error))
    return Publication(sequence, known, object_id, document)
