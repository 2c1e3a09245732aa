"""What clients' tests call the things of a world. All is text: ids lose digits as numbers."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from vonk.sandbox.worlds import World

BASE_URL: Final = "BASE_URL"
KEYS: Final = {
    "ACCESS_TOKEN": "access_token",
    "ADVERTISER_ID": "advertiser_id",
    "SECOND_ADVERTISER_ID": "second_advertiser_id",
    "FOREIGN_ADVERTISER_ID": "foreign_advertiser_id",
    "BC_ID": "bc_id",
    "APP_ID": "app_id",
    "APP_SECRET": "app_secret",
    "OAUTH_CODE": "oauth_code",
    "TT_USER_IDENTITY_ID": "tt_user_identity_id",
    "BC_IDENTITY_ID": "bc_identity_id",
    "AUTH_CODE": "auth_code",
    "AUTH_CODE_2": "auth_code_2",
    "EXPIRED_CODE": "expired_code",
    "PRIVATE_CODE": "private_code",
    "UNAVAILABLE_CODE": "unavailable_code",
    "DUET_CODE": "duet_code",
    "VIDEO_FILE": "film",
    "EMAIL": "email",
    "PASSWORD": "password",
}
"""The key, and the field of a world that it names."""


def told(world: "World", *, base_url: str) -> dict[str, str]:
    """Return the world as clients' tests read it."""
    return {BASE_URL: base_url, **{key: str(getattr(world, name)) for key, name in KEYS.items()}}
