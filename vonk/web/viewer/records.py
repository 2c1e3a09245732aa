"""What the feed's scripts receive. Ids are strings; addresses are paths on this site; times are milliseconds."""

import msgspec

from vonk.content.captions import Segment
from vonk.content.queries.tallies import Counts


class FeedProfile(msgspec.Struct, frozen=True):
    """Whose post it is."""

    id: str
    handle: str
    display_name: str
    avatar_url: str
    url: str
    followed: bool


class FeedSound(msgspec.Struct, frozen=True):
    """What is heard."""

    id: str
    title: str
    url: str


class FeedPicture(msgspec.Struct, frozen=True):
    """A picture of a post; ``alt`` says what it shows."""

    url: str
    small_url: str
    width: int
    height: int
    alt: str


class FeedSticker(msgspec.Struct, frozen=True):
    """Something over the video; ``x`` and ``y`` are its middle in thousandths of the frame.

    ``votes`` are there once the viewer answered (``choice``), and for the creator. ``url`` is "" where it leads nowhere.
    """

    id: str
    kind: str
    x: int
    y: int
    text: str
    options: tuple[str, ...]
    votes: tuple[int, ...]
    choice: int | None
    ends_ms: int
    url: str


class FeedSubtitles(msgspec.Struct, frozen=True):
    """What is said in the video, in a language."""

    language: str
    url: str


class FeedCredit(msgspec.Struct, frozen=True):
    """Of a duet or stitch (``kind``): whose original it answers, and where that is."""

    kind: str
    handle: str
    url: str


class FeedItem(msgspec.Struct, frozen=True):
    """One organic post. ``token`` is the signed showing, sent back with every event and engagement."""

    post_id: str
    token: str
    profile: FeedProfile
    caption: str
    segments: tuple[Segment, ...]  # The caption in pieces: text, hashtags, mentions.
    sound: FeedSound | None
    video_url: str
    poster_url: str
    duration_ms: int
    width: int
    height: int
    counts: Counts
    liked: bool
    favourited: bool
    may_duet: bool
    may_stitch: bool
    own: bool
    disclosure: str  # none, own_brand or branded; words.js says it above the caption.
    ai_generated: bool
    pictures: tuple[FeedPicture, ...] = ()  # Instead of a video.
    sound_url: str = ""  # What is heard with pictures.
    small_url: str = ""  # The same video for small screens and slow lines, where there is one.
    stickers: tuple[FeedSticker, ...] = ()
    subtitles: tuple[FeedSubtitles, ...] = ()
    credit: FeedCredit | None = None


class SlotPolicy(msgspec.Struct, frozen=True):
    """Where ads may stand: positions count from 1; ``first``, then every ``gap`` further; a gap of 0: nowhere."""

    first: int
    gap: int


class FeedPage(msgspec.Struct, frozen=True):
    """Some posts and what the browser needs to ask the ad server itself. ``cursor`` is None at the end."""

    items: tuple[FeedItem, ...]
    cursor: str | None
    viewer_token: str
    ads_url: str
    slot_policy: SlotPolicy


class PostState(msgspec.Struct, frozen=True):
    """What the site knows of an ad's post that the ad server does not."""

    counts: Counts
    liked: bool
    favourited: bool
    followed: bool
    own: bool
    has_page: bool
    stickers: tuple[FeedSticker, ...] = ()
    subtitles: tuple[FeedSubtitles, ...] = ()
    small_url: str = ""


class FeedState(msgspec.Struct, frozen=True):
    """States by post id."""

    posts: dict[str, PostState]


class Engaged(msgspec.Struct, frozen=True):
    """A post's counters after an engagement; ``on`` says whether it stands now."""

    on: bool
    counts: Counts


class Voted(msgspec.Struct, frozen=True):
    """A poll after an answer: how many gave each, and what this person's is."""

    votes: tuple[int, ...]
    choice: int


class Vote(msgspec.Struct, frozen=True):
    """What a script sends to answer a poll: the place of the answer, from 0."""

    option: int


class Followed(msgspec.Struct, frozen=True):
    """Whether the profile is followed now."""

    on: bool


class Toggle(msgspec.Struct, frozen=True):
    """What a script sends to engage: on or off, and the showing it comes from ("" on a page that is no showing)."""

    on: bool = True
    token: str = ""
