"""What narrows an ad group beyond whom it wants: each dimension by itself, all of them against a plain telling, and profiles."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import AD, NOW_MS, VIK, ad, ad_group, campaign, index_of, one_ad
from vonk.core.taxonomy import AgeBand, Gender
from vonk.delivery.matching import eligibility, viewers
from vonk.delivery.matching.context import Context, viewer_of
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.targets import Targets, Viewer, missed
from vonk.delivery.snapshot import DocumentKind, Limits, Publication, Targeting
from vonk.events.tokens import (
    AUDIENCES_TOLD_MAX,
    BEHAVIOURS_TOLD_MAX,
    OWN_ACCOUNTS_MAX,
    OWN_PROFILES_MAX,
    TOKEN_CHARS_MAX,
    Signer,
    ViewerClaims,
)
from vonk.storage.memory.counters import MemoryCounters


def limited(**limits: Any) -> Targeting:
    return Targeting(limits=Limits(**limits))


def who(**changes: Any) -> Viewer:
    return msgspec.structs.replace(VIK, **changes)


@pytest.mark.parametrize(
    ("targeting", "meets", "misses"),
    [
        (limited(connections=("wifi",)), who(connection="wifi"), who(connection="4g")),
        (limited(carriers=("kpn",)), who(carrier="kpn"), who()),
        (limited(models=("fairphone 5",)), who(model="fairphone 5"), who(model="fairphone 4")),
        (limited(prices=(450, 500)), who(price=500), who(price=-1)),
        (limited(surfaces=("search",)), who(surface="search"), who(surface="for_you")),
        (limited(surfaces=("feed",)), who(surface="following"), who(surface="search")),
        (limited(keywords=("bread",)), who(surface="search", keywords=("bread",)), who(surface="search")),
        (limited(behaviours=("like:food:7",)), who(behaviours=("like:food:7",)), who(behaviours=("like:art:7",))),
        (limited(audiences=("1", "2")), who(audiences=("2",)), who(audiences=("3",))),
        (limited(audiences=("1",)), who(audiences=("1",)), who(audiences=None)),
        (limited(audiences_out=("1", "2")), who(audiences=("3",)), who(audiences=("2",))),
        (limited(audiences_out=("1",)), who(audiences=()), who(audiences=None)),
        (limited(inventory="standard"), who(inventory="limited"), who(inventory="expanded")),
        (limited(inventory="limited"), who(inventory="limited"), who(inventory="standard")),
        (limited(inventory="standard"), who(inventory="standard"), who(inventory="")),
        (limited(android_min=viewers.version("13")), who(version=viewers.version("13.0.1")), who(version=0)),
        (limited(android_min=viewers.version("13")), who(device="ios"), who(device="")),
        (limited(ios_min=viewers.version("17.2")), who(), who(device="ios", version=viewers.version("17.1.9"))),
    ],
)
def test_a_limit_lets_in_whom_it_names(targeting: Targeting, meets: Viewer, misses: Viewer) -> None:
    assert missed(targeting, meets) == ()
    assert len(missed(targeting, misses)) == 1


def test_keywords_bind_where_something_is_searched_for() -> None:
    assert missed(limited(keywords=("bread",)), who(surface="for_you")) == ()


def test_a_country_of_which_a_place_is_named_is_wanted_there_alone() -> None:
    berlin_or_anywhere_dutch = Targeting(countries=("DE", "NL"), limits=Limits(places=("DE:2950159",)))
    for viewer, names in (
        (who(country="NL"), ()),
        (who(country="DE", places=("DE:2950157", "DE:2950159")), ()),
        (who(country="DE"), ("country",)),  # Nobody knows where in Germany.
        (who(country="DE", places=("DE:2911297",)), ("country",)),
        (who(country="FR"), ("country",)),
    ):
        assert missed(berlin_or_anywhere_dutch, viewer) == names


def test_a_place_outside_the_countries_wanted_widens_nothing() -> None:
    moved = Targeting(countries=("NL",), limits=Limits(places=("DE:2950159",)))
    assert missed(moved, who(country="DE", places=("DE:2950159",))) == ("country",)
    assert missed(moved, who(country="NL")) == ()


def test_versions_grow_and_nonsense_is_none() -> None:
    texts = ["0", "4", "4.4", "4.4.2", "9.10", "10", "10.0.1"]
    numbers = [viewers.version(text) for text in texts]
    assert numbers == sorted(set(numbers))
    assert [viewers.version(text) for text in ("", "x", "1.x", "99999", "-1", "²")] == [0] * 6


def test_words_from_outside_have_one_form() -> None:
    context = Context(connection=" WiFi", carrier="KPN  Mobile", device_model="Pixel 9\n", device_price_usd=449)
    viewer = viewer_of(ViewerClaims("vik", 1, age_band=AgeBand.AGE_25_34, personalised=True), context)
    assert (viewer.connection, viewer.carrier, viewer.model, viewer.price) == ("wifi", "kpn mobile", "pixel 9", 400)


def test_a_token_is_believed_before_the_context_and_places_stay_in_their_country() -> None:
    context = Context(country="NL", region="1", city="2")
    assert viewer_of(ViewerClaims("v", 1), context).places == ("NL:1", "NL:2")
    assert viewer_of(ViewerClaims("v", 1, country="NL", region="7"), context).places == ("NL:7",)
    assert viewer_of(ViewerClaims("v", 1, country="DE"), context).places == (), "The host speaks of another country."


PROFILES = st.builds(
    ViewerClaims,
    viewer_id=st.just("vik"),
    expires_ms=st.just(1),
    age_band=st.sampled_from([None, AgeBand.AGE_13_17, AgeBand.AGE_25_34]),
    gender=st.sampled_from([None, Gender.FEMALE]),
    interests=st.sampled_from([(), ("food",), ("art", "food")]),
    personalised=st.booleans(),
    behaviours=st.sampled_from([(), ("like:food:7",)]),
    audiences=st.sampled_from([None, (), (1,), (1, 2)]),
)
OF_PROFILES = [
    Targeting(genders=("female",)),
    Targeting(interests=("food",)),
    limited(behaviours=("like:food:7",)),
    limited(audiences=("1",)),
    limited(audiences_out=("3",)),
    limited(models=("pixel 9",)),
    limited(prices=(400,)),
    limited(carriers=("kpn",)),
]


@given(PROFILES)
def test_nothing_of_a_profile_chooses_for_minors_and_who_did_not_agree(claims: ViewerClaims) -> None:
    context = Context(device_model="Pixel 9", device_price_usd=410, carrier="KPN")
    viewer = viewer_of(claims, context, "for_you")
    if claims.personalised and claims.age_band is not AgeBand.AGE_13_17:
        return
    assert all(missed(targeting, viewer) for targeting in OF_PROFILES)
    bare = ViewerClaims("vik", 1, age_band=claims.age_band)
    assert viewer == viewer_of(bare, context, "for_you"), "Two whose profiles differ are the same to every ad."


TARGETING = st.builds(
    Targeting,
    countries=st.sampled_from([(), ("NL",), ("DE", "NL")]),
    devices=st.sampled_from([(), ("android",)]),
    limits=st.builds(
        Limits,
        places=st.sampled_from([(), ("NL:1",), ("DE:3",)]),
        connections=st.sampled_from([(), ("wifi",)]),
        keywords=st.sampled_from([(), ("bread", "cake")]),
        audiences=st.sampled_from([(), ("1",), ("1", "2")]),
        audiences_out=st.sampled_from([(), ("2",), ("3",)]),
        inventory=st.sampled_from(["", "standard", "limited"]),
        android_min=st.sampled_from([0, viewers.version("12"), viewers.version("14")]),
    ),
)
VIEWERS = [
    who(),
    who(country="DE", places=("DE:3",), audiences=("1", "3"), connection="wifi", inventory="standard"),
    who(places=("NL:1",), audiences=(), surface="search", keywords=("cake",), version=viewers.version("13")),
    who(device="", audiences=("1",), inventory="limited", version=viewers.version("14.1")),
]


def plainly(targeting: Targeting, viewer: Viewer) -> bool:
    """Say it again without bitmaps."""
    limits, told = targeting.limits, viewer.audiences
    there = [place for place in limits.places if place[:2] in targeting.countries]
    places_bind = any(place[:2] == viewer.country for place in there)
    fit = {"": 0, "expanded": 0, "standard": 1, "limited": 2}
    return all((
        not targeting.countries or viewer.country in targeting.countries,
        not places_bind or bool(set(there) & set(viewer.places)),
        not targeting.devices or viewer.device in targeting.devices,
        not limits.connections or viewer.connection in limits.connections,
        not limits.keywords or viewer.surface != "search" or bool(set(limits.keywords) & set(viewer.keywords)),
        not limits.audiences or bool(set(limits.audiences) & set(told or ())),
        not limits.audiences_out or (told is not None and not set(limits.audiences_out) & set(told)),
        fit[viewer.inventory] >= fit[limits.inventory],
        viewer.device not in {"", "android"} or viewer.version >= limits.android_min,
    ))  # fmt: skip


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(TARGETING, st.booleans()), max_size=12))
def test_bitmaps_say_what_a_plain_telling_says(groups: list[tuple[Targeting, bool]]) -> None:
    targets = Targets()
    for place, (targeting, _) in enumerate(groups):
        targets.add(place, targeting)
    for place, (targeting, stays) in enumerate(groups):
        if not stays:
            targets.remove(place, targeting)
    for viewer in VIEWERS:
        wanted = {place for place, (targeting, stays) in enumerate(groups) if stays and plainly(targeting, viewer)}
        bits = targets.match(viewer)
        assert {place for place in range(len(groups)) if bits >> place & 1} == wanted
        assert all((missed(targeting, viewer) == ()) == plainly(targeting, viewer) for targeting, _ in groups)


def test_what_was_loaded_at_once_matches_as_what_came_one_by_one() -> None:
    groups = [Targeting(countries=("NL",)), limited(audiences=("1",)), limited(inventory="standard")]
    documents = [
        Publication(1, DocumentKind.CAMPAIGN, 10, campaign()),
        *(
            Publication(2 + at, DocumentKind.AD_GROUP, 100 + at, ad_group(id=100 + at, targeting=targeting))
            for at, targeting in enumerate(groups)
        ),
        *(
            Publication(9 + at, DocumentKind.AD, 1_000 + at, ad(id=1_000 + at, ad_group_id=100 + at))
            for at in range(len(groups))
        ),
    ]
    loaded, grown = Index(MemoryCounters()), Index(MemoryCounters())
    loaded.load(documents)
    for document in documents:
        grown.apply(document)
    for viewer in (who(audiences=("1",)), who(inventory="limited"), who(country="DE")):
        assert _shown(loaded, viewer) == _shown(grown, viewer)
    assert _shown(loaded, who(audiences=("1",), inventory="standard")) == {1_000, 1_001, 1_002}


def _shown(index: Index, viewer: Viewer) -> set[int]:
    blocks = index.best_first(index.match(viewer))
    return {row.ad.id for _, start, block in blocks for row in index.rows_in(start, block)}


def test_the_fullest_token_stays_below_its_bound_and_older_ones_are_read() -> None:
    signer = Signer([bytes(32)])
    newest = 2**63 - 1
    full = ViewerClaims(
        "v" * 40,
        newest,
        "NL",
        "nl",
        AgeBand.AGE_25_34,
        Gender.FEMALE,
        tuple(f"technology{at:02}" for at in range(25)),
        True,
        (newest,) * OWN_PROFILES_MAX,
        (newest,) * OWN_ACCOUNTS_MAX,
        "12345678",
        "12345678",
        ("favourite:technology:15",) * BEHAVIOURS_TOLD_MAX,
        (newest,) * AUDIENCES_TOLD_MAX,
    )
    token = signer.sign_viewer(full)
    assert len(token) <= TOKEN_CHARS_MAX
    assert signer.read_viewer(token, now_ms=0) == full
    older = msgspec.msgpack.encode(["vik", 5, "NL", "nl", "25_34", None, ["food"], True, [], []])
    assert msgspec.msgpack.decode(older, type=ViewerClaims).audiences is None


@pytest.mark.parametrize(
    ("viewer", "since_ms", "until_ms", "refusal"),
    [
        (who(audiences=(), told_ms=NOW_MS), NOW_MS, NOW_MS + 1, None),
        (who(audiences=(), told_ms=NOW_MS - 1), NOW_MS, 0, Refusal.AUDIENCE_NEW),
        (who(audiences=(), told_ms=NOW_MS), 0, NOW_MS, Refusal.AUDIENCE_ENDED),
    ],
)
def test_what_is_kept_out_is_judged_by_what_was_told_since_and_while_the_audience_lasts(
    viewer: Viewer, since_ms: int, until_ms: int, refusal: Refusal | None
) -> None:
    limits = Limits(audiences_out=("1",), audiences_since_ms=since_ms, audiences_until_ms=until_ms)
    index, counters = index_of(*one_ad(ad_group=ad_group(targeting=Targeting(limits=limits))))
    assert eligibility.refuse(index.rows[AD], viewer, counters, NOW_MS) is refusal
