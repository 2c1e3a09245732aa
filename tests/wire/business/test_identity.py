"""As whom ads speak: identities, their posts, and the consent on which an ad stands."""

from datetime import datetime, timedelta
from typing import Any

import PIL.Image
import pytest

from tests.wire.business.conftest import Business
from tests.wire.business.test_tt_video import another_post, mallorys_account
from tests.wire.conftest import Town, ready_video
from vonk.advertising.actions import ads
from vonk.advertising.drafts import AdDraft
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.errors.consents import AuthorizationRevoked, VideoDeleted
from vonk.authorisation.errors.terms import TermsAgreementRequired
from vonk.authorisation.models import AccountAccess, Consent
from vonk.content import media
from vonk.content.actions import posts, profiles
from vonk.content.models import Image, Post, Profile, Sound
from vonk.control import clock
from vonk.wire.business import speaking
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.speaking import IdentityUnknown, ItemNotAuthorised, Speaker


def profile_of(name: str) -> int:
    return Profile.objects.get(handle=name).pk


def published(town: Town, name: str, caption: str = "Look") -> int:
    """The person publishes a post, with the ad settings on."""
    scope, now = town.scopes[f"{name} profile"], clock.present().now()
    switches.set_ad_settings(scope, True, now)
    return posts.publish(scope, video_id=ready_video(scope), caption=caption, now=now)


def listed(business: Business, town: Town, /, **asked: Any) -> list[tuple[str, str]]:
    said = business.get("ada", "identity/get", advertiser_id=town.ids["account_id"], **asked)
    assert said.code == 0, said.message
    return [(row["identity_type"], row["display_name"]) for row in said.data["identity_list"]]


def test_everybody_as_whom_an_account_speaks(business: Business, town: Town) -> None:
    """Four types in one list with exact pages; filters; each one alone; nobody else's."""
    account, organisation = town.ids["account_id"], town.ids["organisation_id"]
    whole = [
        ("CUSTOMIZED_USER", "Ada's bakery"), ("TT_USER", "Ada"), ("BC_AUTH_TT", "Cleo"), ("BC_AUTH_TT", "Mallory"),
        ("AUTH_CODE", "Cleo"),
    ]  # fmt: skip
    found = listed(business, town)
    assert sorted(found) == sorted(whole)
    assert [name for name, _ in found] == [name for name, _ in whole]
    said = business.get("ada", "identity/get", advertiser_id=account, page_size=2)
    assert said.data["page_info"] == {"page": 1, "page_size": 2, "total_number": 5, "total_page": 3}
    assert [row for page in (1, 2, 3, 4) for row in listed(business, town, page=page, page_size=2)] == found
    assert listed(business, town, identity_type="AUTH_CODE") == [("AUTH_CODE", "Cleo")]
    assert listed(business, town, identity_type="TTS_TT") == []
    assert sorted(listed(business, town, identity_authorized_bc_id=organisation)) == sorted(whole[2:4])
    assert listed(business, town, identity_authorized_bc_id="1") == []
    assert listed(business, town, filtering={"keyword": "bAKE"}) == whole[:1]
    assert sorted(listed(business, town, filtering={"keyword": "cle"})) == [
        ("AUTH_CODE", "Cleo"),
        ("BC_AUTH_TT", "Cleo"),
    ]
    assert business.get("ada", "identity/get", advertiser_id=account, page_size=101).code == 40002
    for row in business.get("ada", "identity/get", advertiser_id=account).data["identity_list"]:
        one = {name: row[name] for name in ("identity_type", "identity_id", "identity_authorized_bc_id") if row[name]}
        info = business.get("ada", "identity/info", advertiser_id=account, **one).data["identity_info"]
        assert info == {**row, "profile_image_url": row["profile_image"]}
    mine = mallorys_account(town)
    assert business.get("mallory", "identity/get", advertiser_id=str(mine.account)).data["identity_list"] == []
    stolen = business.get(
        "mallory", "identity/info", advertiser_id=str(mine.account), identity_type="AUTH_CODE",
        identity_id=town.ids["profile_id"],
    )  # fmt: skip
    assert (stolen.code, stolen.message.partition(":")[0]) == (40002, "identity_id")
    without = business.get(
        "ada", "identity/info", advertiser_id=account, identity_type="BC_AUTH_TT", identity_id=town.ids["profile_id"]
    )
    assert (without.code, without.message.partition(":")[0]) == (40002, "identity_authorized_bc_id")


def test_what_an_identity_may_be_used_for(business: Business, town: Town) -> None:
    account, now = town.ids["account_id"], clock.present().now()

    def row(identity_type: str, name: str) -> dict[str, Any]:
        said = business.get("ada", "identity/get", advertiser_id=account, identity_type=identity_type)
        return next(one for one in said.data["identity_list"] if one["display_name"] == name)

    assert row("AUTH_CODE", "Cleo") == {
        "identity_id": town.ids["profile_id"], "identity_type": "AUTH_CODE", "identity_authorized_bc_id": None,
        "display_name": "Cleo", "username": "cleo", "profile_image": "", "available_status": "AVAILABLE",
        "can_push_video": False, "can_pull_video": True, "can_use_live_ads": False, "can_manage_message": False,
        "ads_only_mode": False, "is_gpppa": False,
    }  # fmt: skip
    names = ("available_status", "can_push_video", "can_pull_video", "ads_only_mode", "identity_authorized_bc_id")
    published(town, "mallory")
    published(town, "ada")
    seen = [
        tuple(row(*who)[name] for name in names)
        for who in (
            ("CUSTOMIZED_USER", "Ada's bakery"),
            ("TT_USER", "Ada"),
            ("BC_AUTH_TT", "Mallory"),
            ("BC_AUTH_TT", "Cleo"),
        )
    ]
    assert seen == [
        ("AVAILABLE", False, False, False, None),
        ("AVAILABLE", True, True, False, None),
        ("AVAILABLE", False, True, False, town.ids["organisation_id"]),
        ("NO_VALID_BIND_ACCOUNT", False, True, False, town.ids["organisation_id"]),  # Her terms wait for agreement.
    ]
    AccountAccess.objects.filter(pk=town.ids["quiet_access_id"]).update(scopes=["publish_ads_only"])
    pushing = row("BC_AUTH_TT", "Mallory")
    assert tuple(pushing[name] for name in names)[:4] == ("AVAILABLE", True, False, True)
    profiles.set_private(town.scopes["cleo"], True, now=now)
    assert row("AUTH_CODE", "Cleo")["available_status"] == "IS_PRIVATE_ACCOUNT"
    for consent in Consent.objects.filter(account_id=int(account), access=None, revoked_at=None):
        consents.revoke(town.scopes["cleo"], consent.pk, now=now)
    assert row("AUTH_CODE", "Cleo")["available_status"] == "NO_VALID_BIND_ACCOUNT"


def test_an_own_identity_is_made_and_deleted(business: Business, town: Town) -> None:
    account, now = town.ids["account_id"], clock.present().now()
    made = business.post("ada", "identity/create", advertiser_id=account, display_name="Ada's cakes", request_id="7")
    again = business.post("ada", "identity/create", advertiser_id=account, display_name="Ada's cakes", request_id="7")
    assert made.data == again.data
    assert ("CUSTOMIZED_USER", "Ada's cakes") in listed(business, town)
    for name, field in (("x" * 41, "display_name"), ("x" * 101, "display_name"), ("", "display_name")):
        said = business.post("ada", "identity/create", advertiser_id=account, display_name=name)
        assert (said.code, said.message.partition(":")[0]) == (40002, field)
    said = business.post("ada", "identity/create", advertiser_id=account, display_name="Cakes", image_uri="i1")
    assert (said.code, said.message.partition(":")[0]) == (40912, "image_uri")
    key = media.new_key("png")
    with media.scratch("test") as folder:
        drawn = PIL.Image.new("RGB", (90, 60), "red")
        drawn.save(folder / "face.png")
        media.store().put(key, folder / "face.png")
    pictures = [
        Image.objects.create(
            account_id=int(one), name="face.png", key=key, format="png", width=90, height=60, source_bytes=1,
            source_md5="0" * 32, created_at=now, modified_at=now,
        )
        for one in (account, mallorys_account(town).account)
    ]  # fmt: skip
    mine, hers = (f"i{picture.pk}" for picture in pictures)
    with_face = business.post("ada", "identity/create", advertiser_id=account, display_name="Cakes", image_uri=mine)
    shown = business.get(
        "ada",
        "identity/info",
        advertiser_id=account,
        identity_type="CUSTOMIZED_USER",
        identity_id=with_face.data["identity_id"],
    ).data["identity_info"]
    assert shown["profile_image"].startswith("http://testserver/media/")
    assert (
        business.post("ada", "identity/create", advertiser_id=account, display_name="Cakes", image_uri=hers).code
        == 40912
    )
    one = {"advertiser_id": account, "identity_type": "CUSTOMIZED_USER", "identity_id": made.data["identity_id"]}
    ada = town.scopes["ada"]
    post_id = posts.publish_for_advertiser(
        ada, video_id=int(town.ids["account_video_id"]), identity_id=int(one["identity_id"]), caption="Cake", now=now
    )
    draft = AdDraft(
        name="Cake", call_to_action="shop_now", landing_url="https://example.org/", identity_id=int(one["identity_id"]),
        post_id=post_id,
    )  # fmt: skip
    ad_id = ads.create_one(ada, int(town.ids["ad_group_id"]), draft, now=now)
    used = business.raw("ada", "POST", "/open_api/v1.3/identity/delete/", json_of(one))
    assert used.code == 40002
    assert "1 ads" in used.message
    assert business.get("ada", "identity/info", **one).code == 0
    ads.delete(ada, [ad_id], now=now)
    assert business.raw("ada", "POST", "/open_api/v1.3/identity/delete/", json_of(one)).code == 0
    assert ("CUSTOMIZED_USER", "Ada's cakes") not in listed(business, town)
    for wrong in (one, one | {"identity_type": "AUTH_CODE", "identity_id": town.ids["profile_id"]}):
        said = business.raw("ada", "POST", "/open_api/v1.3/identity/delete/", json_of(wrong))
        assert (said.code, said.message.partition(":")[0]) == (40002, "identity_id")


def json_of(body: dict[str, str]) -> bytes:
    return ("{" + ",".join(f'"{name}":"{value}"' for name, value in body.items()) + "}").encode()


def test_the_posts_of_an_identity(business: Business, town: Town) -> None:
    account, now = town.ids["account_id"], clock.present().now()
    by_code: dict[str, Any] = {
        "advertiser_id": account, "identity_type": "AUTH_CODE", "identity_id": town.ids["profile_id"]
    }  # fmt: skip
    rolls = another_post(town, "Rolls")
    first = business.get("ada", "identity/video/get", count=1, **by_code).data
    assert [row["item_id"] for row in first["video_list"]] == [str(rolls)]
    assert first["has_more"]
    then = business.get("ada", "identity/video/get", count="1", cursor=first["cursor"], **by_code).data
    assert [row["item_id"] for row in then["video_list"]] == [town.ids["post_id"]]
    assert (then["cursor"], then["has_more"]) == ("", False)
    assert business.get("ada", "identity/video/get", count=21, **by_code).code == 40002
    kept = business.get("ada", "identity/video/get", keyword="roll", item_type="VIDEO", **by_code).data["video_list"]
    assert [row["item_id"] for row in kept] == [str(rolls)]
    row = kept[0]
    assert (row["auth_info"]["ad_auth_status"], row["status"]) == ("AUTHORIZED", "ITEM_STATUS_HESITATE_RECOMMEND")
    assert datetime.strptime(row["auth_info"]["auth_start_time"], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - its form is what counts.
    assert row["auth_code"].startswith("#")
    assert row["video_info"]["url"].startswith("http://testserver/media/")
    business_id = {"identity_authorized_bc_id": town.ids["organisation_id"]}
    mallory: dict[str, Any] = {
        "advertiser_id": account, "identity_type": "BC_AUTH_TT", "identity_id": str(profile_of("mallory")), **business_id
    }  # fmt: skip
    open_id, friends_id = published(town, "mallory", "For all"), published(town, "mallory", "For friends")
    Post.objects.filter(pk=friends_id).update(visibility="friends")
    found = business.get("ada", "identity/video/get", **mallory).data["video_list"]
    assert [(one["item_id"], one["auth_code"], one["auth_info"]) for one in found] == [(str(open_id), None, None)]
    own_id = published(town, "ada", "Mine alone")
    Post.objects.filter(pk=own_id).update(visibility="private")
    own: dict[str, Any] = {"advertiser_id": account, "identity_type": "TT_USER", "identity_id": str(profile_of("ada"))}
    hidden = business.get("ada", "identity/video/get", **own).data["video_list"][0]  # The newest of hers.
    assert (hidden["item_id"], hidden["status"]) == (str(own_id), "ITEM_STATUS_ONLY_AUTHOR_SEE")
    one = business.get("ada", "identity/video/info", item_id=str(rolls), **by_code).data
    assert one == {"video_detail": row, "video_details": None}
    many = business.get("ada", "identity/video/info", item_ids=[str(open_id), str(rolls), "1"], **mallory).data
    assert [detail["item_id"] for detail in many["video_details"]] == [str(open_id)]
    absent = business.get("ada", "identity/video/info", item_id=str(friends_id), **mallory)
    assert (absent.code, absent.message.partition(":")[0]) == (40002, "item_id")
    assert business.get("ada", "identity/video/info", **by_code).code == 40002
    granted: dict[str, Any] = {**by_code, **business_id, "identity_type": "BC_AUTH_TT"}
    assert business.get("ada", "identity/video/get", **granted).code == 0  # To look asks for no agreement to terms.
    assert business.get("ada", "identity/live/get", **by_code).data == {"live_list": []}
    posts.delete(town.scopes["cleo"], rolls, now)
    left = business.get("ada", "identity/video/get", **by_code).data["video_list"]
    assert [one["item_id"] for one in left] == [town.ids["post_id"]]


def test_whether_the_music_may_be_heard(business: Business, town: Town) -> None:
    post_id = int(town.ids["post_id"])
    asked: dict[str, Any] = {
        "advertiser_id": town.ids["account_id"], "identity_type": "AUTH_CODE", "identity_id": town.ids["profile_id"],
        "video_id": str(post_id),
    }  # fmt: skip
    sound = Sound.objects.get(pk=town.ids["sound_id"])
    Post.objects.filter(pk=post_id).update(sound=sound)

    def status(**more: object) -> tuple[str, list[bool]]:
        said = business.get("ada", "identity/music/authorization", **asked, **more)  # type: ignore[arg-type]  # Parameters.
        assert said.code == 0, said.message
        (row,) = said.data["music_authorization"]
        assert row["video_id"] == str(post_id)
        return row["music_status"], [place["authorized"] for place in row["authorization_infos"]]

    told = [status(locations=["2750405", "2921044"])]  # The Netherlands, Germany.
    sound.countries = ["NL"]
    sound.save()
    told += [status(), status(locations=["2750405"]), status(locations=["2750405", "2921044"])]
    sound.commercial = False
    sound.save()
    told.append(status(locations=["2750405"]))
    Post.objects.filter(pk=post_id).update(sound=None)
    told.append(status())
    assert told == [
        ("WITH_FULL_AUTHORIZATION", [True, True]),
        ("AUTHORIZATION_MISSING", []),
        ("WITH_FULL_AUTHORIZATION", [True]),
        ("AUTHORIZATION_MISSING", [True, False]),
        ("AUTHORIZATION_MISSING", [False]),
        ("WITHOUT_SONG_ID", []),
    ]
    assert business.get("ada", "identity/music/authorization", **asked, locations=["1"]).code == 40002


def test_the_consent_on_which_an_ad_stands(town: Town) -> None:
    """By code the account's own; by an access one is taken, once; what cannot be used is refused by its name."""
    ada, now = town.scopes["ada"], clock.present().now() + timedelta(minutes=1)
    ids = {name: int(value) for name, value in town.ids.items() if value.isdigit()}
    by_code = speaking.speaker(ada, "AUTH_CODE", ids["profile_id"], None)
    assert by_code == Speaker("AUTH_CODE", ids["profile_id"], None)
    assert speaking.consent_of(ada, by_code, ids["post_id"], now=now) == ids["consent_id"]
    linked = speaking.speaker(ada, "TT_USER", profile_of("ada"), None)
    granted = speaking.speaker(ada, "BC_AUTH_TT", profile_of("mallory"), ids["organisation_id"])
    taken = {}
    for speaker, name in ((linked, "ada"), (granted, "mallory")):
        post_id = published(town, name)
        consent_id = speaking.consent_of(ada, speaker, post_id, now=now)
        assert speaking.consent_of(ada, speaker, post_id, now=now) == consent_id
        taken[consent_id] = speaker
    assert speaking.speakers_of(ada, [*taken, ids["consent_id"], 1], now=now) == {**taken, ids["consent_id"]: by_code}
    assert speaking.speakers_of(mallorys_account(town), [*taken], now=now) == {}
    with pytest.raises(TermsAgreementRequired):
        speaking.consent_of(
            ada,
            speaking.speaker(ada, "BC_AUTH_TT", ids["profile_id"], ids["organisation_id"]),
            ids["plain_post_id"],
            now=now,
        )
    for speaker, post_id in ((by_code, ids["plain_post_id"]), (granted, ids["post_id"]), (linked, 1)):
        with pytest.raises(ItemNotAuthorised):
            speaking.consent_of(ada, speaker, post_id, now=now)
    own = speaking.speaker(ada, "CUSTOMIZED_USER", ids["identity_id"], None)
    with pytest.raises(ParameterInvalid, match="tiktok_item_id"):
        speaking.consent_of(ada, own, ids["post_id"], now=now)
    for identity_type, identity_id, bc_id in (
        ("TT_USER", ids["profile_id"], None), ("AUTH_CODE", profile_of("vik"), None),
        ("CUSTOMIZED_USER", ids["profile_id"], None), ("BC_AUTH_TT", profile_of("vik"), ids["organisation_id"]),
        ("BC_AUTH_TT", ids["profile_id"], 1),
    ):  # fmt: skip
        with pytest.raises(IdentityUnknown):
            speaking.speaker(ada, identity_type, identity_id, bc_id)
    rolls = another_post(town, "Rolls")
    posts.delete(town.scopes["cleo"], rolls, now)
    with pytest.raises(VideoDeleted):
        speaking.consent_of(ada, by_code, rolls, now=now)
    consents.revoke(town.scopes["cleo"], ids["consent_id"], now=now)
    with pytest.raises(AuthorizationRevoked):
        speaking.consent_of(ada, by_code, ids["post_id"], now=now)
