"""What everybody reads of an ad in the public repository."""

from datetime import datetime

import msgspec

from vonk.content.queries import PictureFacts
from vonk.content.rules import Disclosure, Format
from vonk.reporting.public_ads.parameters import Parameter
from vonk.reporting.public_ads.rules import Ground, Telling


class PublicVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The ad as it was approved at an instant."""

    approved_at: datetime
    caption: str
    call_to_action: str
    landing_url: str


class PublicContent(msgspec.Struct, frozen=True, kw_only=True):
    """The post as it was shown. URLs are paths on *site*. ``handle`` is empty of what is no Spark Ad.

    ``disclosure`` is what the creator says of whose interest the post serves (DSA art. 26(2)); ``versions`` are earlier ones,
    the newest first.
    """

    post_id: int
    identity_id: int
    spark: bool
    format: Format
    display_name: str
    handle: str
    avatar_url: str
    caption: str
    sound_title: str
    video_url: str
    poster_url: str
    pictures: tuple[PictureFacts, ...]
    sound_url: str
    width: int
    height: int
    duration_ms: int
    call_to_action: str
    landing_url: str
    category: str
    disclosure: Disclosure
    ai_generated: bool
    versions: tuple[PublicVersion, ...]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """Why an ad's content is not told. Of what the platform removed this is the statement of reasons (DSA art. 17(3)).

    ``reason`` are the moderator's words, "" where there are none; ``at`` None: the instant is the person's own affair.
    ``automated``: whether a machine decided. ``contractual_ground`` is what it breaks, "" of what the platform did not remove.
    """

    ground: Ground
    text: str
    reason: str = ""
    at: datetime | None = None
    contractual_ground: str = ""
    automated: bool = False


class CountryRecipients(msgspec.Struct, frozen=True):
    """Recipients in one country, in tens. ``country`` is ISO 3166-1's code."""

    country: str
    recipients: int
    member_state: bool


class PublicAdView(msgspec.Struct, frozen=True, kw_only=True):
    """An ad that was shown, as DSA art. 39(2) lists it.

    ``advertiser_name`` is on whose behalf, ``payer_name`` who paid, ``payer_differs`` whether that is somebody else; of a
    removed ad both are empty and ``content`` is None (art. 39(3)). Instants of the period are those of the first and the last
    time, and ``kept_until`` is when the record ends unless the ad is shown again. ``targeted``: it was meant for particular
    groups, by the ``parameters``. Recipients are different people, in tens, rounded down; below ten that is 0. ``elsewhere``
    are those of countries with fewer than ten and of people whose country is not known.
    """

    ad_id: int
    telling: Telling
    content: PublicContent | None
    statement: Statement | None
    advertiser_name: str
    payer_name: str
    payer_differs: bool
    first_shown_at: datetime
    last_shown_at: datetime
    kept_until: datetime
    targeted: bool
    parameters: tuple[Parameter, ...]
    recipients: int
    recipients_by_country: tuple[CountryRecipients, ...]
    recipients_elsewhere: int
