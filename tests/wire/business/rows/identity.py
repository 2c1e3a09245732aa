"""identity/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
CLEO: dict[str, object] = {**ACCOUNT, "identity_type": "AUTH_CODE", "identity_id": "{profile_id}"}

ROWS = {
    "identity.get": Row(ACCOUNT),
    "identity.info": Row(CLEO),
    "identity.create": Row({**ACCOUNT, "display_name": "Ada's cakes"}),
    "identity.delete": Row({**ACCOUNT, "identity_id": "{identity_id}", "identity_type": "CUSTOMIZED_USER"}),
    "identity.video.get": Row(CLEO),
    "identity.video.info": Row({**CLEO, "item_id": "{post_id}"}),
    "identity.live.get": Row(CLEO),
    "identity.music.authorization": Row({**CLEO, "video_id": "{post_id}"}),
}
