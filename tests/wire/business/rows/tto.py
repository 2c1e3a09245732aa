"""tto/*."""

from tests.wire.business.rows import PEOPLE, Row

ACCOUNT: dict[str, object] = {"tto_tcm_account_id": "{account_id}"}

ROWS = {
    "tto.tcm.category.label": Row({**ACCOUNT, "label_type": "SEARCH"}),
    "tto.tcm.creator.status.get": Row({**ACCOUNT, "handle_names": ["cleo"]}),
    "tto.tcm.creator.public": Row({**ACCOUNT, "handle_name": "cleo"}),
    "tto.tcm.creator.public.video.list": Row({**ACCOUNT, "handle_name": "cleo"}),
    "tto.tcm.creator.discover": Row(ACCOUNT),
    "tto.tcm.campaign": Row(ACCOUNT),
    "tto.tcm.campaign.create": Row(
        {**ACCOUNT, "campaign_name": "Spring", "brand_name": "Bread", "handle_names": ["cleo"]}
    ),
    "tto.tcm.campaign.update": Row({**ACCOUNT, "campaign_id": "1", "campaign_name": "Summer"}, code=40007),
    "tto.tcm.campaign.link": Row({**ACCOUNT, "campaign_id": "1", "video_id": "{post_id}"}, code=40007),
    "tto.tcm.campaign.link.status": Row({**ACCOUNT, "campaign_id": "1"}, code=40007),
    "tto.tcm.report": Row(
        {**ACCOUNT, "campaign_id": "1", "start_date": "2026-01-01", "end_date": "2026-01-02"}, code=40007
    ),
    "tto.creator.campaign.join": Row({"tto_invite_link": "/studio/campaigns/1/"}, may=PEOPLE, code=40007),
    "tto.creator.video.link": Row(
        {"tto_invite_link": "/studio/campaigns/1/", "video_id": "{post_id}"}, may=PEOPLE, code=40007
    ),
    "tto.creator.link.request.get": Row({}, may=PEOPLE),
    "tto.creator.link.request.confirm": Row({"link_request_id": "1", "action": "REJECT"}, may=PEOPLE, code=40007),
    "tto.tcm.rank": Row({**ACCOUNT, "label_id": "26014"}),
}
