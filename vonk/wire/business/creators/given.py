"""What ``tto`` answers: creators in figures, their labels, places and public posts."""

from vonk.wire.business.given import Digits, Given, PageInfo


class Label(Given, frozen=True):
    """An interest."""

    label_id: Digits
    label_name: str


class Labels(Given, frozen=True):
    """All labels. Industries are none."""

    content_labels: list[Label]
    industry_labels: list[Label]


class Creator(Given, frozen=True):
    """A creator in a list. Counts are those of their public profile."""

    handle_name: str
    display_name: str
    profile_image: str
    followers_count: int
    following_count: int
    likes_count: int
    videos_count: int


class CreatorDetail(Creator, frozen=True):
    """A creator. ``median_views`` and ``engagement_rate`` are of the last 20 public posts, outside ads; nobody names a price."""

    creator_id: Digits
    bio: str
    median_views: int
    engagement_rate: float
    creator_price: None
    currency: None
    content_labels: list[Label]
    industry_labels: list[Label]


class Creators(Given, frozen=True):
    """A page of creators."""

    creators: list[Creator]
    page_info: PageInfo


class RankedCreator(Given, frozen=True):
    """A place in a ranking. What depends on where somebody lives, on prices or on a score is null."""

    ranking_change: str | None
    profile_image: str
    country: None
    handle: str
    display_name: str
    industry_labels: list[Label]
    content_labels: list[Label]
    score: None
    number_of_followers: int
    branded_content_video_views: int | None
    branded_content_engagement_rate: None
    total_video_views: int | None
    engagement_rate: float
    starting_price: None
    starting_price_currency: None
    follower_growth: None


class RankedCreators(Given, frozen=True):
    """A page of a ranking; ``last_updated_at`` is when its period ended."""

    creators: list[RankedCreator]
    last_updated_at: str
    page_info: PageInfo


class Status(Given, frozen=True):
    """Whether a creator can be found."""

    handle_name: str
    status: str


class Statuses(Given, frozen=True):
    """One for each handle, in their order."""

    onboarding_status: list[Status]


class Post(Given, frozen=True):
    """A public post. Counts are organic and paid together."""

    display_name: str
    video_id: Digits
    thumbnail_url: str
    embed_url: str
    caption: str
    likes: int
    comments: int
    shares: int
    favorites: int
    video_views: int
    create_time: str
    caption_hashtags: list[str]
    mentioned_accounts: list[str]
    collaboration_status: str


class Cursor(Given, frozen=True):
    """Where a page of posts stands; ``cursor`` is "" on the last."""

    has_more: bool
    cursor: str


class Posts(Given, frozen=True):
    """A page of posts."""

    posts: list[Post]
    page_info: Cursor
