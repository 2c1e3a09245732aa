"""Who advertises in the town, with what, and in which state the story leaves it."""

from typing import Final

from vonk.simulation.plans import AccessPlan, AskPlan, Brand, CampaignPlan, CampaignState, ClipPlan, ConsentPlan

BRANDS: Final[tuple[Brand, ...]] = (
    Brand(slug="zoutmolen", name="Zoutmolen Sea Salt", country="NL", website="https://example.org/zoutmolen",
          identity="Zoutmolen Sea Salt", emblem="crystal", palette="frost",
          voucher_micros=5_000_000, asks_back_micros=40_000_000, gets_back=True),
    Brand(slug="lumen", name="Atelier Lumen", country="FR", website="https://example.org/lumen",
          identity="Atelier Lumen", emblem="lantern", palette="dusk",
          voucher_micros=10_000_000, asks_back_micros=100_000_000),
    Brand(slug="harbour-board", name="Harbour Visitor Board", country="NL", website="https://example.org/harbour",
          credit_micros=400_000_000),
)  # fmt: skip

# What the brands had made for themselves: shown under their custom identities, on no profile.
BRAND_CLIPS: Final[tuple[ClipPlan, ...]] = (
    ClipPlan(
        key="brand-zoutmolen", scene="windmill", seed=501, palette="sea", sound="kadeklokken", title="Salt, slowly made"
    ),
    ClipPlan(
        key="brand-lumen",
        scene="lanterns",
        seed=510,
        palette="night",
        sound="slow-tide",
        title="Long evenings",
    ),
    ClipPlan(  # Pushed under Cleo's name: as large and as dense as reference §4 asks for.
        key="brand-crust",
        scene="bread",
        seed=530,
        palette="dawn",
        sound="petit-matin",
        title="A salt crust",
        width=540,
        height=960,
        kilobits=2_700,
    ),
)

# By other roads than a code. The first is inside what Cleo agreed to beforehand; the second waits for her.
ASKS: Final[tuple[AskPlan, ...]] = (
    AskPlan(brand="lumen", post="bakery-waffles", days=30, message="Waffles and candlelight: may we show yours in the evenings?"),
    AskPlan(brand="harbour-board", post="bakery-two", days=365, notice_days=14,
            message="We would like your two loaves in every harbour guide next year."),
)  # fmt: skip

ACCESSES: Final[tuple[AccessPlan, ...]] = (
    AccessPlan(brand="zoutmolen", shop="korenmolen.bakery", days=365, clip="brand-crust",
               message="You bake with our salt. May we make ads together?",
               caption="Bread in a salt crust, as grandmother made it #sourdough"),
)  # fmt: skip

CAMPAIGNS: Final[tuple[CampaignPlan, ...]] = (
    CampaignPlan(
        name="A pinch in every loaf", brand="zoutmolen", state=CampaignState.ACTIVE, objective="REACH", billing="cpm", bid_micros=24_000_000,
        campaign_budget_micros=50_000_000, ad_group_budget_micros=25_000_000, post="bakery-oven", consent=ConsentPlan(days=30, given_days_ago=20),
        countries=("NL", "BE", "GB"), call_to_action="SHOP_NOW", landing_url="https://example.org/zoutmolen/bread", cap_impressions=4,
    ),
    CampaignPlan(
        name="A day on the water", brand="harbour-board", state=CampaignState.ACTIVE, objective="VIDEO_VIEWS", billing="cpv", bid_micros=42_000,
        campaign_budget_micros=120_000_000, ad_group_budget_micros=40_000_000, post="ouest-beam", consent=ConsentPlan(days=365, given_days_ago=32), opened_days_ago=31,
        countries=("NL", "BE", "FR", "GB"), call_to_action="BOOK_NOW", landing_url="https://example.org/harbour/boats", cap_impressions=2,
    ),
    CampaignPlan(
        name="Salt from the source", brand="zoutmolen", state=CampaignState.ACTIVE, objective="TRAFFIC", billing="cpc", bid_micros=620_000,
        campaign_budget_micros=60_000_000, ad_group_budget_micros=30_000_000, clip="brand-zoutmolen", ad_text="Six weeks of sun and wind in every jar.",
        countries=("NL", "BE", "FR", "GB"), devices=("android", "ios", "desktop"), call_to_action="LEARN_MORE",
        landing_url="https://example.org/zoutmolen/source",
    ),
    CampaignPlan(
        name="Spring on the dyke", brand="harbour-board", state=CampaignState.PAUSED, objective="TRAFFIC", billing="cpc", bid_micros=900_000,
        campaign_budget_micros=50_000_000, ad_group_budget_micros=30_000_000, post="cycles-first-ride", consent=ConsentPlan(days=30, given_days_ago=27, notice_days=7),
        countries=("NL",), languages=("nl", "en"), devices=("android", "ios"), call_to_action="VIEW_NOW",
        landing_url="https://example.org/harbour/cycling",
    ),
    CampaignPlan(
        name="Long evenings", brand="lumen", state=CampaignState.REJECTED, objective="TRAFFIC", billing="cpc", bid_micros=320_000,
        campaign_budget_micros=50_000_000, ad_group_budget_micros=25_000_000, clip="brand-lumen", ad_text="The last lamp you will ever buy. Guaranteed.",
        countries=("FR", "BE"), languages=("fr",), interests=("home", "art"), call_to_action="SHOP_NOW", landing_url="https://example.org/lumen/lamps",
        rejection_reasons=("misleading_claim", "landing_page_mismatch"),
        rejection_note="The text promises a guarantee that the landing page does not give, and the page does not name the seller.",
    ),
    CampaignPlan(
        name="Candlelight week", brand="lumen", state=CampaignState.IN_REVIEW, objective="REACH", billing="cpm", bid_micros=5_200_000,
        campaign_budget_micros=50_000_000, ad_group_budget_micros=30_000_000, post="klei-holders", consent=ConsentPlan(days=7, given_days_ago=5),
        countries=("BE", "FR", "NL"), age_bands=("25_34", "35_44", "45_54"), genders=("female", "male", "other"), interests=("art", "home", "diy"),
        call_to_action="VISIT_STORE", landing_url="https://example.org/lumen/candles",
    ),
)  # fmt: skip
