"""A host app's server tells of its people, posts, sounds and follows: late, twice, out of order, wrong, too much."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client

from tests.wire import hosting
from tests.wire.conftest import PREFIX, Answer, Api, Town, ready_video
from vonk.content.actions import engagement, profiles
from vonk.content.actions import posts as content_posts
from vonk.content.models import Follow, HostItem, Post, Profile, Sound
from vonk.content.queries import hosting as queries
from vonk.content.queries import post_facts
from vonk.content.rules import ORGANIC
from vonk.control import clock
from vonk.control.models import Publication
from vonk.control.scope import PLATFORM, Scope
from vonk.core.clock import to_ms
from vonk.delivery.snapshot import PostDocument
from vonk.events.tokens import ViewerClaims
from vonk.identity.actions import letters
from vonk.identity.models import Letter, Person
from vonk.wire.platform import showings


@pytest.fixture
def host(town: Town, monkeypatch: pytest.MonkeyPatch) -> Scope:
    return hosting.settle(town.ids, town.tokens, monkeypatch)


def sync(api: Api, kind: str, *items: dict[str, Any]) -> list[tuple[str, str]]:
    """Return verdict and code of each item."""
    answer = api.call("host", "POST", f"/sync/{kind}", {"items": list(items)})
    assert answer.status == 200, answer.body
    return [(one["verdict"], one["code"]) for one in answer.body["items"]]


def post_of(external_id: str) -> Post:
    return Post.objects.get(external_id=external_id)


def object_of(external_id: str) -> int:
    """Return the profile that stands for one of the host's people."""
    found = HostItem.objects.get(kind="account", external_id=external_id).object_id
    assert found is not None
    return found


def document(post: Post) -> PostDocument | None:
    """Return what the ad servers know of the post."""
    row = Publication.objects.get(kind="post", object_id=post.pk)
    return msgspec.json.decode(row.document, type=PostDocument) if row.document else None


def test_what_comes_late_twice_or_out_of_order_changes_nothing(api: Api, host: Scope) -> None:
    newer, older = hosting.post("p-2", 5, caption="Newer"), hosting.post("p-2", 4, caption="Older")

    assert sync(api, "posts", newer, older, newer) == [("applied", ""), ("applied", ""), ("unchanged", "")]
    assert sync(api, "posts", older) == [("stale", "")]
    assert post_of("p-2").caption == "Newer"
    assert sync(api, "posts", hosting.post("p-2", 6, visibility="private")) == [("applied", "")]
    assert Post.objects.filter(external_id="p-2").count() == 1
    assert post_of("p-2").visibility == "private"


def test_pictures_that_stay_at_the_host_are_a_carousel(api: Api, host: Scope) -> None:
    picture = {"url": f"{hosting.ORIGIN}/a.jpg", "width": 900, "height": 1_200, "alt": "A loaf"}
    small = {**picture, "url": f"{hosting.ORIGIN}/b.jpg", "small_url": f"{hosting.ORIGIN}/c.jpg", "alt": ""}
    told = hosting.post("p-pictures", 1, media=None, pictures=[picture, small])
    assert sync(api, "posts", told) == [("applied", "")]
    facts = post_facts([post_of("p-pictures").pk])[post_of("p-pictures").pk]
    assert [(one.url, one.small_url, one.alt) for one in facts.pictures] == [
        (picture["url"], picture["url"], "A loaf"),
        (small["url"], small["small_url"], ""),
    ]
    assert (facts.format, facts.video_url, facts.poster_url, facts.may_duet) == ("carousel", "", picture["url"], False)
    set_id = facts.video_id
    assert sync(api, "posts", {**told, "version": 2, "caption": "Same"}) == [("applied", "")]
    assert post_of("p-pictures").video_id == set_id
    assert sync(api, "posts", {**told, "version": 3, "pictures": [small]}) == [("applied", "")]
    assert post_of("p-pictures").video_id != set_id
    for version, changed in (
        (4, {"pictures": [{**picture, "url": "https://elsewhere.example/a.jpg"}]}),
        (5, {"pictures": [picture] * 36}),
        (6, {"pictures": [{**picture, "width": 0}]}),
    ):
        assert sync(api, "posts", {**told, "version": version, **changed}) == [("refused", "field_invalid")]
    assert sync(api, "posts", {**told, "version": 7, "video_id": "17"}) == [("refused", "sync_media_unclear")]
    assert len(post_facts([post_of("p-pictures").pk])[post_of("p-pictures").pk].pictures) == 1


def test_each_item_is_judged_by_itself(api: Api, host: Scope) -> None:
    told = sync(
        api,
        "posts",
        hosting.post("p-2", 1),
        hosting.post("p-3", 1, account="nobody"),
        hosting.post("p-4", 1, sound="no-sound"),
        hosting.post("p-5", 1, created_at="2999-01-01T00:00:00Z"),
        hosting.post("p-6", 1, media=None),
        hosting.post("p-7", 1, caption="x" * 3_000),
        hosting.post("p-8", 1, media=None, video_id="17"),
    )

    assert told == [
        ("applied", ""),
        ("refused", "sync_account_unknown"),
        ("refused", "sync_sound_unknown"),
        ("refused", "field_invalid"),
        ("refused", "sync_media_unclear"),
        ("refused", "caption_too_long"),
        ("refused", "not_found"),
    ]
    errors = api.call("host", "GET", "/sync/errors").body["items"]
    assert sorted(one["external_id"] for one in errors) == ["p-3", "p-4", "p-5", "p-6", "p-7", "p-8"]
    assert sync(api, "posts", hosting.post("p-3", 1)) == [("applied", "")]  # A refused version may be told again.
    status = {one["kind"]: one for one in api.call("host", "GET", "/sync/status").body["kinds"]}
    assert (status["post"]["living"], status["post"]["refused"], status["post"]["version"]) == (3, 5, 1)
    item = api.call("host", "GET", "/sync/items", query={"kind": "post", "external_id": "p-3"}).body
    assert (item["version"], item["refused_code"], item["object_id"]) == (1, "", str(post_of("p-3").pk))


@pytest.mark.parametrize(
    "url",
    [
        "http://media.example.org/a.mp4",
        "https://elsewhere.example/a.mp4",
        "https://media.example.org.evil.example/a.mp4",
        "https://media.example.org@evil.example/a.mp4",
        "https://media.example.org:444/a.mp4",
        "https://media.example.org/a.mp4#x",
        'https://media.example.org/"><script>',
        "javascript:alert(1)",
        "/media/a.mp4",
        "",
    ],
)
def test_films_stay_where_the_operator_allowed(api: Api, host: Scope, url: str) -> None:
    film = {**hosting.post("p-2", 1)["media"], "video_url": url}

    assert sync(api, "posts", hosting.post("p-2", 1, media=film)) == [("refused", "field_invalid")]
    avatar = [("refused", "field_invalid")] if url else [("applied", "")]
    assert sync(api, "accounts", hosting.account("u-2", 1, avatar_url=url)) == avatar


def test_batches_ids_and_fields_are_bounded(api: Api, host: Scope) -> None:
    def code(path: str, body: object) -> tuple[int, str | None]:
        answer = api.call("host", "POST", path, body)
        return answer.status, answer.code

    before = HostItem.objects.count()
    follow = {"follower": "u 1", "followed": "u-0", "version": 1}
    assert code("/sync/accounts", {"items": []}) == (422, "field_invalid")
    assert code("/sync/sounds", {"items": [hosting.sound(f"s-{n}", 1) for n in range(501)]}) == (422, "field_invalid")
    assert code("/sync/accounts", {"items": [hosting.account("u 2", 1)]}) == (422, "field_invalid")
    assert code("/sync/follows", {"items": [follow]}) == (422, "field_invalid")
    assert code("/sync/accounts", {"items": [hosting.account("u-2", -1)]}) == (422, "body_invalid")
    assert code("/sync/accounts", {"items": [hosting.account("u-2", 1, email="a@b.c")]}) == (422, "body_invalid")
    gone = [{"kind": "post", "external_id": f"p-{n}", "version": 1} for n in range(101)]
    assert code("/sync/deletions", {"items": gone}) == (422, "field_invalid")
    assert HostItem.objects.count() == before


def test_people_are_no_older_than_their_host_says(api: Api, host: Scope) -> None:
    today = clock.present().now().date()
    told = sync(
        api,
        "accounts",
        hosting.account("u-2", 1, birth_year=None, age_band="18_24", personalised=True),
        hosting.account("u-3", 1, birth_year=None, personalised=True),
        hosting.account("u-4", 1, birth_year=today.year - 12),
        hosting.account("u-5", 1, age_band="18_24"),
        hosting.account("u-6", 1, country="XX"),
        hosting.account("u-7", 1, handle="cleo"),
        hosting.account("u-8", 1, handle="admin"),
    )

    codes = ["", "", "too_young", "age_unclear", "field_invalid", "handle_taken", "handle_reserved"]
    assert [code for _, code in told] == codes
    adult = Person.objects.get(profile__pk=object_of("u-2"))
    assert (today - adult.born_on).days in range(18 * 365, 18 * 366 + 1) if adult.born_on else False
    assert Person.objects.get(profile__pk=object_of("u-3")).born_on is None
    token = api.call("host", "POST", "/hosts/viewer_tokens", {"account": "u-3"})
    assert token.status == 201
    assert Person.objects.filter(email__endswith="@hosts.invalid").exclude(password__startswith="!").count() == 0


def test_no_letter_goes_where_no_address_is(api: Api, host: Scope) -> None:
    person = Person.objects.get(profile__pk=object_of("u-1"))
    before = Letter.objects.count()

    assert letters.to_person(person.pk, subject="News", body="News", now=clock.present().now()) == 0
    assert Letter.objects.count() == before


def test_what_a_creator_agreed_to_stays_and_the_rest_follows(api: Api, host: Scope) -> None:
    post = post_of("p-1")
    now = clock.present().now()
    content_posts.authorise(post.pk, ads_only=False, now=now)
    content_posts.show_in_ads(post.pk, now=now)
    shown = document(post)
    assert shown is not None
    assert (shown.external_id, shown.video_url) == ("p-1", f"{hosting.ORIGIN}/p-1.mp4")
    other = {**hosting.post("p-1", 2)["media"], "video_url": f"{hosting.ORIGIN}/other.mp4"}

    answer = api.call(
        "host",
        "POST",
        "/sync/posts",
        {"items": [hosting.post("p-1", 2, caption="Cheap!", media=other, format="story", visibility="private")]},
    )

    assert answer.body["items"][0]["kept"] == ["caption", "media", "format"]
    post.refresh_from_db()
    assert (post.caption, post.visibility, document(post)) == ("Bread #bread", "private", None)
    sync(api, "posts", hosting.post("p-1", 3))
    assert document(post) == shown


def test_a_deleted_post_leaves_ads_and_does_not_come_back(api: Api, host: Scope) -> None:
    post = post_of("p-1")
    content_posts.show_in_ads(post.pk, now=clock.present().now())
    gone = {"kind": "post", "external_id": "p-1", "version": 9}

    assert sync(api, "deletions", {**gone, "version": 0}) == [("stale", "")]
    assert sync(api, "deletions", gone, {"kind": "post", "external_id": "p-9", "version": 4}) == [("applied", "")] * 2
    assert document(post) is None
    assert sync(api, "deletions", gone) == [("unchanged", "")]
    assert sync(api, "posts", hosting.post("p-1", 8), hosting.post("p-9", 3)) == [("stale", ""), ("stale", "")]
    assert sync(api, "posts", hosting.post("p-1", 10)) == [("refused", "sync_item_deleted")]
    assert sync(api, "posts", hosting.post("p-9", 5)) == [("refused", "sync_item_deleted")]


def test_a_deleted_account_is_erased_with_what_the_host_called_it(api: Api, host: Scope) -> None:
    sync(api, "follows", {"follower": "u-0", "followed": "u-1", "version": 1})
    sync(api, "follows", {"follower": "u-1", "followed": "nobody", "version": 1})
    person_id = Profile.objects.get(pk=object_of("u-1")).owner_id

    assert sync(api, "deletions", {"kind": "account", "external_id": "u-1", "version": 2}) == [("applied", "")]

    person = Person.objects.get(pk=person_id or 0)
    assert (person.is_active, person.display_name) == (False, "Deleted account")
    kept = list(HostItem.objects.values_list("external_id", "refused_reason"))
    assert not [text for row in kept for text in row if "u-1" in text or "p-1" in text]
    assert not Post.objects.filter(external_id="p-1").exists()
    assert sync(api, "accounts", hosting.account("u-1", 3)) == [("refused", "sync_item_deleted")]
    assert sync(api, "posts", hosting.post("p-2", 1)) == [("refused", "sync_account_unknown")]


def test_follows_begin_and_end_as_the_host_says(api: Api, host: Scope) -> None:
    pair = {"follower": "u-0", "followed": "u-1"}
    sync(api, "accounts", hosting.account("u-1", 2, private=True))

    assert sync(api, "follows", {**pair, "version": 2}) == [("applied", "")]
    followed = object_of("u-1")
    assert Follow.objects.filter(profile_id=followed).count() == 1
    assert sync(api, "follows", {**pair, "version": 1, "following": False}) == [("stale", "")]
    assert sync(api, "follows", {**pair, "version": 3, "following": False}) == [("applied", "")]
    assert Follow.objects.filter(profile_id=followed).count() == 0
    self_follow = {"follower": "u-1", "followed": "u-1", "version": 1}
    assert sync(api, "follows", self_follow) == [("refused", "follow_self")]


def test_a_host_suspends_and_moderators_ban(api: Api, host: Scope) -> None:
    profile_id = object_of("u-1")

    def gone() -> bool:
        return Profile.objects.get(pk=profile_id).banned_at is not None

    sync(api, "accounts", hosting.account("u-1", 2, suspended=True))
    assert gone()
    sync(api, "accounts", hosting.account("u-1", 3))
    assert not gone()
    sync(api, "accounts", hosting.account("u-1", 4, suspended=True))
    profiles.ban(PLATFORM, profile_id, reason="Fraud", now=clock.present().now())
    sync(api, "accounts", hosting.account("u-1", 5))
    assert gone()


def test_sounds_and_their_rights(api: Api, host: Scope) -> None:
    assert sync(api, "posts", hosting.post("p-2", 1, sound="s-1")) == [("applied", "")]
    assert sync(api, "sounds", hosting.sound("s-1", 2, commercial=False, countries=["NL"])) == [("applied", "")]
    sound = Sound.objects.get(posts__external_id="p-2")
    assert (sound.commercial, sound.countries) == (False, ["NL"])
    assert sync(api, "sounds", hosting.sound("s-1", 3)) == [("applied", "")]
    assert sync(api, "deletions", {"kind": "sound", "external_id": "s-1", "version": 4}) == [("applied", "")]
    sound.refresh_from_db()
    assert sound.commercial is False


def test_a_reconciliation_deletes_nothing_that_is_not_confirmed(api: Api, host: Scope) -> None:
    sync(api, "posts", *(hosting.post(f"p-{n}", 1) for n in (2, 3, 4)))
    HostItem.objects.update(synced_at=clock.present().now() - timedelta(hours=1))
    path = f"/sync/reconciliations/{api.call('host', 'POST', '/sync/reconciliations', {'kind': 'post'}).body['id']}"

    def page(*external_ids: str, last: bool = False) -> Answer:
        return api.call("host", "POST", f"{path}/pages", {"external_ids": list(external_ids), "last": last})

    def confirm(extra: int) -> Answer:
        return api.call("host", "POST", f"{path}/confirmation", {"extra": extra})

    assert page("p-1", "p-77").body == {"missing": ["p-77"]}
    assert confirm(3).code == "reconciliation_closed"
    assert page("p-2", last=True).body == {"missing": []}
    assert page("p-3").code == "reconciliation_closed"
    sync(api, "posts", hosting.post("p-4", 2))  # Told of since: not extra any more.
    told = api.call("host", "GET", path).body
    assert (told["named"], told["missing"], told["extra"]) == (3, 1, 1)
    extra = api.call("host", "GET", f"{path}/extra").body["items"]
    assert [one["external_id"] for one in extra] == ["p-3"]
    assert confirm(2).code == "reconciliation_changed"
    assert post_of("p-3").deleted_at is None
    assert [one["verdict"] for one in confirm(1).body["items"]] == ["applied"]
    assert post_of("p-3").deleted_at is not None
    assert confirm(0).body == {"items": []}


def test_one_hosts_things_are_nothing_to_another(api: Api, host: Scope, town: Town, monkeypatch: Any) -> None:
    other = api.call("olu", "POST", "/hosts", {"name": "Crumb"}).body["id"]
    town.tokens["crumb"] = api.call("olu", "POST", f"/hosts/{other}/keys", {"label": "k"}).body["token"]
    path = f"/sync/reconciliations/{town.ids['reconciliation_id']}"

    assert api.call("crumb", "GET", path).status == 404
    assert api.call("crumb", "GET", "/sync/items", query={"kind": "post", "external_id": "p-1"}).status == 404
    assert api.call("crumb", "POST", "/hosts/sessions", {"account": "u-1"}).status == 404
    refused = api.call("crumb", "POST", "/sync/posts", {"items": [hosting.post("p-1", 9)]}).body["items"][0]
    assert refused["code"] == "sync_account_unknown"
    gone = {"kind": "post", "external_id": "p-1", "version": 9}
    api.call("crumb", "POST", "/sync/deletions", {"items": [gone]})
    assert post_of("p-1").deleted_at is None


def test_a_key_ends_and_is_none_of_the_other_apis(api: Api, host: Scope, town: Town) -> None:
    business = Client().get("/open_api/v1.3/user/info/", headers={"Access-Token": town.tokens["host"]})
    assert business.json()["code"] == 40105
    assert api.call("host", "GET", "/me").code == "host_may_not"
    assert api.call("host", "POST", "/tokens", {"label": "mine"}).code == "host_may_not"
    key_id = api.call("olu", "GET", "/hosts").body["items"][0]["keys"][-1]["id"]
    path = f"/hosts/{town.ids['host_id']}/keys/{key_id}"
    assert api.call("olu", "DELETE", path).status == 204
    assert api.call("host", "GET", "/sync/status").status == 401
    assert api.call("olu", "POST", "/hosts", {"name": "loaf  "}).status == 201
    assert api.call("olu", "POST", "/hosts", {"name": "Loaf"}).code == "host_name_taken"


def test_a_link_lets_its_person_in_once(api: Api, host: Scope) -> None:
    asked = {"account": "u-1", "post": "p-1"}
    first, second = (api.call("host", "POST", "/hosts/sessions", asked).body["path"] for _ in range(2))
    page, _, secret = second.partition("#")
    browser = Client()

    assert browser.get(page).status_code == 200
    looked = browser.post(page, {"secret": secret})
    assert ("Continue as Cleo" in looked.content.decode(), "_auth_user_id" in browser.session) == (True, False)
    stale = browser.post(page, {"secret": first.partition("#")[2], "confirm": "yes"})
    let_in = browser.post(page, {"secret": secret, "confirm": "yes"})
    again = Client().post(page, {"secret": secret, "confirm": "yes"})

    assert (stale.status_code, again.status_code) == (422, 422)
    assert (let_in.status_code, let_in.headers["Location"]) == (302, f"/studio/posts/{post_of('p-1').pk}/ads/")
    assert browser.get(let_in.headers["Location"]).status_code == 200
    assert browser.get(f"{PREFIX}/me/posts").json()["items"][0]["id"] == str(post_of("p-1").pk)
    assert api.call("host", "POST", "/hosts/sessions", {"account": "u-0", "post": "p-1"}).status == 404


def test_a_link_ends_after_five_minutes(api: Api, host: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    path = api.call("host", "POST", "/hosts/sessions", {"account": "u-1"}).body["path"]
    later = clock.present().now() + timedelta(minutes=5)
    monkeypatch.setattr("vonk.web.common.entering.now_of", lambda _request: later)

    page, _, secret = path.partition("#")
    assert Client().post(page, {"secret": secret, "confirm": "yes"}).status_code == 422


def test_the_ad_server_knows_of_a_hosts_adults_who_agreed_what_they_liked(api: Api, host: Scope, town: Town) -> None:
    sync(
        api,
        "accounts",
        hosting.account("u-2", 1, birth_year=None, age_band="18_24", personalised=True),
        hosting.account("u-3", 1, birth_year=None, age_band="18_24", personalised=False),
    )
    cleo, now = town.scopes["cleo"], clock.present().now()
    food = content_posts.publish(cleo, video_id=ready_video(cleo), caption="Bread #food", now=now)

    def claims(external_id: str) -> ViewerClaims:
        person, _ = queries.watcher(host, external_id)
        engagement.like(person, food, source=ORGANIC, now=now)
        token = api.call("host", "POST", "/hosts/viewer_tokens", {"account": external_id}).body["viewer_token"]
        found: ViewerClaims = showings.signer().read_viewer(token, now_ms=to_ms(now))
        return found

    agreed, not_agreed = claims("u-2"), claims("u-3")
    assert any("food" in one for one in agreed.behaviours), agreed
    assert agreed.audiences == ()
    assert (not_agreed.behaviours, not_agreed.audiences) == ((), None)
