"""The eighteen shops that came to the town after the first twelve, and whom they follow."""

from typing import Final

from vonk.simulation.plans import Shop

# fmt: off
MORE_SHOPS: Final[tuple[Shop, ...]] = (
    Shop(handle="gaufre.minute", display_name="Gaufre Minute", language="fr", country="BE", interest="food",
         bio="Une gaufre, une minute, beaucoup de sucre 🧇", emblem="waffle", palette="berry"),
    Shop(handle="molen.de.ster", display_name="Molen De Ster", language="nl", country="NL", interest="travel",
         bio="Draait al tweehonderd jaar. Beklimmen mag op zondag 🌬️", emblem="mill", palette="garden"),
    Shop(handle="poes.en.koek", display_name="Poes & Koek", language="nl", country="BE", interest="animals",
         bio="Koffie, koek en zeven katten 🐈", emblem="cat", palette="brick"),
    Shop(handle="aquarium.zuid", display_name="Aquarium Zuid", language="nl", country="NL", interest="science",
         bio="De Noordzee, maar dan droog 🐠", emblem="fish", palette="sea"),
    Shop(handle="bloemen.op.vijf", display_name="Bloemen op Vijf", language="nl", country="NL", interest="gardening",
         bio="Verse bossen om vijf uur, wie het eerst komt 🌷", emblem="flower", palette="berry"),
    Shop(handle="kaarsen.vlam", display_name="Kaarsenmakerij Vlam", language="nl", country="BE", interest="home",
         bio="Bijenwas, lont, geduld 🕯️", emblem="candle", palette="dusk"),
    Shop(handle="uurwerk.noord", display_name="Uurwerk Noord", language="nl", country="NL", interest="diy",
         bio="Wij maken stilstaande klokken weer op tijd ⚙️", emblem="gear", palette="brick"),
    Shop(handle="roeiclub.tij", display_name="Roeiclub Tij", language="nl", country="NL", interest="sports",
         bio="Dinsdag en donderdag op het water, beginners welkom 🚣", emblem="oar", palette="mint"),
    Shop(handle="patins.du.port", display_name="Patins du Port", language="fr", country="FR", interest="fitness",
         bio="La patinoire d’hiver, de novembre à mars ⛸️", emblem="flake", palette="frost"),
    Shop(handle="velo.et.vent", display_name="Vélo & Vent", language="fr", country="FR", interest="automotive",
         bio="Location de vélos face à la mer 🚲", emblem="wheel", palette="dawn"),
    Shop(handle="cafe.des.sables", display_name="Café des Sables", language="fr", country="FR", interest="food",
         bio="Petit noir, grande terrasse ☕", emblem="cup", palette="sea"),
    Shop(handle="second.chapter", display_name="Second Chapter", language="en", country="GB", interest="education",
         bio="Used books, new readers 📖", emblem="book", palette="mint"),
    Shop(handle="slow.thread", display_name="Slow Thread", language="en", country="GB", interest="fashion",
         bio="One quilt a month, and it shows 🧵", emblem="button", palette="mint"),
    Shop(handle="river.pots", display_name="River Pots", language="en", country="GB", interest="art",
         bio="Stoneware from river clay 🏺", emblem="vase", palette="sea"),
    Shop(handle="sail.west", display_name="West Sailing School", language="en", country="NL", interest="outdoors",
         bio="First lesson: which way is the wind ⛵", emblem="lighthouse", palette="dawn"),
    Shop(handle="fete.des.lampions", display_name="Fête des Lampions", language="fr", country="BE", interest="dance",
         bio="Bal, lampions et accordéon chaque pleine lune 🏮", emblem="lantern", palette="berry"),
    Shop(handle="boerenmarkt.oost", display_name="Boerenmarkt Oost", language="nl", country="NL", interest="family",
         bio="Van het land, woensdag van acht tot één 🥕", emblem="apple", palette="brick"),
    Shop(handle="wax.on.the.pier", display_name="Wax on the Pier", language="en", country="GB", interest="music",
         bio="Records, repairs and a very small stage 🎶", emblem="record", palette="dusk"),
)
# fmt: on

MORE_FOLLOWS: Final[dict[str, tuple[str, ...]]] = {
    "gaufre.minute": ("korenmolen.bakery", "cafe.des.sables", "boerenmarkt.oost"),
    "molen.de.ster": ("korenmolen.bakery", "bloemen.op.vijf", "velo.et.vent", "tramlijn.acht"),
    "poes.en.koek": ("north.quay.coffee", "korenmolen.bakery", "second.chapter"),
    "aquarium.zuid": ("phare.ouest", "sail.west", "tramlijn.acht"),
    "bloemen.op.vijf": ("de.groene.kas", "studio.klei", "boerenmarkt.oost"),
    "kaarsen.vlam": ("studio.klei", "fete.des.lampions", "librairie.du.phare"),
    "uurwerk.noord": ("haven.cycles", "plaat.en.naald", "tramlijn.acht"),
    "roeiclub.tij": ("zeewind.kites", "sail.west", "korenmolen.bakery"),
    "patins.du.port": ("phare.ouest", "cafe.des.sables", "marche.du.quai"),
    "velo.et.vent": ("haven.cycles", "phare.ouest", "cafe.des.sables"),
    "cafe.des.sables": ("north.quay.coffee", "gaufre.minute", "korenmolen.bakery"),
    "second.chapter": ("librairie.du.phare", "poes.en.koek", "north.quay.coffee"),
    "slow.thread": ("atelier.naad", "river.pots"),
    "river.pots": ("studio.klei", "slow.thread", "bloemen.op.vijf", "korenmolen.bakery"),
    "sail.west": ("zeewind.kites", "phare.ouest", "roeiclub.tij"),
    "fete.des.lampions": ("plaat.en.naald", "kaarsen.vlam", "gaufre.minute", "wax.on.the.pier"),
    "boerenmarkt.oost": ("marche.du.quai", "korenmolen.bakery", "de.groene.kas"),
    "wax.on.the.pier": ("plaat.en.naald", "fete.des.lampions", "north.quay.coffee"),
}
