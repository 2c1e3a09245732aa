"""An ad's button by a portfolio: chosen, kept, given up for another, and nobody else's."""

from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town


def test_a_portfolio_gives_an_ad_its_button(business: Business, town: Town) -> None:
    of: Any = {"advertiser_id": town.ids["account_id"]}

    def portfolio(*texts: str, kind: str = "CTA") -> str:
        parts = [{"asset_content": text, "asset_ids": ["1"]} for text in texts]
        asked: Any = {"creative_portfolio_type": kind, "portfolio_content": parts}
        made: str = business.post("ada", "creative/portfolio/create", **of, **asked).data["creative_portfolio_id"]
        return made

    pull: Any = {
        "ad_format": "SINGLE_VIDEO", "identity_type": "AUTH_CODE", "identity_id": town.ids["profile_id"],
        "tiktok_item_id": town.ids["post_id"], "landing_page_url": "https://example.org/bread",
    }  # fmt: skip

    def create(**creative: str) -> Any:
        return business.post(
            "ada", "ad/create", **of, adgroup_id=town.ids["ad_group_id"], creatives=[{**pull, **creative}]
        )

    several = portfolio("Eat this", "Book now", "Shop now")
    said = create(call_to_action_id=several, call_to_action="SHOP_NOW")
    ad = said.data["creatives"][0]
    assert (ad["call_to_action"], ad["call_to_action_id"]) == ("BOOK_NOW", several), "A portfolio wins."

    def change(**creative: Any) -> Any:
        asked: Any = {"adgroup_id": town.ids["ad_group_id"], "creatives": [{"ad_id": ad["ad_id"], **creative}]}
        said = business.post("ada", "ad/update", **of, **asked, patch_update=True)
        return (said.data["creatives"][0]["call_to_action"], said.data["creatives"][0]["call_to_action_id"])

    assert change(ad_name="Renamed") == ("BOOK_NOW", several)
    business.post("ada", "creative/portfolio/delete", **of, creative_portfolio_ids=[several])
    assert change(call_to_action_id=several) == ("BOOK_NOW", several), "What was looked up before stays."
    assert change(call_to_action="SIGN_UP") == ("SIGN_UP", None)
    assert change(call_to_action_id=portfolio("learn_more"))[0] == "LEARN_MORE"
    refused = {
        several: "no portfolio of this ad account", "no id": "no portfolio of this ad account",
        portfolio("Eat this"): "it holds none of APPLY_NOW", portfolio("Shop now", kind="CARD"): "not a portfolio of buttons",
    }  # fmt: skip
    for named, why in refused.items():
        said = create(call_to_action_id=named)
        assert (said.code, said.message.startswith(f"creatives[0].call_to_action_id: {why}")) == (40002, True)
    assert create(call_to_action_id="").message == "creatives[0].call_to_action: it is missing"
