"""Codes: searched, confirmed, refused by name; posts: listed, shown, released."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.area.authorisation.world import DAY
from tests.web.creator.stage import Stage, text_of
from vonk.authorisation.actions import consents
from vonk.authorisation.models import Consent
from vonk.content.models import Post, Profile
from vonk.control import clock

LIBRARY = "/advertiser/spark-posts/"


def later(stage: Stage, by: timedelta) -> None:
    stage.now += by
    stage.town.now = stage.town.world.now = stage.now
    clock.start_at(stage.now)


def test_search_shows_the_post_and_confirm_redeems_it(stage: Stage) -> None:
    issued = stage.town.world.issued(stage.town.world.ready_post(caption="Crumb to crust"), days=7)
    ada = stage.browser("Ada")

    found = ada.post(f"{LIBRARY}preview/", {"code": issued.code})
    assert Consent.objects.get(pk=issued.id).account_id is None
    confirmed = ada.post(f"{LIBRARY}redeem/", {"code": issued.code})
    again = ada.post(f"{LIBRARY}redeem/", {"code": issued.code})
    shown = ada.post(f"{LIBRARY}preview/", {"code": issued.code})

    assert found.status_code == 200
    assert {
        word for word in ("Crumb to crust", "@cleo", "7 days left", "0:05", "Confirm") if word in text_of(found)
    } == {
        "Crumb to crust",
        "@cleo",
        "7 days left",
        "0:05",
        "Confirm",
    }
    assert (confirmed.status_code, confirmed.headers["Location"]) == (302, f"{LIBRARY}{issued.id}/")
    assert Consent.objects.get(pk=issued.id).account_id == stage.town.ada.account
    assert again.headers["Location"] == f"{LIBRARY}{issued.id}/"
    assert "in your library already" in text_of(shown)


def test_a_script_gets_the_part_alone(stage: Stage) -> None:
    issued = stage.town.world.issued()
    ada = stage.browser("Ada")

    found = ada.post(f"{LIBRARY}preview/", {"code": issued.code}, headers={"HX-Request": "true"})
    refused = ada.post(f"{LIBRARY}preview/", {"code": "nonsense"}, headers={"HX-Request": "true"})
    empty = ada.post(f"{LIBRARY}preview/", {"code": " "}, headers={"HX-Request": "true"})

    assert (found.status_code, "<html" in found.content.decode()) == (200, False)
    assert (refused.status_code, 'data-problem="auth_code_format_error"' in refused.content.decode()) == (422, True)
    assert (empty.status_code, "Paste a code first." in text_of(empty)) == (422, True)


def used_elsewhere(stage: Stage, code: str, consent_id: int) -> None:
    consents.redeem(stage.town.mallory, code, now=stage.now)


def revoked(stage: Stage, code: str, consent_id: int) -> None:
    consents.revoke(stage.cleo, consent_id, now=stage.now)


def deleted(stage: Stage, code: str, consent_id: int) -> None:
    consents.delete(stage.cleo, consent_id, now=stage.now)


def expired(stage: Stage, code: str, consent_id: int) -> None:
    later(stage, 31 * DAY)


def post_gone(stage: Stage, code: str, consent_id: int) -> None:
    Post.objects.filter(pk=Consent.objects.get(pk=consent_id).post_id).update(deleted_at=stage.now)


def post_removed(stage: Stage, code: str, consent_id: int) -> None:
    Post.objects.filter(pk=Consent.objects.get(pk=consent_id).post_id).update(removed_at=stage.now)


def post_private(stage: Stage, code: str, consent_id: int) -> None:
    Post.objects.filter(pk=Consent.objects.get(pk=consent_id).post_id).update(visibility="private")


def profile_banned(stage: Stage, code: str, consent_id: int) -> None:
    Profile.objects.filter(handle="cleo").update(banned_at=stage.now)


@pytest.mark.parametrize(
    ("happening", "code", "status"),
    [
        (used_elsewhere, "auth_code_already_used", 409),
        (revoked, "authorization_revoked", 409),
        (deleted, "auth_code_not_found", 404),
        (expired, "auth_code_expired", 409),
        (post_gone, "video_deleted", 409),
        (post_removed, "video_unavailable", 409),
        (post_private, "not_public_video", 409),
        (profile_banned, "account_banned", 409),
    ],
)
def test_a_code_that_does_not_work_says_why(
    stage: Stage, happening: Callable[[Stage, str, int], None], code: str, status: int
) -> None:
    issued = stage.town.world.issued()
    happening(stage, issued.code, issued.id)
    holder = Consent.objects.get(pk=issued.id).account_id
    ada = stage.browser("Ada")

    searched = ada.post(f"{LIBRARY}preview/", {"code": issued.code})
    confirmed = ada.post(f"{LIBRARY}redeem/", {"code": issued.code})

    for answer in (searched, confirmed):
        assert (answer.status_code, f'data-problem="{code}"' in answer.content.decode()) == (status, True)
        assert "What helps" in text_of(answer)
    assert Consent.objects.get(pk=issued.id).account_id == holder


def test_without_the_terms_a_code_is_not_looked_at(stage: Stage) -> None:
    stage.town.world.account("Vik", "Vik's bread", terms=False)
    issued = stage.town.world.issued()

    refused = stage.browser("Vik").post(f"{LIBRARY}preview/", {"code": issued.code})

    assert (refused.status_code, 'data-problem="spark_terms_required"' in refused.content.decode()) == (409, True)
    assert 'href="/advertiser/terms/"' in refused.content.decode()


def test_guessing_ends_and_says_when_to_come_back(stage: Stage) -> None:
    ada = stage.browser("Ada")
    guess = stage.town.world.issued().code
    wrong = [f"{guess[:-1]}{last}" for last in "abcdefghijklmnopqrstuvwxyzABCDEFGH" if not guess.endswith(last)]

    answers = [ada.post(f"{LIBRARY}preview/", {"code": code}) for code in wrong]

    assert answers[0].status_code == 404
    assert (answers[-1].status_code, int(answers[-1].headers["Retry-After"]) > 0) == (429, True)


def test_an_ended_post_is_released_and_a_live_one_is_not(stage: Stage) -> None:
    consent_id = stage.town.shared_consent
    ada = stage.browser("Ada")

    early = ada.post(f"{LIBRARY}{consent_id}/release/")
    assert "Remove this post from your list?" not in ada.get(f"{LIBRARY}{consent_id}/").content.decode()
    later(stage, 31 * DAY)
    ended = text_of(ada.get(f"{LIBRARY}{consent_id}/"))
    released = ada.post(f"{LIBRARY}{consent_id}/release/")

    assert early.status_code == 409
    assert "The days that the creator chose are over." in ended
    assert (released.status_code, released.headers["Location"]) == (302, LIBRARY)
    assert Consent.objects.get(pk=consent_id).released_at is not None
    assert ada.get(f"{LIBRARY}{consent_id}/").status_code == 404
    assert "No posts yet" in text_of(ada.get(LIBRARY))


def test_the_dashboard_says_what_ends_and_what_has_ended(stage: Stage) -> None:
    stage.town.ad(draft=stage.town.spark_draft(stage.town.consent(caption="Ends first")))
    ada = stage.browser("Ada")

    assert "Ends first" not in text_of(ada.get("/advertiser/"))
    later(stage, 20 * DAY)
    assert "“Ends first” ends soon 10 days left. Ask @cleo to extend it. 1 ad uses it." in text_of(
        ada.get("/advertiser/")
    )
    later(stage, 11 * DAY)
    assert "The authorisation of “Ends first” has ended" in text_of(ada.get("/advertiser/"))
