"""What a viewer is told of why they see an ad."""

from vonk.core.taxonomy import AgeBand
from vonk.delivery.snapshot import Targeting
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
