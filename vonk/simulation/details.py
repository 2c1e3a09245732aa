"""The small things of the town: what stands over posts, who answers whom, what waits for somebody to decide."""

from typing import Final

from vonk.simulation.plans import (
    AnswerPlan,
    DetailsPlan,
    DraftPlan,
    KeptPlan,
    MixPlan,
    ReportedPlan,
    StickerPlan,
    SubtitlesPlan,
)

# fmt: off
STICKERS: Final = (
    StickerPlan(post="bakery-waffles", kind="poll", text="Hoeveel hoog?", options=("Drie", "Vier", "Tot het plafond")),
    StickerPlan(post="korenmolen-bakery-1", kind="countdown", text="Open over", ends_in_days=3, y=300),
    StickerPlan(post="bakery-two", kind="text", text="Still warm!", y=800),
    StickerPlan(post="coffee-rosetta", kind="poll", text="Swan or rosetta?", options=("Swan", "Rosetta")),
    StickerPlan(post="plaat-lanterns", kind="countdown", text="Dansen over", ends_in_days=5, y=260),
    StickerPlan(post="cycles-bakfiets", kind="link", text="Rent one", url="https://example.org/haven-cycles/rent", y=800),
    StickerPlan(post="gaufre-minute-2", kind="poll", text="Sucre ou chantilly ?", options=("Sucre", "Chantilly")),
)

SUBTITLES: Final = (
    SubtitlesPlan(post="bakery-mill", language="nl", lines=("Wind genoeg vandaag.", "We malen zelf.", "Proef je het?")),
    SubtitlesPlan(post="bakery-mill", language="en", lines=("Wind enough today.", "We mill it ourselves.", "Can you taste it?")),
    SubtitlesPlan(post="korenmolen-bakery-2", language="en", lines=("This is the cut that tells everything.", "Open, even, shiny.", "Seventy-eight percent.")),
    SubtitlesPlan(post="klei-vase", language="nl", lines=("Eerst centreren.", "Dan omhoog.", "En niet meer ademen.")),
)

ANSWERS: Final = (
    AnswerPlan(post="bakery-oven", shop="north.quay.coffee", text="On the counter from seven. One with extra crust?"),
    AnswerPlan(post="bakery-oven", shop="marche.du.quai", text="Promis : un gros, bien cuit."),
    AnswerPlan(post="bakery-two", shop="studio.klei", text="Kom proeven, er ligt er nog één."),
    AnswerPlan(post="bakery-mill", shop="haven.cycles", text="Stop by, there is a rack for bicycles now."),
    AnswerPlan(post="cycles-first-ride", shop="korenmolen.bakery", text="Een brood? Er passen er vier in."),
    AnswerPlan(post="cycles-bakfiets", shop="marche.du.quai", text="Samedi elle est à vous, dès huit heures."),
    AnswerPlan(post="coffee-cat", shop="atelier.naad", text="She blinked. That is a yes."),
    AnswerPlan(post="coffee-cat", shop="haven.cycles", text="Already promoted. Twice."),
    AnswerPlan(post="klei-vase", shop="north.quay.coffee", text="We do: twelve, end of the month?"),
    AnswerPlan(post="kites-three", shop="atelier.naad", text="Pictures would show the tangles."),
    AnswerPlan(post="ouest-wide", shop="tramlijn.acht", text="Avec plaisir, avec la signature du phare !"),
)

MIXES: Final = (
    MixPlan(key="duet-oven", kind="duet", of="bakery-oven", shop="north.quay.coffee", scene="coffee", seed=4_002, palette="mint",
            sound="petit-matin", caption="You bake, we pour: a duet with @korenmolen.bakery ☕🍞 #duet #morning"),
    MixPlan(key="stitch-vase", kind="stitch", of="klei-vase", shop="river.pots", scene="pottery", seed=4_010, palette="frost",
            sound="slow-tide", caption="And this is how it looks on our side of the water, @studio.klei 🏺 #stitch #pottery"),
)

DRAFTS: Final = (
    DraftPlan(key="draft-rye", scene="bread", seed=4_020, palette="frost", sound="petit-matin", caption="Roggebrood, eerste poging. Nog niet zeker of dit erop mag…"),
    DraftPlan(key="planned-fair", scene="windmill", seed=4_031, palette="dusk", sound="zeewind", days_ahead=2,
              caption="Zaterdag open molendag, met vers brood uit eigen meel 🌾 #molen #openmolendag"),
    DraftPlan(key="planned-buns", scene="bread", seed=4_040, palette="berry", sound="zaterdagmarkt", days_ahead=5,
              caption="Vijf dagen wachten, dan zijn ze er weer: krentenbollen #bakker"),
)

REPORTED: Final = (
    ReportedPlan(post="cafe-des-sables-7", reason=6),
    ReportedPlan(post="uurwerk-noord-4", reason=1),
    ReportedPlan(post="roeiclub-tij-7", reason=7, judged="undisclosed",
                 note="Bananas of a market stall are praised, and the stall is named: say whether it paid for that.",
                 appeal="Niemand heeft ons betaald. We kopen die bananen zelf, elke week, met bonnetje."),
)

KEPT: Final = (
    KeptPlan(brand="zoutmolen", name="Every Monday: what each ad did", weekly=True,
             address="rows=campaign&rows=ad&metrics=spend&metrics=impressions&metrics=view_6s&metrics=clicks"),
    KeptPlan(brand="zoutmolen", name="Spark or not, by country", address="rows=kind&rows=country&metrics=impressions&metrics=view_6s&metrics=clicks&metrics=ctr"),
    KeptPlan(brand="zoutmolen", noun="campaign", name="What needs me", address="status=not_delivering&sort=-spend"),
    KeptPlan(brand="zoutmolen", noun="ad", name="Spark Ads only", address="spark=1&sort=-spend"),
    KeptPlan(brand="harbour-board", name="Views by day", address="rows=day&metrics=spend&metrics=video_views&metrics=view_6s"),
)

BEGUN: Final = {
    "campaign-name": "Winter salt, gift boxes",
    "campaign-objective": "traffic",
    "ad_group-name": "Netherlands and Belgium",
}

DETAILS: Final = DetailsPlan(
    stickers=STICKERS,
    subtitles=SUBTITLES,
    answers=ANSWERS,
    mixes=MIXES,
    drafts=DRAFTS,
    reported=REPORTED,
    kept=KEPT,
    blocked_words=("gluten is gif", "nepbrood", "click my bio"),
    begun=BEGUN,
    captions={"bakery-oven": "Five in the morning and the oven is already singing. Bread with sea salt, ready at seven 🍞 #sourdough #bakery"},
    vik_follows=("korenmolen.bakery", "studio.klei", "zeewind.kites", "poes.en.koek", "second.chapter"),
    vik_likes=("bakery-waffles", "coffee-cat", "klei-vase", "poes-en-koek-1", "sail-west-1", "river-pots-2"),
)
# fmt: on
