"""A duet, stitch or mention stands on the other author's consent, too: asked for by itself, lost and found again."""

import pytest
from django.db import connection

from tests.area.authorisation.test_standing_consents import limits
from tests.area.authorisation.world import DAY, World, grant, subjects
from vonk.authorisation import queries
from vonk.authorisation.actions import answers, consents, requests, standings, upkeep
from vonk.authorisation.actions.answers import Choice
from vonk.authorisation.actions.upkeep import Kept
from vonk.authorisation.models import Consent, ConsentNeed, PermissionRequest
from vonk.authorisation.rules import Closing, RequestKind, RequestState
from vonk.content.models import Post
from vonk.control.paging import Paging
from vonk.core.errors import Problem

ON = Choice(switch_on=True)


def state(world: World, consent_id: int) -> str:
    return queries.consent_facts([consent_id], world.now)[consent_id].state.value


def duet(world: World, original: int) -> int:
    """Have Cleo publish a duet, and Ada take up her consent to it; return the consent."""
    issued = consents.issue(world.cleo, world.ready_post(duet_of_id=original), duration_days=60, now=world.now)
    consents.redeem(world.ada, issued.code, now=world.now)
    return issued.id


def answer(world: World, original: int) -> int:
    """Return the open request to the original's author."""
    return PermissionRequest.objects.get(post_id=original, kind=RequestKind.ORIGINAL.value, outcome=None).pk


def test_the_author_is_asked_and_their_yes_lets_the_ads_run(world: World) -> None:
    original = world.post("Vik")
    vik = world.people["Vik"]
    held = duet(world, original)
    assert (state(world, held), grant(held)) == ("suspended", None)
    assert subjects(world.people["Ada"])[-1] == "Ads with a post by Cleo wait for another author"
    assert "Ads with your post wait for another author" in subjects(world.cleo)
    assert upkeep.keep_up(world.now) == Kept(lapsed=0, closed=0, settled=0, asked=1)
    assert upkeep.keep_up(world.now) == Kept(lapsed=0, closed=0, settled=0, asked=0)
    assert subjects(vik)[-1] == "Ada's bread asks to advertise a post that answers yours"
    view = queries.request_of_creator(vik, answer(world, original), world.now)
    assert (view.kind, view.duration_days, view.answering is not None and view.answering.handle) == (
        RequestKind.ORIGINAL,
        60,
        "cleo",
    )
    done = answers.accept(vik, view.id, ON, now=world.now)
    assert Consent.objects.get(pk=done.consent_id).road == "chain"
    assert upkeep.keep_up(world.now).settled == 1
    document = grant(held)
    assert document is not None
    assert (state(world, held), document.requires) == ("active", (done.consent_id,))
    assert subjects(world.people["Ada"])[-1] == "Ads with a post by Cleo may deliver"
    consents.revoke(vik, done.consent_id, now=world.now)
    assert state(world, held) == "suspended"  # At once; the grant that it requires is gone with the commit.
    assert grant(done.consent_id) is None
    assert upkeep.keep_up(world.now).settled == 1
    assert grant(held) is None
    assert subjects(world.cleo)[-1] == "Ads with your post wait for another author"
    assert upkeep.keep_up(world.now) == Kept(lapsed=0, closed=0, settled=0, asked=0)  # Nobody is asked twice.
    asked = requests.ask(world.ada, original, now=world.now)  # The account may ask for it like for any post.
    again = answers.accept(vik, asked.request_id, ON, now=world.now)
    assert upkeep.keep_up(world.now).settled == 1
    assert state(world, held) == "active"
    world.advance(30 * DAY)
    assert state(world, held) == "suspended"
    assert upkeep.keep_up(world.now).settled == 1
    consents.extend(vik, again.consent_id, duration_days=30, now=world.now)
    assert upkeep.keep_up(world.now).settled == 1
    assert state(world, held) == "active"
    acts = [row.act.value for row in queries.history(world.cleo, None, Paging(size=100)).items]
    assert acts.count("original_missing") == 3
    assert acts.count("original_met") == 3
    assert queries.verify_chain(None) == []


def test_the_original_that_goes_and_comes_back_takes_the_ads_with_it(world: World) -> None:
    original = world.ready_post("Vik")
    issued = consents.issue(world.people["Vik"], original, now=world.now)
    consents.redeem(world.ada, issued.code, now=world.now)
    held = duet(world, original)
    assert state(world, held) == "active"  # The account held the original's consent before.
    assert upkeep.keep_up(world.now).asked == 0
    Post.objects.filter(pk=original).update(removed_at=world.now)
    assert state(world, held) == "suspended"
    assert upkeep.keep_up(world.now) == Kept(lapsed=0, closed=0, settled=1, asked=0)
    Post.objects.filter(pk=original).update(removed_at=None)
    assert upkeep.keep_up(world.now).settled == 1
    assert state(world, held) == "active"


def test_a_standing_consent_of_the_author_answers_at_once(world: World) -> None:
    original = world.post("Vik")
    vik = world.people["Vik"]
    standings.give(vik, limits(world, duration_days_max=60), switch_on=True, now=world.now)
    held = duet(world, original)
    kept = upkeep.keep_up(world.now)
    assert (kept.asked, kept.settled) == (1, 0)
    assert upkeep.keep_up(world.now).settled == 1
    assert state(world, held) == "active"
    assert subjects(vik)[-1] == "Ada's bread uses your post under a standing consent"


def test_a_refusal_is_final_for_the_platform_and_what_is_over_is_not_asked(world: World) -> None:
    original, vik = world.post("Vik"), world.people["Vik"]
    first = duet(world, original)
    second = duet(world, original)
    assert upkeep.keep_up(world.now).asked == 1  # One question for both.
    assert answers.refuse(vik, answer(world, original), now=world.now)
    assert upkeep.keep_up(world.now).asked == 1  # The other duet's.
    consents.revoke(world.cleo, second, now=world.now)
    closing = answer(world, original)
    assert upkeep.keep_up(world.now).closed == 1
    assert queries.request_of_creator(vik, closing, world.now).closing is Closing.CONSENT_ENDED
    assert upkeep.keep_up(world.now) == Kept(lapsed=0, closed=0, settled=0, asked=0)
    assert state(world, first) == "suspended"


def test_met_by_another_road_the_question_is_withdrawn(world: World) -> None:
    original, vik = world.post("Vik"), world.people["Vik"]
    held = duet(world, original)
    upkeep.keep_up(world.now)
    asked, waiting = requests.ask(world.ada, original, now=world.now), answer(world, original)
    answers.accept(vik, asked.request_id, ON, now=world.now)
    upkeep.keep_up(world.now)
    assert upkeep.keep_up(world.now).closed == 1
    view = queries.request_of_creator(vik, waiting, world.now)
    assert (view.state, view.closing) == (RequestState.WITHDRAWN, Closing.NO_LONGER_NEEDED)
    assert state(world, held) == "active"


def test_ones_own_posts_need_nobody(world: World) -> None:
    own = duet(world, world.post())
    assert state(world, own) == "active"
    assert ConsentNeed.objects.count() == 0


def test_a_chain_of_answers_is_refused_by_name(world: World) -> None:
    deep = world.post(duet_of_id=world.post("Vik", stitch_of_id=world.post("Mallory")))
    with pytest.raises(Problem) as caught:
        requests.ask(world.ada, deep, now=world.now)
    assert caught.value.code == "multi_duet_stitch_refuse"
    assert PermissionRequest.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_stands_on_it_follows_the_commit(now: object) -> None:
    world = World(now)  # type: ignore[arg-type]  # The fixture's instant.
    original = world.ready_post("Vik")
    held = duet(world, original)
    issued = consents.issue(world.people["Vik"], original, now=world.now)
    consents.redeem(world.ada, issued.code, now=world.now)
    assert grant(held) is not None  # Nobody but the commit did it.
    consents.revoke(world.people["Vik"], issued.id, now=world.now)
    assert grant(held) is None
    connection.close()
