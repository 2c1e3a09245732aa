"""Terms whose time is over are not agreed to any more, whoever was to answer last."""

from tests.area.authorisation.test_requests import refused
from tests.area.authorisation.world import DAY, World
from vonk.authorisation import queries
from vonk.authorisation.actions import answers, requests
from vonk.authorisation.actions.answers import Choice
from vonk.authorisation.models import Consent, PermissionRequest
from vonk.authorisation.rules import TermsDraft

ON = Choice(switch_on=True)


def sha256_of(request_id: int, side: str) -> str:
    row = PermissionRequest.objects.select_related("offer", "counter_terms").get(pk=request_id)
    terms = row.offer if side == "offer" else row.counter_terms
    assert terms is not None
    return terms.sha256


def test_an_answer_after_the_end_of_the_terms_makes_no_consent(world: World) -> None:
    short = TermsDraft(ends_at=world.now + 10 * DAY)
    offered = requests.ask(world.ada, world.post(), offer=short, now=world.now).request_id
    asked = requests.ask(world.ada, world.post(), now=world.now).request_id
    answers.counter(world.cleo, asked, Choice(duration_days=7, switch_on=True), terms=short, now=world.now)
    countered = sha256_of(asked, "counter")
    world.advance(10 * DAY)
    sha256 = sha256_of(offered, "offer")
    refused(lambda: answers.accept(world.cleo, offered, ON, agree_sha256=sha256, now=world.now), "request_closed")
    refused(lambda: answers.accept_counter(world.ada, asked, agree_sha256=countered, now=world.now), "request_closed")
    assert requests.lapse_due(world.now) == 2
    assert Consent.objects.count() == 0
    assert queries.request_of_creator(world.cleo, offered, world.now).state == "lapsed"
