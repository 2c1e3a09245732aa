"""Deleting one's account, in a browser without scripts."""

from tests.area.authorisation.world import PASSWORD
from tests.web.viewer.stage import Stage, text_of
from vonk.identity.models import Person

ADDRESS = "/preferences/delete-account/"


def test_whoever_is_not_signed_in_signs_in_first(stage: Stage) -> None:
    answer = stage.browser(None).get(ADDRESS)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login/?next={ADDRESS}")


def test_it_says_what_goes_and_asks_twice(stage: Stage) -> None:
    vik = stage.browser("Vik")
    assert ADDRESS in vik.get("/preferences/").content.decode()
    page = text_of(vik.get(ADDRESS))
    assert "At once, and for good." in page
    assert "Transfers of money" in page
    email = Person.objects.get(display_name="Vik").email
    refused = [
        ({}, 422),
        ({"email": "mallory@example.org", "password": PASSWORD}, 422),
        ({"email": email, "password": "wrong"}, 403),
    ]
    for sent, status in refused:
        answer = vik.post(ADDRESS, sent)
        assert answer.status_code == status
    assert "The password is wrong." in text_of(answer)
    assert Person.objects.get(email=email).is_active
    gone = vik.post(ADDRESS, {"email": email, "password": PASSWORD}, follow=True)
    assert gone.redirect_chain == [("/login/", 302)]
    assert "Your account is deleted." in gone.content.decode()
    assert not Person.objects.filter(email=email).exists()
    assert vik.get(ADDRESS).status_code == 302
