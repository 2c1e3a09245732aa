"""What a creator sees and says of ads with their posts."""

from vonk.advertising.actions import creator_verdicts
from vonk.advertising.queries.creator_ads import CreatorAd, creator_ad
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class AdRefusal(Body, frozen=True):
    """The note is for the advertiser."""

    note: str = ""


@operation("GET", "/me/ads/{ad_id}", may=Right.CREATE, summary="See an ad with one's post")
def read_my_ad(call: Call[Nothing, Nothing]) -> CreatorAd:
    """As viewers will see it, with who pays for it, what it advertises and where it runs."""
    return creator_ad(call.scope, call.id("ad_id"))


@operation("POST", "/me/ads/{ad_id}/acceptance", may=Right.CREATE, summary="Accept an ad with one's post")
def accept_my_ad(call: Call[Nothing, Nothing]) -> None:
    """As it is now: an edit that is reviewed again is to be accepted again. One that was refused comes back."""
    creator_verdicts.accept(call.scope, call.id("ad_id"), now=call.now)


@operation(
    "POST",
    "/me/ads/{ad_id}/refusal",
    may=Right.CREATE,
    summary="Refuse an ad with one's post",
    example={"note": "Not with this landing page, please."},
)
def refuse_my_ad(call: Call[AdRefusal, Nothing]) -> None:
    """It stops within a second and stays off until one accepts it; the consent stays as it is."""
    creator_verdicts.refuse(call.scope, call.id("ad_id"), note=call.body.note, now=call.now)
