"""Why a post stands in the feed, and what a viewer is told and may take away of what their watching shows."""

from datetime import timedelta

from tests.area.viewing.watching import ADULT, LONG, watch
from tests.web.viewer.stage import Stage
from vonk.content.models import Post
from vonk.identity.models import Person
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.viewing.models import Memory


def agree(stage: Stage, *, personalised: bool = True) -> None:
    vik = Person.objects.filter(pk=stage.town.world.people["Vik"].person)
    vik.update(personalised=personalised, born_on=ADULT)


def watched(stage: Stage) -> list[int]:
    log, made = MemoryEventLog(), [stage.post("#food") for _ in range(3)]
    for post_id in made:
        watch(log, stage.town.world.people["Vik"], post_id, LONG, stage.now, watched_ms=60_000)
    return made


def test_a_posts_menu_says_why_it_is_there(stage: Stage) -> None:
    post_id = stage.posts["public"]
    vik = stage.browser("Vik").get(f"/posts/{post_id}/why").content.decode()
    assert "You follow who made it." in vik
    assert "What you watched was not used." in vik
    agree(stage)
    assert "orders your feed" in stage.browser("Vik").get(f"/posts/{post_id}/why").content.decode()
    Post.objects.filter(pk=post_id).update(created_at=stage.now - timedelta(days=9))
    assert "find something new" in stage.browser(None).get(f"/posts/{post_id}/why").content.decode()
    for hidden in ("private", "ads only", "deleted"):
        assert stage.browser("Mallory").get(f"/posts/{stage.posts[hidden]}/why").status_code == 404


def test_interests_found_in_watching_are_shown_and_can_be_removed(stage: Stage) -> None:
    agree(stage)
    watched(stage)
    browser = stage.browser("Vik")
    page = browser.get("/preferences/").content.decode()
    assert "/preferences/interests/food/remove" in page
    assert "3 minutes" in page
    assert "/preferences/interests/food/remove" not in stage.browser("Mallory").get("/preferences/").content.decode()
    assert browser.get("/preferences/interests/food/remove").status_code == 405
    assert stage.browser(None).post("/preferences/interests/food/remove").status_code in {302, 401, 403}
    assert browser.post("/preferences/interests/nothing/remove").status_code == 422
    assert browser.post("/preferences/interests/food/remove").status_code == 302
    assert "/preferences/interests/food/remove" not in browser.get("/preferences/").content.decode()
    assert browser.post("/preferences/forget-watched").status_code == 302
    assert Memory.objects.get().profiled  # What they removed is remembered, and nothing that they watched.
