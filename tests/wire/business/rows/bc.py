"""bc/* and what of advertiser/* is asked of a Business Center."""

from tests.wire.business.rows import PEOPLE, Row

BC: dict[str, object] = {"bc_id": "{organisation_id}"}
ACCOUNT: dict[str, object] = {**BC, "asset_type": "ADVERTISER", "asset_id": "{account_id}"}
CREATOR: dict[str, object] = {**BC, "asset_type": "TT_ACCOUNT", "asset_id": "{profile_id}"}
LINK: dict[str, object] = {**CREATOR, "advertiser_id": "{account_id}"}
PARTNER: dict[str, object] = {**BC, "partner_id": "{agency_id}", "asset_type": "ADVERTISER"}

ROWS = {
    "advertiser.balance.get": Row(BC),
    "advertiser.transaction.get": Row(BC),
    "bc.account.transaction.get": Row(BC),
    "bc.advertiser.create": Row(
        {
            **BC,
            "advertiser_info": {"name": "Cakes", "currency": "EUR", "timezone": "Europe/Amsterdam"},
            "customer_info": {"company": "Ada's bakery", "registered_area": "NL"},
        }
    ),
    "bc.asset.account.authorization": Row(BC),
    "bc.asset.admin.delete": Row({**BC, "asset_type": "TT_ACCOUNT", "asset_ids": ["{profile_id}"]}),
    "bc.asset.admin.get": Row({**BC, "asset_type": "TT_ACCOUNT"}),
    "bc.asset.advertiser.assign": Row(LINK),
    "bc.asset.advertiser.assigned": Row(CREATOR),
    "bc.asset.advertiser.unassign": Row(LINK),
    "bc.asset.assign": Row({**ACCOUNT, "user_id": "{member_id}", "advertiser_role": "OPERATOR"}),
    "bc.asset.bind.quota": Row(CREATOR),
    "bc.asset.get": Row({**BC, "asset_type": "ADVERTISER"}),
    "bc.asset.member.get": Row(ACCOUNT),
    "bc.asset.partner.get": Row(ACCOUNT),
    "bc.asset.unassign": Row({**ACCOUNT, "user_id": "{member_id}"}),
    "bc.asset_group.create": Row(
        {
            **BC,
            "asset_group_name": "Bread",
            "assets": [{"asset_id": "{account_id}", "asset_type": "ADVERTISER"}],
            "members": [{"member_id": "{member_id}", "asset_roles": {"ADVERTISER": "ADMIN"}}],
        }
    ),
    "bc.asset_group.delete": Row({**BC, "asset_group_ids": ["1"]}, code=40007),
    "bc.asset_group.get": Row({**BC, "asset_group_id": "1", "query_entity": "ASSET"}, code=40007),
    "bc.asset_group.list": Row(BC),
    "bc.asset_group.update": Row(
        {**BC, "asset_group_id": "1", "update_entity": "NAME", "asset_group_name": "Bread"}, code=40007
    ),
    "bc.balance.get": Row(BC),
    "bc.get": Row(may=PEOPLE),
    "bc.invoice.unpaid.get": Row({**BC, "invoice_type": "ALL"}),
    "bc.member.delete": Row({**BC, "user_id": "{member_id}"}),
    "bc.member.get": Row(BC),
    "bc.member.invite": Row({**BC, "emails": ["late@example.org"], "asset_ids": ["{account_id}"]}),
    "bc.member.update": Row({**BC, "user_id": "{member_id}", "user_role": "ADMIN"}),
    "bc.partner.add": Row({**PARTNER, "asset_ids": ["{account_id}"]}),
    "bc.partner.asset.delete": Row({**PARTNER, "asset_ids": ["{account_id}"]}),
    "bc.partner.asset.get": Row({**PARTNER, "share_type": "SHARED"}),
    "bc.partner.delete": Row({**BC, "partner_id": "{agency_id}"}),
    "bc.partner.get": Row(BC),
    "bc.pixel.link.get": Row({**BC, "pixel_code": "C1"}),
    "bc.transaction.get": Row(BC),
}
