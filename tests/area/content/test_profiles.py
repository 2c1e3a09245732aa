import io
from datetime import date, datetime
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.area.content import cast
from vonk.content import media, queries
from vonk.content.actions import engagement, profiles
from vonk.content.errors import AvatarUnreadable, HandleReserved, HandleTaken, ProfileExists
from vonk.content.models import Profile
from vonk.content.queries import ProfileBrief, ProfileView
from vonk.content.rules import ORGANIC
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.identity.errors import EmailTaken
from vonk.identity.models import Person

pytestmark = pytest.mark.django_db


def picture(colour: str = "red") -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 300), colour).save(drawn, "PNG")
    return drawn.getvalue()


def sign_up(now: datetime, **values: str) -> profiles.SignedUp:
    fields = {"email": "cleo@example.org", "handle": "cleo", "display_name": "Cleo Bakes"} | values
    return profiles.sign_up(
        email=fields["email"],
        handle=fields["handle"],
        display_name=fields["display_name"],
        password="sourdough starter 42",
        language="nl",
        country="NL",
        born_on=date(1990, 5, 17),
        now=now,
    )


def test_signing_up_makes_a_person_and_a_profile(now: datetime) -> None:
    signed_up = sign_up(now, handle="@Cleo")
    row = Profile.objects.get()
    assert (row.pk, row.owner_id, row.handle) == (signed_up.profile_id, signed_up.person_id, "cleo")
    assert row.display_name == "Cleo Bakes"


def test_signing_up_makes_both_or_neither(now: datetime, cleo: Scope) -> None:
    people = Person.objects.count()
    with pytest.raises(HandleTaken) as taken:
        sign_up(now, email="other@example.org", handle="CLEO")
    assert taken.value.values == {"handle": "cleo"}
    with pytest.raises(HandleReserved):
        sign_up(now, email="other@example.org", handle="admin")
    with pytest.raises(EmailTaken):
        sign_up(now, handle="cleo2")
    assert (Person.objects.count(), Profile.objects.count()) == (people, 1)


def test_a_person_has_one_profile(cleo: Scope, now: datetime) -> None:
    with pytest.raises(ProfileExists):
        profiles.create(cleo, handle="cleo2", display_name="Cleo", now=now)


def test_a_profile_is_changed_by_its_owner(cleo: Scope, vik: Scope, now: datetime) -> None:
    profiles.update(cleo, display_name="  Cleo   Bakes 🥐 ", bio="Bread.\r\nDaily.", handle="cleo.bakes", now=now)
    view = queries.profile(None, "Cleo.Bakes")
    assert (view.display_name, view.bio, view.own) == ("Cleo Bakes 🥐", "Bread.\nDaily.", False)
    with pytest.raises(HandleTaken):
        profiles.update(cleo, display_name="Cleo", bio="", handle="vik", now=now)
    for field, values in {"bio": {"bio": "x" * 161}, "display_name": {"display_name": "x" * 41}}.items():
        with pytest.raises(FieldInvalid) as invalid:
            profiles.update(cleo, **({"display_name": "Cleo", "bio": ""} | values), now=now)
        assert invalid.value.field == field
    with pytest.raises(NotFound):
        queries.profile(None, "cleo")


def test_an_avatar_replaces_the_one_before(
    cleo: Scope, now: datetime, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for colour in ("red", "blue"):
        with django_capture_on_commit_callbacks(execute=True):
            profiles.set_avatar(cleo, picture(colour), now=now)
    with pytest.raises(AvatarUnreadable):
        profiles.set_avatar(cleo, b"no picture", now=now)
    key = Profile.objects.get().avatar
    assert [path.name for path in (folder / "media").rglob("*.webp")] == [key]
    assert queries.profile(None, "cleo").avatar_url == f"/media/{key}"
    with media.store().local(key) as path, Image.open(path) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (256, 256))


def test_custom_identities_belong_to_their_account(ada: Scope, cleo: Scope, now: datetime) -> None:
    identity_id = profiles.create_identity(ada, display_name="Ada's Shop", avatar=picture(), now=now)
    (brief,) = queries.identities(ada, Paging()).items
    assert (brief.id, brief.handle, brief.display_name) == (identity_id, "", "Ada's Shop")
    assert media.store().exists(brief.avatar_url.removeprefix("/media/"))
    with pytest.raises(RightMissing):
        profiles.create_identity(cleo, display_name="Ada's Shop", avatar=None, now=now)
    assert queries.profile_owner([identity_id]) == {}


def test_banning_and_bringing_back(cleo: Scope, olu: Scope, mallory: Scope, now: datetime) -> None:
    profile_id = Profile.objects.get(handle="cleo").pk
    with pytest.raises(RightMissing):
        profiles.ban(mallory, profile_id, reason="envy", now=now)
    profiles.ban(olu, profile_id, reason="fake shop", now=now)
    profiles.ban(olu, profile_id, reason="again", now=now)
    with pytest.raises(NotFound):
        queries.profile(None, "cleo")
    profiles.unban(olu, profile_id, now=now)
    profiles.unban(olu, profile_id, now=now)
    assert queries.profile(None, "cleo").id == profile_id
    acts = AuditEntry.objects.filter(noun="profile", object_id=profile_id).order_by("pk")
    assert list(acts.values_list("action", "person_id", "detail")) == [
        ("profile.created", cleo.person, {"handle": "cleo"}),
        ("profile.banned", olu.person, {"reason": "fake shop"}),
        ("profile.unbanned", olu.person, {}),
    ]


def test_a_profile_as_others_see_it(cleo: Scope, vik: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now)
    engagement.like(vik, post_id, source=ORGANIC, now=now)
    briefs = queries.profile_of_person([cleo.person, vik.person])
    cleos, viks = briefs[cleo.person].id, briefs[vik.person].id
    engagement.follow(vik, cleos, source=ORGANIC, now=now)

    def seen(*, followed: bool = False, friend: bool = False, own: bool = False, following: int = 0) -> ProfileView:
        return ProfileView(
            id=cleos,
            handle="cleo",
            display_name="Cleo",
            bio="",
            avatar_url="",
            followers=1,
            following=following,
            likes=1,
            followed=followed,
            friend=friend,
            own=own,
        )

    assert queries.profile(None, "cleo") == seen()
    assert queries.profile(vik, "cleo") == seen(followed=True)
    assert queries.profile(cleo, "cleo") == seen(own=True)
    engagement.follow(cleo, viks, source=ORGANIC, now=now)
    assert queries.profile(vik, "cleo") == seen(followed=True, friend=True, following=1)
    assert queries.are_friends(vik.person, cleos)
    engagement.unfollow(cleo, viks, now=now)
    assert not queries.are_friends(vik.person, cleos)
    assert queries.own_profile(vik) == ProfileBrief(viks, "vik", "Vik", "")
    assert queries.profile_owner([cleos, viks, 1]) == {cleos: cleo.person, viks: vik.person}
