"""What the English-speaking shops show."""

from typing import Final

# fmt: off
ENGLISH: Final[tuple[tuple[str, str, tuple[tuple[str, int, str, str], ...]], ...]] = (
    ("haven.cycles", "fietsbel", (
        ("bicycle", 0, "Before and after", "Found in a canal, back on the road 🚲 #restored #bicycle"),
        ("bicycle", 3, "", "Three frames, one welder 🔥 #framebuilding #bicycle"),
    )),
    ("second.chapter", "petit-matin", (
        ("books", 0, "Take one", "Take one, leave one 📖 #books #swap"),
        ("books", 0, "Found inside", "What people leave between pages: tram tickets, mostly 🎫 #usedbooks"),
        ("books", 3, "", "Three first lines. Which one do you buy? #books #reading"),
        ("books", 2, "", "The poetry shelf has moved towards the window 🪟 #poetry"),
        ("coffee", 2, "", "Reading hour, coffee by @north.quay.coffee ☕ #reading"),
        ("cat", 2, "", "On loan from @poes.en.koek, due back Monday 🐈 #bookshopcat"),
        ("candles", 2, "", "Ghost stories by candlelight, Friday 🕯️ #evening"),
        ("tram", 2, "", "A book for exactly one ride on line 8 🚋 #shortstories"),
    )),
    ("slow.thread", "slow-tide", (
        ("sewing", 0, "Stitch by stitch", "One row an evening 🧵 #quilt #sewing"),
        ("sewing", 0, "Invisible, almost", "Try to find the tear. We dare you 👀 #mending #sewing"),
        ("sewing", 3, "", "January, February, March: a quilt a month #quilt"),
        ("sewing", 4, "", "Four stitches worth learning first 🪡 #learntosew #sewing"),
        ("cat", 2, "", "Quality control 🐾 #cat #studio"),
        ("market", 2, "", "At the market with offcuts by the kilo ✂️ #fabric"),
        ("snow", 2, "", "Winter orders close on Sunday ❄️ #quilt"),
        ("sewing", 2, "", "Blue thread on blue cloth: why #sewing #slow"),
    )),
    ("river.pots", "slow-tide", (
        ("pottery", 0, "Centre it", "Ninety percent of the job 🏺 #pottery #wheel"),
        ("pottery", 0, "River glaze", "Glaze made of river mud. Really 🌊 #glaze #stoneware"),
        ("pottery", 3, "", "Wet, dry, fired #pottery #process"),
        ("pottery", 2, "", "Seconds sale: charming wobbles 30 % off 🏷️ #sale"),
        ("candles", 2, "", "New holders for slow evenings 🕯️ #home"),
        ("coffee", 3, "", "Cups for people who hold them with two hands ☕ #cups"),
        ("plants", 2, "", "A pot is only half without a plant 🪴 #plants"),
        ("pottery", 4, "", "Kiln log, for friends of the studio only 🔥 #kiln"),
    )),
    ("sail.west", "zeewind", (
        ("harbour", 0, "First lesson", "Which way is the wind? Wet your finger ⛵ #sailing #beginners"),
        ("harbour", 0, "Going about", "Ready about! Mind your head 🙂 #sailing"),
        ("harbour", 3, "", "Three knots to know before Saturday 🪢 #knots #sailing"),
        ("kites", 2, "", "Big kite, small boat: with @zeewind.kites 🪁 #wind"),
        ("fish", 2, "", "What looked back at us today 🐟 #sea"),
        ("rowing", 3, "", "No wind? @roeiclub.tij lent us oars 🚣 #plan-b"),
        ("harbour", 4, "", "Certificate day, all nine of them 🎓 #sailing #proud"),
        ("lanterns", 2, "", "Night sail home by the lights of the quay 🏮 #nightsail"),
    )),
    ("wax.on.the.pier", "needle-drop", (
        ("vinyl", 0, "Needle down", "That second before the music 🎶 #vinyl"),
        ("vinyl", 0, "B-side Monday", "Monday belongs to B-sides 🎧 #vinyl #bside"),
        ("vinyl", 3, "", "Three sleeves, one printer, 1974 #coverart #vinyl"),
        ("vinyl", 5, "", "Top five of the week, by how often we were asked to turn it down 🔊 #topfive"),
        ("gears", 2, "", "Belt drive, serviced by @uurwerk.noord ⚙️ #turntable"),
        ("lanterns", 2, "", "Stage lights on. Small stage, large lights 🏮 #live"),
        ("harbour", 2, "", "Sunset set at the end of the pier 🌇 #pier #live"),
        ("coffee", 2, "", "Sound check fuel ☕ #backstage"),
    )),
)
# fmt: on
