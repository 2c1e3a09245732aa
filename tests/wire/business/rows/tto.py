"""tto/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"tto_tcm_account_id": "{account_id}"}

ROWS = {
    "tto.tcm.category.label": Row({**ACCOUNT, "label_type": "SEARCH"}),
    "tto.tcm.creator.status.get": Row({**ACCOUNT, "handle_names": ["cleo"]}),
    "tto.tcm.creator.public": Row({**ACCOUNT, "handle_name": "cleo"}),
    "tto.tcm.creator.public.video.list": Row({**ACCOUNT, "handle_name": "cleo"}),
    "tto.tcm.creator.discover": Row(ACCOUNT),
    "tto.tcm.rank": Row({**ACCOUNT, "label_id": "26014"}),
}
