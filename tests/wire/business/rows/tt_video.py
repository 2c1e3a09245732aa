"""tt_video/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}

ROWS = {
    "tt_video.authorize": Row({**ACCOUNT, "auth_code": "{fresh_code}"}),
    "tt_video.info": Row({**ACCOUNT, "auth_code": "{fresh_code}"}),
    "tt_video.list": Row(ACCOUNT),
    "tt_video.unbind": Row({**ACCOUNT, "item_id": "{post_id}"}, code=40002),  # Her ad shows it.
}
