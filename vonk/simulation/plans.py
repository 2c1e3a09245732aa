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
    asks_back_micros: int = 0
    gets_back: bool = False


class CampaignState(StrEnum):
    """The state in which the town's story leaves a campaign."""

    ACTIVE = "active"
    PAUSED = "paused"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"


class ConsentPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The creator's permission: for how many days (7, 30, 60 or 365), given how many days before the town's today.

    With ``notice_days`` its code carries terms.
    """

    days: int
    given_days_ago: int
    notice_days: int = 0


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
    ``opened_days_ago``: it was launched then, with one evening of visitors, else when history begins. Budgets are per day; ``bid_micros`` per thousand impressions for CPM, per event for CPC and CPV. Empty targeting
    means everybody.
    """

    name: str
    brand: str
    state: CampaignState
    objective: str  # REACH, VIDEO_VIEWS or TRAFFIC.
    billing: str  # cpm, cpv or cpc.
    bid_micros: int
    campaign_budget_micros: int
    ad_group_budget_micros: int
    call_to_action: str
    landing_url: str
    currency: str = "EUR"
    post: str = ""
    consent: ConsentPlan | None = None
    opened_days_ago: int = 0
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
