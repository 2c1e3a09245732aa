"""tcm/*."""

from tests.wire.business.rows import Row

PLAIN: dict[str, object] = {"tcm_account_id": "{account_id}", "video_id": "{plain_post_id}"}

ROWS = {
    "tcm.tt_video.apply": Row(PLAIN),
    "tcm.tt_video.status": Row(PLAIN),
}
