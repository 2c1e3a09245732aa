"""What the French-speaking shops show."""

from typing import Final

# fmt: off
FRENCH: Final[tuple[tuple[str, str, tuple[tuple[str, int, str, str], ...]], ...]] = (
    ("librairie.du.phare", "petit-matin", (
        ("books", 3, "", "Trois piles, trois humeurs 📚 #livres #conseils"),
        ("books", 0, "New on Tuesday", "Les nouveautés sont arrivées ce matin 📦 #nouveautes #lecture"),
    )),
    ("marche.du.quai", "zaterdagmarkt", (
        ("market", 3, "", "Samedi en trois couleurs 🍅 #marche #saison"),
        ("market", 0, "Pear season", "Les poires du verger d’à côté 🍐 #poires #local"),
    )),
    ("gaufre.minute", "zaterdagmarkt", (
        ("waffles", 0, "One minute", "Chrono : une minute, montre en main 🧇 #gaufre #minute"),
        ("waffles", 0, "Sugar rain", "Il neige, mais c’est du sucre ✨ #gaufre #gourmandise"),
        ("waffles", 3, "", "Nature, sucre, chantilly. Votre camp ? #gaufre #debat"),
        ("waffles", 4, "", "La recette, en quatre images 📝 #recette #gaufre"),
        ("market", 2, "", "Retrouvez le camion à @marche.du.quai samedi 🚚 #streetfood"),
        ("coffee", 2, "", "Avec un petit noir de @cafe.des.sables ☕ #pause"),
        ("lanterns", 2, "", "Ouvert jusqu’à minuit pour @fete.des.lampions 🏮 #bal"),
        ("waffles", 2, "", "La deux-millième de l’année 🎉 #merci"),
    )),
    ("patins.du.port", "lantern-waltz", (
        ("snow", 0, "Ice is open", "La glace est ouverte ⛸️ #patinoire #hiver"),
        ("snow", 0, "Night skate", "Nocturne : lumières basses, musique haute 🎶 #patinage"),
        ("snow", 3, "", "Avant, pendant, après la surfaceuse ❄️ #glace"),
        ("lanterns", 3, "", "Les lampions sont suspendus, venez tourner 🏮 #patinoire"),
        ("coffee", 2, "", "Chocolat chaud au bord de la piste ☕ #hiver"),
        ("harbour", 2, "", "La piste vue du port, ce matin #port #hiver"),
        ("snow", 4, "", "Premiers pas : quatre conseils pour tenir debout 🙂 #debutants #patinage"),
        ("cat", 2, "", "Le chat de la caisse préfère le radiateur 🐈 #chat"),
    )),
    ("velo.et.vent", "fietsbel", (
        ("bicycle", 0, "Sea road", "La route de la mer, vent dans le dos 🚲 #velo #mer"),
        ("bicycle", 0, "Two by two", "Tandem : il faut se parler 😄 #tandem #velo"),
        ("bicycle", 3, "", "Nos trois boucles : 8, 15 et 32 km 🗺️ #balade #velo"),
        ("bicycle", 2, "", "Nouvelle selle, même route #entretien #velo"),
        ("harbour", 3, "", "Les étapes du circuit du port ⚓ #balade"),
        ("kites", 2, "", "Pause cerf-volant sur la plage 🪁 #plage"),
        ("windmill", 2, "", "Jusqu’au moulin et retour avant midi #moulin #balade"),
        ("gears", 2, "", "Chaîne propre, genoux contents ⚙️ #mecanique #velo"),
    )),
    ("cafe.des.sables", "petit-matin", (
        ("coffee", 0, "Petit noir", "Le premier de la journée ☕ #cafe #matin"),
        ("coffee", 0, "Terrace weather", "Terrasse ouverte, plaids fournis 🌤️ #terrasse"),
        ("coffee", 3, "", "Court, long, crème #cafe #vocabulaire"),
        ("harbour", 2, "", "La table du fond, vue comprise 🌊 #vue #mer"),
        ("bread", 2, "", "Tartines au pain de @korenmolen.bakery 🍞 #petitdejeuner"),
        ("cat", 2, "", "Un habitué 🐈 #chat #cafe"),
        ("books", 3, "", "Les livres qu’on nous a laissés, servez-vous 📚 #partage"),
        ("vinyl", 2, "", "Jeudi, on écoute un disque en entier 🎶 #vinyle"),
    )),
    ("fete.des.lampions", "lantern-waltz", (
        ("lanterns", 0, "Full moon ball", "Bal de pleine lune, samedi 🌕 #bal #lampions"),
        ("lanterns", 0, "Last waltz", "La dernière valse, promis 💃 #valse #danse"),
        ("lanterns", 3, "", "On monte, on allume, on danse 🏮 #fete"),
        ("lanterns", 4, "", "Un lampion en quatre plis ✂️ #diy #papier"),
        ("candles", 2, "", "Bougies de @kaarsen.vlam sur chaque table 🕯️ #soiree"),
        ("vinyl", 2, "", "Aux platines : @wax.on.the.pier 🎶 #dj"),
        ("snow", 2, "", "Bal d’hiver : manteaux obligatoires, gants facultatifs ❄️ #hiver"),
        ("tram", 2, "", "Rentrez en tram, le dernier vous attend 🚋 #transport"),
    )),
)
# fmt: on
