"""Bounds that several parts share, each with the reason for its size."""

from typing import Final

PAGE_SIZE_DEFAULT: Final = 20
PAGE_SIZE_MAX: Final = 100  # A page that a person can scan and a client can hold.
BODY_BYTES_MAX: Final = 1_048_576  # JSON bodies; uploads have their own bound in settings.
EVENTS_PER_BATCH_MAX: Final = 500  # Design §8.
SLOTS_PER_DECISION_MAX: Final = 20
TEXT_MAX: Final = 2_200  # Caption length, in UTF-16 units (reference §4, post upload by API).
MENTIONS_MAX: Final = 30  # Reference §4.
COMMENT_MAX: Final = 500
NAME_MAX: Final = 512  # Campaigns, ad groups, ads (reference: API §7–9).
DISPLAY_NAME_MAX: Final = 40  # Reference §4.
HANDLE_MAX: Final = 24
URL_MAX: Final = 2_048
CODE_CHARS_MAX: Final = 128
IDEMPOTENCY_KEY_MAX: Final = 64
AD_GROUPS_PER_ACCOUNT_MAX: Final = 10_000  # As many as it may have Spark Ads, at one an ad group.
ADS_PER_ACCOUNT_MAX: Final = 10_000  # S4, reference §3 (e).
ADS_PER_IDENTITY_MAX: Final = 10_000  # The API's text, reference §3 (e).
ADS_PER_REQUEST_MAX: Final = 20  # Reference §4.
