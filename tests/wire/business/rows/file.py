"""file/*."""

import hashlib
import io

from PIL import Image

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}


def _moving() -> bytes:
    """The smallest video: two pictures of a GIF."""
    body = io.BytesIO()
    first, second = Image.new("RGB", (16, 16), 1), Image.new("RGB", (16, 16), 200)
    first.save(body, "GIF", save_all=True, append_images=[second], duration=100)
    return body.getvalue()


MOVING = _moving()
SIGNATURE = hashlib.md5(MOVING, usedforsecurity=False).hexdigest()
ROWS = {
    "file.video.ad.upload": Row({**ACCOUNT, "video_signature": SIGNATURE}, files={"video_file": MOVING}),
    "file.video.ad.info": Row({**ACCOUNT, "video_ids": ["v1"]}),
    "file.video.ad.search": Row(ACCOUNT),
    "file.video.ad.update": Row({**ACCOUNT, "video_id": "v1", "file_name": "Bread"}, code=40053),
    "file.video.suggestcover": Row({**ACCOUNT, "video_id": "v1"}, code=40053),
    "file.image.ad.upload": Row({**ACCOUNT, "image_signature": SIGNATURE}, files={"image_file": MOVING}),
    "file.image.ad.info": Row({**ACCOUNT, "image_ids": ["i1"]}),
    "file.image.ad.search": Row(ACCOUNT),
    "file.image.ad.update": Row({**ACCOUNT, "image_id": "i1", "file_name": "Bread"}, code=40912),
    "file.start.upload": Row({**ACCOUNT, "content_type": "video", "size": 100}),
    "file.transfer.upload": Row(
        {**ACCOUNT, "upload_id": "1", "signature": SIGNATURE, "start_offset": 0}, files={"file": MOVING}, code=40905
    ),
    "file.finish.upload": Row({**ACCOUNT, "upload_id": "1"}, code=40905),
    "file.temporarily.upload": Row(
        {**ACCOUNT, "upload_type": "FILE", "content_type": "image", "signature": SIGNATURE}, files={"file": MOVING}
    ),
    "file.name.check": Row({**ACCOUNT, "file_name": "Bread", "file_type": "IMAGE"}),
    "file.music.get": Row(ACCOUNT),
}
