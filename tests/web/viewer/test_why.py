"""What a viewer is told of why they see an ad."""

import msgspec

from vonk.core.taxonomy import AgeBand
from vonk.delivery.snapshot import Limits, Targeting
from vonk.events.tokens import ViewerClaims
from vonk.web.viewer.why import Parameter, Why, explain

TARGETING = Targeting(
    countries=("BE", "NL"), languages=("nl",), age_bands=("25_34",), interests=("food", "home"), devices=("ios",)
)


def vik(*, personalised: bool) -> ViewerClaims:
    return ViewerClaims(
        viewer_id="vik",
        expires_ms=1,
        country="NL",
        language="nl",
        age_band=AgeBand.AGE_25_34,
        interests=("home",),
        personalised=personalised,
    )


def test_every_criterion_that_vik_meets_is_named() -> None:
    assert explain(TARGETING, vik(personalised=True)) == Why(
        (
            Parameter("Country", ("NL",), "region"),
            Parameter("Language", ("nl",), "language"),
            Parameter("Device", ("iPhone and iPad",)),
            Parameter("Age", ("25–34",)),
            Parameter("Interests", ("Home",)),
        ),
        personalised=True,
    )


def test_without_consent_the_profile_is_not_named() -> None:
    assert explain(TARGETING, vik(personalised=False)) == Why(
        (
            Parameter("Country", ("NL",), "region"),
            Parameter("Language", ("nl",), "language"),
            Parameter("Device", ("iPhone and iPad",)),
        ),
        personalised=False,
    )


def test_an_ad_for_everybody_has_no_criteria() -> None:
    assert explain(Targeting(), vik(personalised=True)) == Why((), personalised=False)


def test_audiences_and_what_was_done_are_named_to_who_agreed() -> None:
    limits = Limits(audiences=("7", "8"), audiences_out=("9",), behaviours=("like:food:7", "share:art:15"))
    told = msgspec.structs.replace(vik(personalised=True), audiences=(8,), behaviours=("like:food:7",))
    assert explain(Targeting(limits=limits), told) == Why(
        (
            Parameter("Audience", ("You are in one of the advertiser's audiences.",)),
            Parameter("Audience", ("You are in none of those whom the advertiser leaves out.",)),
            Parameter("What you did with posts of late", ("Food and drink",)),
        ),
        personalised=True,
    )
    silent = msgspec.structs.replace(told, personalised=False)
    assert explain(Targeting(limits=limits), silent) == Why((), personalised=False)
