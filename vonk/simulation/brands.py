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
    Brand(slug="dune-rides", name="Dune Rides", country="NL", website="https://example.org/dune-rides", pays_in_micros=20_000_000),
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
        campaign_budget_micros=50_000_000, ad_group_budget_micros=25_000_000, post="bakery-oven", consent=ConsentPlan(days=30, given_days_ago=20, share_ppm=100_000),
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
        name="Long evenings", brand="lumen", state=CampaignState.REJECTED, launched_hours_ago=68, objective="TRAFFIC", billing="cpc", bid_micros=320_000,
        campaign_budget_micros=50_000_000, ad_group_budget_micros=25_000_000, clip="brand-lumen", ad_text="The last lamp you will ever buy. Guaranteed.",
        countries=("FR", "BE"), languages=("fr",), interests=("home", "art"), call_to_action="SHOP_NOW", landing_url="https://example.org/lumen/lamps",
        rejection_reasons=("misleading_claim", "landing_page_mismatch"),
        rejection_note="The text promises a guarantee that the landing page does not give, and the page does not name the seller.",
        appeal="The guarantee is on the landing page since this morning, below the price, and the seller in its footer.",
    ),
    CampaignPlan(
        name="Candlelight week", brand="lumen", state=CampaignState.IN_REVIEW, launched_hours_ago=3, objective="REACH", billing="cpm", bid_micros=5_200_000,
        campaign_budget_micros=50_000_000, ad_group_budget_micros=30_000_000, post="klei-holders", consent=ConsentPlan(days=7, given_days_ago=5),
        countries=("BE", "FR", "NL"), age_bands=("25_34", "35_44", "45_54"), genders=("female", "male", "other"), interests=("art", "home", "diy"),
        call_to_action="VISIT_STORE", landing_url="https://example.org/lumen/candles",
    ),
    CampaignPlan(
        name="Salted caramel hour", brand="zoutmolen", state=CampaignState.LEARNING, objective="TRAFFIC", billing="ocpm", bid_micros=750_000,
        campaign_budget_micros=50_000_000, ad_group_budget_micros=25_000_000, post="coffee-pour", consent=ConsentPlan(days=60, given_days_ago=5),
        launched_hours_ago=92, countries=("NL", "BE", "GB", "FR"), call_to_action="LEARN_MORE", landing_url="https://example.org/zoutmolen/caramel",
    ),
    CampaignPlan(
        name="Harvest week", brand="zoutmolen", state=CampaignState.FINISHED, objective="REACH", billing="cpm", bid_micros=22_000_000,
        campaign_budget_micros=50_000_000, ad_group_budget_micros=25_000_000, post="boerenmarkt-oost-2", consent=ConsentPlan(days=60, given_days_ago=17),
        ends_days_ago=5, countries=("NL", "BE"), call_to_action="SHOP_NOW", landing_url="https://example.org/zoutmolen/harvest",
    ),
    CampaignPlan(
        name="Sweet and salty", brand="zoutmolen", state=CampaignState.EXPIRING, objective="TRAFFIC", billing="cpc", bid_micros=700_000,
        campaign_budget_micros=60_000_000, ad_group_budget_micros=30_000_000, post="gaufre-minute-1", consent=ConsentPlan(days=30, given_days_ago=28),
        countries=("BE", "FR", "NL", "GB"), call_to_action="SHOP_NOW", landing_url="https://example.org/zoutmolen/waffles",
    ),
    CampaignPlan(
        name="Ride the dunes", brand="dune-rides", state=CampaignState.OUT_OF_MONEY, objective="VIDEO_VIEWS", billing="cpv", bid_micros=48_000,
        campaign_budget_micros=60_000_000, ad_group_budget_micros=30_000_000, post="velo-et-vent-1", consent=ConsentPlan(days=60, given_days_ago=18),
        countries=("FR", "BE", "NL", "GB"), call_to_action="BOOK_NOW", landing_url="https://example.org/dune-rides/day",
    ),
    CampaignPlan(
        name="Skating by lantern light", brand="harbour-board", state=CampaignState.REVOKED, objective="VIDEO_VIEWS", billing="cpv", bid_micros=36_000,
        campaign_budget_micros=60_000_000, ad_group_budget_micros=30_000_000, post="patins-du-port-2",
        consent=ConsentPlan(days=30, given_days_ago=16, revoked_hours_ago=40),
        countries=("FR", "BE", "NL"), call_to_action="BOOK_NOW", landing_url="https://example.org/harbour/ice",
    ),
    CampaignPlan(
        name="Advent on the quay", brand="harbour-board", state=CampaignState.SCHEDULED, objective="REACH", billing="cpm", bid_micros=18_000_000,
        campaign_budget_micros=80_000_000, ad_group_budget_micros=40_000_000, post="fete-des-lampions-1", consent=ConsentPlan(days=60, given_days_ago=3),
        launched_hours_ago=30, starts_in_days=4, countries=("BE", "FR", "NL"), call_to_action="VIEW_NOW", landing_url="https://example.org/harbour/advent",
    ),
)  # fmt: skip
