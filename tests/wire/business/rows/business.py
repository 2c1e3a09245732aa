"""business/*: of Cleo."""

from tests.wire.business.rows import Row

CLEO = ("cleo",)
ITEM: dict[str, object] = {"business_id": "{person_id}", "item_id": "{post_id}"}

ROWS = {
    "business.get": Row({"business_id": "{person_id}"}, may=CLEO),
    "business.video.list": Row({"business_id": "{person_id}"}, may=CLEO),
    "business.post.authorize.setting": Row({**ITEM, "is_ad_promotable": True}, may=CLEO),
    "business.post.authorize": Row({**ITEM, "authorization_days": 7}, may=CLEO),
    "business.post.authorize.status": Row(ITEM, may=CLEO),
    "business.post.authorize.delete": Row(ITEM, may=CLEO),
}
