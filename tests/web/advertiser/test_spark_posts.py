"""Codes: searched, confirmed, refused by name; posts: listed, shown, released."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.area.authorisation.world import DAY
from tests.web.creator.stage import Stage, text_of
from vonk.authorisation import codes, queries
from vonk.authorisation.actions import consents
from vonk.authorisation.guesses import WRONG_MAX
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import ConsentState, TermsDraft
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

    answers = [ada.post(f"{LIBRARY}preview/", {"code": codes.generate()}) for _ in range(WRONG_MAX + 1)]

    assert answers[0].status_code == 404
    assert (answers[-1].status_code, int(answers[-1].headers["Retry-After"]) > 0) == (429, True)


def test_terms_are_shown_and_agreed_to_by_redeeming(stage: Stage) -> None:
    world, ada = stage.town.world, stage.browser("Ada")
    issued = world.issued(terms=TermsDraft(countries=("NL",), notice_days=3, note="Not with meat."))

    found = ada.post(f"{LIBRARY}preview/", {"code": issued.code})
    unread = ada.post(f"{LIBRARY}redeem/", {"code": issued.code})
    assert Consent.objects.get(pk=issued.id).account_id is None
    terms = Consent.objects.select_related("terms").get(pk=issued.id).terms
    assert terms is not None
    other = ada.post(f"{LIBRARY}redeem/", {"code": issued.code, "agree_sha256": "0" * 64})
    agreed = ada.post(f"{LIBRARY}redeem/", {"code": issued.code, "agree_sha256": terms.sha256})

    assert "Agree and redeem" in text_of(found)
    assert "Notice of revocation: 3 days" in text_of(found)
    assert f'value="{terms.sha256}"' in found.content.decode()
    assert (unread.status_code, 'data-problem="terms_agreement_required"' in unread.content.decode()) == (409, True)
    assert (other.status_code, 'data-problem="terms_changed"' in other.content.decode()) == (409, True)
    assert agreed.status_code == 302
    (agreement,) = [one for one in queries.terms(stage.town.ada, terms.pk).agreements if one.account_id is not None]
    assert (agreement.account_name, agreement.person_name) == ("Ada's bread", "Ada")


def test_a_post_that_builds_on_another_takes_a_second_code_or_waits(stage: Stage) -> None:
    world, ada = stage.town.world, stage.browser("Ada")
    original = world.ready_post("Vik")
    duet, waiting = (world.issued(world.ready_post(duet_of_id=original)) for _ in range(2))
    theirs = consents.issue(world.people["Vik"], original, now=world.now)

    asked = ada.post(f"{LIBRARY}preview/", {"code": duet.code})
    waits = ada.post(f"{LIBRARY}redeem/", {"code": waiting.code}, follow=True)
    both = ada.post(f"{LIBRARY}redeem/", {"code": duet.code, "original_code": theirs.code}, follow=True)

    assert "@vik, who has to consent, too" in text_of(asked)
    assert "once @vik consents, too" in text_of(waits)
    assert "The post is yours to advertise." in text_of(both)
    assert queries.consent_facts([duet.id], world.now)[duet.id].state is ConsentState.ACTIVE


def test_codes_are_in_no_log(stage: Stage, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Right, wrong and mistyped ones, in bodies and where they do not belong: addresses, and pages that are not there."""
    right, unknown = stage.town.world.issued().code, codes.generate()
    mistyped = right[:5] + ("A" if right[5] != "A" else "B") + right[6:]
    ada = stage.browser("Ada")
    with caplog.at_level("DEBUG"):
        for code in (unknown, mistyped, right):
            ada.post(f"{LIBRARY}preview/", {"code": code})
            ada.post(f"{LIBRARY}redeem/", {"code": code})
            ada.get(LIBRARY, {"code": code})
            ada.get("/advertiser/nowhere/", {"code": code})
            ada.post(f"{LIBRARY}preview/?code={code[1:]}", {"code": ""})
            ada.get("/platform/v1/nowhere", {"code": code})
    written = caplog.text + "".join(capfd.readouterr())
    assert [code for code in (unknown, mistyped, right) if code[1:] in written] == []


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
