"""dmp/*."""

import hashlib

from tests.wire.business.rows import Row

DIGESTS = hashlib.sha256(b"vik@example.org").hexdigest().encode() + b"\n"
SIGNATURE = hashlib.md5(DIGESTS, usedforsecurity=False).hexdigest()
ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
RULES = {"inclusion_rule_set": {"operator": "OR", "rules": [{"retention_days": 30}]}}
NONE: dict[str, object] = {**ACCOUNT, "custom_audience_id": "1"}
ROWS = {
    "dmp.custom_audience.file.upload": Row(
        {**ACCOUNT, "calculate_type": "EMAIL_SHA256", "file_signature": SIGNATURE}, files={"file": DIGESTS}
    ),
    "dmp.custom_audience.create": Row(
        {**ACCOUNT, "custom_audience_name": "A", "file_paths": ["1"], "calculate_type": "EMAIL_SHA256"}, code=40905
    ),
    "dmp.custom_audience.update": Row({**NONE, "custom_audience_name": "A"}, code=40007),
    "dmp.custom_audience.rule.create": Row(
        {**ACCOUNT, "custom_audience_name": "A", "audience_type": "ENGAGEMENT", "rule_spec": RULES}
    ),
    "dmp.custom_audience.lookalike.create": Row(
        {
            **ACCOUNT,
            "custom_audience_name": "Like A",
            "lookalike_spec": {
                "source_audience_id": "1",
                "include_source": False,
                "location_ids": ["2750405"],
                "audience_size": "NARROW",
            },
        },
        code=40007,
    ),
    "dmp.custom_audience.lookalike.update": Row({**ACCOUNT, "custom_audience_ids": ["1"]}, code=40007),
    "dmp.custom_audience.list": Row({**ACCOUNT, "page_size": 100}),
    "dmp.custom_audience.get": Row({**ACCOUNT, "custom_audience_ids": ["1"]}),
    "dmp.custom_audience.delete": Row({**ACCOUNT, "custom_audience_ids": ["1"]}, code=40007),
    "dmp.custom_audience.apply": Row(
        {**NONE, "adgroup_ids": ["{ad_group_id}"], "action_mode": "Apply", "usage_mode": "Include"}, code=40007
    ),
    "dmp.custom_audience.apply.log": Row({**ACCOUNT, "custom_audience_ids": ["1"]}, code=40007),
    "dmp.custom_audience.share": Row(
        {**ACCOUNT, "custom_audience_ids": ["1"], "shared_advertiser_ids": ["{account_id}"]}, code=40002
    ),
    "dmp.custom_audience.share.cancel": Row({**NONE, "shared_advertiser_id": "1"}, code=40007),
    "dmp.custom_audience.share.log": Row(NONE, code=40007),
    "dmp.saved_audience.create": Row({**ACCOUNT, "saved_audience_name": "A", "location_ids": ["2750405"]}),
    "dmp.saved_audience.list": Row(ACCOUNT),
    "dmp.saved_audience.delete": Row({**ACCOUNT, "saved_audience_ids": ["1"]}, code=40007),
}
