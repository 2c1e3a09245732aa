"""What the town is declared in: shops, sounds, clips and posts, comments, brands, campaigns. Data, no behaviour."""

from enum import StrEnum

import msgspec


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """A creator. ``interest`` is a slug of core.taxonomy.INTERESTS; ``emblem`` one of avatars.EMBLEMS."""

    handle: str
    display_name: str
    bio: str
    language: str  # ISO 639-1.
    country: str  # ISO 3166-1 alpha-2.
    interest: str
    emblem: str
    palette: str


class SoundPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A loop. ``chords`` share its beats equally; pitches are semitones from A4. ``shop`` is the handle that made it.

    ``style`` is one of pad, waltz, keys, roll, chime, pluck.
    """

    slug: str
    title: str
    shop: str
    seconds: float  # A whole number of frames at 20 a second.
    beats: int
    style: str
    chords: tuple[tuple[int, ...], ...]
    drums: bool = False


class ClipPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A clip to draw, as long as its sound. ``title`` is laid over the picture; ASCII, for Pillow's own font."""

    key: str
    scene: str
    seed: int
    palette: str
    sound: str
    title: str = ""
    width: int = 360
    height: int = 640
    kilobits: int = 0  # A second, exactly, where a rule asks for so many; 0: as few as look well.


class Visibility(StrEnum):
    """Who may see a post."""

    PUBLIC = "public"
    FRIENDS = "friends"
    PRIVATE = "private"


class PostPlan(ClipPlan, frozen=True, kw_only=True):
    """A clip with what its shop says about it. ``ads_only``: shown in ads, not on the profile or in the feed.

    With ``stills`` it is no clip but so many pictures of the scene, heard with the sound.
    """

    shop: str
    stills: int = 0
    caption: str
    visibility: Visibility = Visibility.PUBLIC
    may_duet: bool = True
    may_stitch: bool = True
    ads_only: bool = False


class CommentPlan(msgspec.Struct, frozen=True):
    """What one shop (``shop``, a handle) says under a post (``post``, a key)."""

    post: str
    shop: str
    text: str


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """An advertiser of the town. ``identity`` is the name of its custom identity, empty when it only runs Spark Ads.

    With ``credit_micros`` it pays by the month, else before. Of what it paid in it asks ``asks_back_micros`` back, which
    the operator has granted when ``gets_back``.
    """

    slug: str
    name: str
    country: str
    website: str
    identity: str = ""
    emblem: str = ""
    palette: str = ""
    credit_micros: int = 0
    voucher_micros: int = 0
    pays_in_micros: int = 300_000_000
    asks_back_micros: int = 0
    gets_back: bool = False


class CampaignState(StrEnum):
    """The state in which the town's story leaves a campaign."""

    ACTIVE = "active"
    LEARNING = "learning"  # For days yet: it was launched a few days ago.
    PAUSED = "paused"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    FINISHED = "finished"
    OUT_OF_MONEY = "out_of_money"
    EXPIRING = "expiring"  # Its consent ends within days.
    REVOKED = "revoked"


class ConsentPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The creator's permission: for how many days (7, 30, 60 or 365), given how many days before the town's today.

    With ``notice_days`` or ``share_ppm`` (the creator's part of what its ads spend) its code carries terms.
    """

    days: int
    given_days_ago: int
    notice_days: int = 0
    share_ppm: int = 0
    revoked_hours_ago: int = 0


class AskPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A brand asks for a post (a key) today, for so many days, offering so many days of notice."""

    brand: str
    post: str
    days: int
    message: str
    notice_days: int = 0


class AccessPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A brand's business may use a shop's account for so many days, and has pushed a draft there: a clip, a caption."""

    brand: str
    shop: str
    days: int
    message: str
    clip: str
    caption: str


class CampaignPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign with its one ad group and one ad.

    A Spark Ad has ``post`` and ``consent``; a non-Spark ad has ``clip`` and shows under the brand's custom identity.
    ``opened_days_ago``: it was launched then, with one evening of visitors; ``launched_hours_ago``: during history; else
    when that begins. Its ads run from ``starts_in_days`` after today on, where that is set, and until ``ends_days_ago``.
    Budgets are per day; ``bid_micros`` per thousand impressions for CPM, per event for CPC and CPV, per click, to be
    reached on average, for oCPM. Empty targeting means everybody.
    """

    name: str
    brand: str
    state: CampaignState
    objective: str  # REACH, VIDEO_VIEWS or TRAFFIC.
    billing: str  # cpm, cpv, cpc or ocpm.
    bid_micros: int
    campaign_budget_micros: int
    ad_group_budget_micros: int
    call_to_action: str
    landing_url: str
    currency: str = "EUR"
    post: str = ""
    consent: ConsentPlan | None = None
    opened_days_ago: int = 0
    launched_hours_ago: int = 0
    starts_in_days: int = 0
    ends_days_ago: int = 0
    clip: str = ""
    ad_text: str = ""
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    cap_impressions: int = 3
    cap_window_seconds: int = 86_400
    rejection_reasons: tuple[str, ...] = ()  # The platform's names of reasons.
    rejection_note: str = ""
    appeal: str = ""  # What Ada says against the rejection.


class StickerPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What stands over a post (a key): ``kind`` is text, poll, countdown or link; ``x`` and ``y`` in thousandths."""

    post: str
    kind: str
    text: str
    x: int = 500
    y: int = 720
    options: tuple[str, ...] = ()
    ends_in_days: int = 0
    url: str = ""


class SubtitlesPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is said in a post (a key), a line every two seconds."""

    post: str
    language: str
    lines: tuple[str, ...]


class AnswerPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a post's shop answers to ``shop``'s comment below it."""

    post: str
    shop: str
    text: str


class MixPlan(ClipPlan, frozen=True, kw_only=True):
    """A shop answers a post (``of``, a key) with a clip of its own: ``kind`` is duet or stitch."""

    kind: str
    of: str
    shop: str
    caption: str


class DraftPlan(ClipPlan, frozen=True, kw_only=True):
    """An upload of Cleo's that is not published: kept, or planned for so many days after today at nine."""

    caption: str
    days_ahead: int = 0


class ReportedPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A post that viewers report, for a reason by the platform's number.

    Where the operator has limited it for ``judged`` (the platform's name of a reason), its shop appeals with ``appeal``.
    """

    post: str
    reason: int
    judged: str = ""
    note: str = ""
    appeal: str = ""


class KeptPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What Ada keeps for a brand: a report (``rows`` and ``metrics``) or, with ``noun``, a view of a table."""

    brand: str
    name: str
    address: str
    noun: str = ""
    weekly: bool = False


class DetailsPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What makes the town lived in: small things that people do on the pages, and what waits for somebody."""

    stickers: tuple[StickerPlan, ...] = ()
    subtitles: tuple[SubtitlesPlan, ...] = ()
    answers: tuple[AnswerPlan, ...] = ()
    mixes: tuple[MixPlan, ...] = ()
    drafts: tuple[DraftPlan, ...] = ()
    reported: tuple[ReportedPlan, ...] = ()
    kept: tuple[KeptPlan, ...] = ()
    blocked_words: tuple[str, ...] = ()  # Of Cleo's.
    begun: dict[str, str] = {}  # A campaign's form that Ada has begun, by its fields; for the first brand.
    captions: dict[str, str] = {}  # New captions that shops propose for posts (keys) in ads.
    vik_follows: tuple[str, ...] = ()
    vik_likes: tuple[str, ...] = ()

    def clips(self) -> tuple[ClipPlan, ...]:
        """Return what has to be drawn."""
        return (*self.mixes, *self.drafts)


class TownPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A whole town and its history. The same plan gives the same town; only ids and auctions differ.

    ``cleo`` is the handle of the shop that Cleo keeps; ``code_post`` the key of her post whose code nobody has used.
    """

    seed: int
    shops: tuple[Shop, ...]
    sounds: tuple[SoundPlan, ...]
    posts: tuple[PostPlan, ...]
    comments: tuple[CommentPlan, ...]
    follows: dict[str, tuple[str, ...]]
    brands: tuple[Brand, ...]
    brand_clips: tuple[ClipPlan, ...]
    campaigns: tuple[CampaignPlan, ...]
    cleo: str
    code_post: str
    yes_days: int  # Cleo agrees beforehand to whoever asks for no longer; 0: to nobody.
    asks: tuple[AskPlan, ...]
    accesses: tuple[AccessPlan, ...]
    days: int  # Of history: viewers come and go.
    guests: int  # Viewers who have signed up.
    guest_visits_per_day: float  # Of each guest.
    passers_by_per_day: int  # Visits of people who have not signed up.
    details: DetailsPlan = DetailsPlan()
