"""Portfolios by the business API: kept as they were sent, listed, deleted, and nobody else's."""

import hashlib
import io
from typing import Any

from PIL import Image

from tests.wire.business.conftest import Business, Said
from tests.wire.conftest import Town
from vonk.advertising.rules import portfolios as rules
from vonk.control.models import AuditEntry

CTA = [{"asset_content": "Learn more", "asset_ids": ["201781", "201535"]}, {"asset_content": "Shop now"}]


def test_portfolios_are_kept_listed_and_deleted(business: Business, town: Town) -> None:
    account = town.ids["account_id"]

    def post(path: str, **asked: Any) -> Said:
        return business.post("ada", f"creative/portfolio/{path}", advertiser_id=account, **asked)

    def get(path: str, **asked: Any) -> Said:
        return business.get("ada", f"creative/portfolio/{path}", advertiser_id=account, **asked)

    body = io.BytesIO()
    Image.new("RGB", (75, 42)).save(body, "PNG")
    image = business.post(
        "ada",
        "file/image/ad/upload",
        files={"image_file": body.getvalue()},
        advertiser_id=account,
        image_signature=hashlib.md5(body.getvalue(), usedforsecurity=False).hexdigest(),
    ).data
    cta = post("create", portfolio_content=CTA).data["creative_portfolio_id"]
    card_content = [{"card_type": "IMAGE", "image_id": image["image_id"], "badge_position": {"position_x": 0.5}}]
    sent = {**card_content[0], "title": None}
    card = post("create", creative_portfolio_type="CARD", portfolio_content=[sent]).data["creative_portfolio_id"]
    assert get("get", creative_portfolio_id=cta).data == {
        "creative_portfolio_id": cta,
        "creative_portfolio_type": "CTA",
        "portfolio_content": CTA,
    }
    assert get("get", creative_portfolio_id=card).data["portfolio_content"] == card_content
    listed = get("list", page_size=100).data
    assert listed == {
        "creative_portfolios": [
            {
                "creative_portfolio_id": card,
                "creative_portfolio_type": "CARD",
                "creative_portfolio_preview_url": image["image_url"],
            },
            {"creative_portfolio_id": cta, "creative_portfolio_type": "CTA", "creative_portfolio_preview_url": ""},
        ],
        "page_info": {"page": 1, "page_size": 100, "total_number": 2, "total_page": 1},
    }
    for filtering, found in (
        ({"creative_portfolio_types": ["CTA"]}, [cta]),
        ({"creative_portfolio_ids": [card, "1"]}, [card]),
        ({"creative_portfolio_types": ["GESTURE"], "creative_portfolio_ids": [card]}, []),
    ):
        rows = get("list", filtering=filtering).data["creative_portfolios"]
        assert [row["creative_portfolio_id"] for row in rows] == found
    deep: dict[str, Any] = {"asset_content": "x"}
    for _ in range(rules.DEPTH_MAX + 1):
        deep = {"asset_content": "x", "more": deep}
    before = AuditEntry.objects.count()
    refused = {
        "nobody's picture": (post("create", creative_portfolio_type="CARD", portfolio_content=[{"image_id": "i1"}]), 40912),
        "a picture by another name": (post("create", portfolio_content=[{"pop_up_window_image_id": "bread"}]), 40912),
        "no text": (post("create", portfolio_content=[{"asset_ids": ["1"]}]), 40002),
        "nothing": (post("create", portfolio_content=[]), 40002),
        "too much": (post("create", portfolio_content=[{"asset_content": "x", "title": "x" * rules.BYTES_MAX}]), 40002),
        "too deep": (post("create", portfolio_content=[deep]), 40002),
        "unknown type": (post("create", creative_portfolio_type="BREAD", portfolio_content=CTA), 40002),
        "unknown id": (get("get", creative_portfolio_id="1"), 40007),
        "one of two unknown": (post("delete", creative_portfolio_ids=[cta, "1"]), 40007),
        "somebody else": (business.get("mallory", "creative/portfolio/get", advertiser_id=account, creative_portfolio_id=cta), 40001),
        "a page too long": (get("list", page_size=101), 40002),
    }  # fmt: skip
    assert {name: said.code for name, (said, _) in refused.items()} == {
        name: code for name, (_, code) in refused.items()
    }
    assert refused["no text"][0].message.startswith("portfolio_content: ")
    assert AuditEntry.objects.count() == before
    assert post("delete", creative_portfolio_ids=[cta]).data == {}
    assert get("get", creative_portfolio_id=cta).code == 40007
    assert post("delete", creative_portfolio_ids=[cta]).code == 40007
    assert get("list").data["page_info"]["total_number"] == 1
