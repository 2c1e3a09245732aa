"""What the shops say under each other's posts."""

from typing import Final

from vonk.simulation.plans import CommentPlan


def _thread(post: str, *lines: tuple[str, str]) -> tuple[CommentPlan, ...]:
    return tuple(CommentPlan(post, shop, text) for shop, text in lines)


COMMENTS: Final[tuple[CommentPlan, ...]] = (
    *_thread("bakery-oven", ("north.quay.coffee", "Two of those for us, please 🙏"), ("tramlijn.acht", "De hele tram ruikt ernaar."),
             ("marche.du.quai", "Gardez-m’en un pour samedi !")),
    *_thread("bakery-two", ("north.quay.coffee", "Arrived warm. Gone by nine."), ("studio.klei", "Die korst! 😍")),
    *_thread("bakery-mill", ("haven.cycles", "Best turn on the Sunday route."), ("de.groene.kas", "Mooi, met die tulpen ervoor 🌷"),
             ("zeewind.kites", "Wind force three, I would say.")),
    *_thread("bakery-waffles", ("marche.du.quai", "Nos fraises sont bien arrivées 🍓"), ("plaat.en.naald", "Wij komen met de hele winkel.")),
    *_thread("cycles-first-ride", ("tramlijn.acht", "Mag mee in de tram, buiten de spits."), ("korenmolen.bakery", "Mooi mandje. Past er een brood in?"),
             ("zeewind.kites", "See you on the dyke!")),
    *_thread("cycles-bakfiets", ("de.groene.kas", "Alles heel aangekomen, zelfs de basilicum 🌿"), ("marche.du.quai", "On peut la louer samedi ?")),
    *_thread("cycles-gears", ("plaat.en.naald", "Klinkt als een intro."), ("studio.klei", "Hypnotiserend."), ("atelier.naad", "Could watch this all day.")),
    *_thread("coffee-pour", ("librairie.du.phare", "On arrive, avec un bon livre ☕"), ("korenmolen.bakery", "Croissantje erbij?")),
    *_thread("coffee-rosetta", ("studio.klei", "In onze kop! Trots 🧡"), ("haven.cycles", "4,001 is mine."), ("plaat.en.naald", "Mooier dan mijn handschrift.")),
    *_thread("coffee-cat", ("atelier.naad", "Our cat says hello 🐾"), ("librairie.du.phare", "Une vraie lectrice de pluie."),
             ("de.groene.kas", "Niet aan de plant zitten!"), ("haven.cycles", "Promote the manager.")),
    *_thread("coffee-view", ("phare.ouest", "Merci ! On a tourné la lampe exprès 😉"), ("zeewind.kites", "That sky.")),
    *_thread("kas-seedlings", ("studio.klei", "Fijne potten 😉"), ("marche.du.quai", "Prêts pour le marché de mai ?"), ("korenmolen.bakery", "Rozemarijn voor de focaccia graag!")),
    *_thread("kas-window", ("studio.klei", "Ze staan er prachtig in."), ("librairie.du.phare", "Il nous en faut une pour la vitrine.")),
    *_thread("kas-tulips", ("tramlijn.acht", "Te zien vanaf halte Duinen, rechts zitten."), ("haven.cycles", "Route goes right past it 🚲")),
    *_thread("phare-shelves", ("north.quay.coffee", "The red one, third shelf."), ("atelier.naad", "Le jaune !"), ("plaat.en.naald", "Die scheef staat.")),
    *_thread("phare-sea-books", ("phare.ouest", "Il manque le carnet de bord de 1932 !"), ("zeewind.kites", "Storms first, pancakes after.")),
    *_thread("phare-reading", ("marche.du.quai", "Nos bougies sont entre de bonnes mains."), ("studio.klei", "Wij brengen de kandelaars."), ("north.quay.coffee", "Decaf for thirty, noted.")),
    *_thread("klei-vase", ("de.groene.kas", "Reserveren? 🙋"), ("atelier.naad", "Three years well spent."), ("north.quay.coffee", "Do you take cup orders?")),
    *_thread("klei-jar", ("korenmolen.bakery", "Eén kilo en een handje. Perfect.")),
    *_thread("plaat-side-a", ("haven.cycles", "On repeat in the workshop."), ("librairie.du.phare", "Et la face B ?"), ("tramlijn.acht", "Mag dit in tram 8?")),
    *_thread("plaat-square", ("north.quay.coffee", "Keep us something slow."), ("marche.du.quai", "Jeudi, on y sera.")),
    *_thread("plaat-lanterns", ("marche.du.quai", "Les lampions sont prêts 🏮"), ("atelier.naad", "Dress code: twirls."), ("tramlijn.acht", "Extra rit om half één 🚋"), ("korenmolen.bakery", "Wij bakken door.")),
    *_thread("ouest-beam", ("zeewind.kites", "Save us two seats!"), ("librairie.du.phare", "On voit la librairie d’ici 👋"), ("north.quay.coffee", "Coffee at the gangway, as always.")),
    *_thread("ouest-wide", ("tramlijn.acht", "Prachtig. Mag op onze poster?"), ("studio.klei", "Die kleuren worden een glazuur.")),
    *_thread("ouest-fish", ("zeewind.kites", "The yellow one followed our boat."), ("marche.du.quai", "On ne vend pas celui-là, promis.")),
    *_thread("ouest-reef", ("haven.cycles", "Is that our missing bell down there?")),
    *_thread("tram-stop", ("korenmolen.bakery", "Bedankt voor het omroepen 😄"), ("haven.cycles", "Respect, even from two wheels.")),
    *_thread("tram-dawn", ("north.quay.coffee", "We hear you before we see you."), ("plaat.en.naald", "Dat belletje in C.")),
    *_thread("tram-snow", ("atelier.naad", "Scarves half price until it thaws 🧣"), ("phare.ouest", "Même le phare a un bonnet."), ("de.groene.kas", "Potten naar binnen!")),
    *_thread("naad-heart", ("studio.klei", "Gouden naden, net als bij ons."), ("zeewind.kites", "Do you do wetsuits?"), ("librairie.du.phare", "Bravo, et merci pour le manteau.")),
    *_thread("naad-flower", ("zeewind.kites", "It flies better than before 🌼")),
    *_thread("marche-stall", ("korenmolen.bakery", "Appels voor de taart: tien kilo!"), ("haven.cycles", "Panniers empty and ready."), ("librairie.du.phare", "Les poires, enfin.")),
    *_thread("marche-autumn", ("haven.cycles", "Not one plum bruised."), ("de.groene.kas", "Volgend jaar met onze kruiden erbij.")),
    *_thread("marche-noel", ("plaat.en.naald", "De lampionnen hangen al."), ("korenmolen.bakery", "Speculaas komt eraan."), ("north.quay.coffee", "Mulled coffee? Hear us out.")),
    *_thread("kites-three", ("phare.ouest", "On vous voit du large !"), ("atelier.naad", "Zero tangles? Pictures please."), ("haven.cycles", "Coming by bike, obviously.")),
    *_thread("kites-four", ("phare.ouest", "Belle cadence 👏"), ("plaat.en.naald", "101 slagen per minuut?")),
)  # fmt: skip

# What guests say, by their language.
GUESTS_SAY: Final[dict[str, tuple[str, ...]]] = {
    "nl": ("Prachtig!", "Hier word ik vrolijk van 😊", "Waar is dit precies?", "Nog een keer, graag.", "Mooi gemaakt.", "Tot zaterdag!"),
    "fr": ("Magnifique !", "On adore 😍", "C’est où exactement ?", "Encore !", "Quel joli travail.", "À samedi !"),
    "en": ("Lovely!", "This made my morning 😊", "Where is this?", "Again, please.", "Beautifully made.", "See you on Saturday!"),
}  # fmt: skip
