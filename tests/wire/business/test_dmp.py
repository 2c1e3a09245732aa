"""Audiences by the business API: of digests, by rules, used by ad groups, shared, saved; who is in one is told to nobody."""

import hashlib
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.wire.business.conftest import Business, Said
from tests.wire.conftest import Town, ready_video
from vonk.advertising.actions import lookalikes
from vonk.advertising.models import AudienceAct, CustomAudience, CustomerFile
from vonk.advertising.queries import custom_audiences
from vonk.advertising.rules import custom_audiences as rules
from vonk.advertising.rules.lookalikes import Size
from vonk.content.actions import engagement, posts
from vonk.content.models import Profile
from vonk.content.rules import ORGANIC, Source
from vonk.control import clock
from vonk.control.models import AuditEntry, Publication
from vonk.control.scope import PLATFORM, Right, Via
from vonk.core.clock import to_ms
from vonk.core.ids import new_id
from vonk.delivery.snapshot import AdGroupDocument, Limits
from vonk.identity import access
from vonk.identity.actions import accounts
from vonk.identity.models import Person
from vonk.privacy.actions import erasures
from vonk.reporting import viewers
from vonk.reporting.models import Conversion

FIELDS = {
    "audience_id", "name", "audience_type", "audience_sub_type", "calculate_type", "cover_num", "is_valid", "is_expiring",
    "is_auto_refresh", "is_creator", "shared", "owner_id", "rule", "lookalike_spec", "msg", "error_msg", "create_time",
    "expired_time",
}  # fmt: skip
RULE = "dmp/custom_audience/rule/create"


def digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


class Audiences:
    """Calls dmp/* as one of the cast, for their ad account."""

    def __init__(self, business: Business, who: str, account: str) -> None:
        self.business, self.who, self.account = business, who, account

    def post(self, path: str, **asked: Any) -> Said:
        return self.business.post(self.who, f"dmp/{path}", advertiser_id=self.account, **asked)

    def get(self, path: str, **asked: Any) -> Said:
        return self.business.get(self.who, f"dmp/{path}", advertiser_id=self.account, **asked)

    def upload(self, body: bytes, kind: str = "EMAIL_SHA256", md5: str | None = None) -> Said:
        signature = hashlib.md5(body, usedforsecurity=False).hexdigest() if md5 is None else md5
        path = "dmp/custom_audience/file/upload"
        asked: dict[str, Any] = {"advertiser_id": self.account, "calculate_type": kind, "file_signature": signature}
        return self.business.post(self.who, path, files={"file": body}, **asked)

    def file(self, *digests: str, kind: str = "EMAIL_SHA256") -> str:
        path: str = self.upload("\r\n".join(digests).encode(), kind).data["file_path"]
        return path

    def create(self, *paths: str, kind: str = "EMAIL_SHA256", **asked: Any) -> Said:
        wanted = {"custom_audience_name": "Customers", "file_paths": list(paths), "calculate_type": kind, **asked}
        return self.post("custom_audience/create", **wanted)

    def by_rule(self, audience_type: str, *wanted: dict[str, Any], **asked: Any) -> Said:
        spec = {"inclusion_rule_set": {"operator": "OR", "rules": list(wanted)}}
        named = {"custom_audience_name": "Engaged", "audience_type": audience_type, "rule_spec": spec}
        return self.post("custom_audience/rule/create", **{**named, **asked})

    def one(self, audience_id: str) -> Any:
        (row,) = self.get("custom_audience/list", custom_audience_ids=[audience_id]).data["list"]
        return row


@pytest.fixture
def ada(business: Business, town: Town) -> Audiences:
    return Audiences(business, "ada", town.ids["account_id"])


def crowd(count: int, **changed: Any) -> list[str]:
    """People who agreed to personalised ads; return their addresses."""
    values = {"personalised": True, "born_on": date(1990, 5, 17), "joined_at": clock.present().now(), **changed}
    addresses = [f"{number}-{new_id()}@example.org" for number in range(count)]
    Person.objects.bulk_create(
        Person(email=one, email_sha256=digest(one), display_name="Somebody", **values) for one in addresses
    )
    return addresses


def test_customers_are_digests_counted_in_tens(ada: Audiences, business: Business, town: Town) -> None:
    addresses = crowd(117)
    silent = crowd(20, personalised=False)
    young = crowd(20, born_on=date(clock.present().now().year - 15, 1, 1))
    known = [digest(one) for one in addresses]
    refused = {
        "a plain address": (ada.upload(f"{known[0]}\nvik@example.org".encode()), 40062),
        "a plain number": (ada.upload(b"+31 6 1234 5678", "PHONE_SHA256"), 40062),
        "a broken digest": (ada.upload(f"{known[0]}\n{'g' * 64}".encode()), 40909),
        "another kind": (ada.upload(b"0" * 32), 40909),
        "nothing": (ada.upload(b"\n\n"), 40906),
        "changed on its way": (ada.upload(known[0].encode(), md5="0" * 32), 40900),
        "several kinds": (ada.upload(known[0].encode(), "MULTIPLE_TYPES"), 40002),
        "too long": (ada.upload("\n".join(f"{one:064x}" for one in range(100_001)).encode()), 40907),
        "too large": (ada.upload(b" " * (10 * 1_048_576 + 1)), 40907),
    }
    assert {what: said.code for what, (said, _) in refused.items()} == {
        what: code for what, (_, code) in refused.items()
    }
    assert "vik@" not in refused["a plain address"][0].message
    assert not CustomerFile.objects.exists()

    path = ada.file(*(one.upper() for one in known[:100]), known[0], "", "0" * 64)
    made = ada.create(path, request_id="7").data["custom_audience_id"]
    assert ada.create(path, request_id="7").data["custom_audience_id"] == made
    row = ada.one(made)
    assert row.keys() == FIELDS
    assert (row["cover_num"], row["calculate_type"], row["audience_type"]) == (100, "EMAIL_SHA256", "Customer File")
    assert (row["is_valid"], row["is_creator"], row["shared"], row["owner_id"]) == (True, True, False, ada.account)

    def change(action: str, *digests: str) -> int:
        asked = {"custom_audience_id": made, "action": action, "file_paths": [ada.file(*digests)]}
        assert ada.post("custom_audience/update", **asked).code == 0
        count: int = ada.one(made)["cover_num"]
        return count

    assert change("APPEND", *known[100:], *(digest(one) for one in (*silent, *young))) == 110  # 117 of 157.
    assert change("REMOVE", *known[:10]) == 100
    assert change("REMOVE", *known[10:20]) == 0  # Fewer than 100 are nobody.
    assert change("REPLACE", *known) == 110
    wanted = {"custom_audience_id": made, "file_paths": [ada.file(*known)], "action": "REMOVE"}
    assert ada.post("custom_audience/update", **wanted).code == 40002  # Nobody would be left.
    assert ada.post("custom_audience/update", custom_audience_id=made, custom_audience_name="Regulars").code == 0
    assert (ada.one(made)["name"], ada.one(made)["cover_num"]) == ("Regulars", 110)

    phones = ada.file(*known, kind="PHONE_SHA256")
    other = ada.create(phones, kind="PHONE_SHA256", retention_in_days=3).data["custom_audience_id"]
    row = ada.one(other)
    assert (row["cover_num"], row["is_expiring"]) == (0, True)  # Numbers match nobody.
    cases = {
        "mixed kinds": (ada.create(phones), 40909),
        "nobody's file": (ada.create("1"), 40905),
        "no file": (ada.create("bread"), 40905),
        "too long a name": (ada.create(path, custom_audience_name="x" * 129), 40002),
        "too long a time": (ada.create(path, retention_in_days=366), 40002),
        "nothing to change": (ada.post("custom_audience/update", custom_audience_id=made), 40002),
        "not mine": (ada.post("custom_audience/delete", custom_audience_ids=[made, "1"]), 40007),
        "a page too long": (ada.get("custom_audience/list", page_size=101), 40002),
    }
    assert {what: said.code for what, (said, _) in cases.items()} == {what: code for what, (_, code) in cases.items()}

    (details,) = ada.get("custom_audience/get", custom_audience_ids=[made, "1"], history_size=2).data["list"]
    assert details["audience_details"] == ada.one(made)
    assert [(act["action"], act["action_detail"]) for act in details["audience_history"]] == [
        ("CHANGED", {"name": "Regulars"}),
        ("CHANGED", {"action": "replace", "digests": 117}),
    ]
    everything = str([list(AudienceAct.objects.values()), list(AuditEntry.objects.values())])
    assert not [one for one in known if one in everything]
    assert ada.post("custom_audience/delete", custom_audience_ids=[made, other]).data == {}
    assert ada.get("custom_audience/list").data["list"] == []
    assert [bytes(one) for one in CustomAudience.objects.values_list("digests", flat=True)] == [b"", b""]
    assert business.get("mallory", "dmp/custom_audience/list", advertiser_id=town.ids["account_id"]).code == 40001


def test_rules_count_who_did_what_and_agreed(ada: Audiences, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TOLD_FROM", 1)
    monkeypatch.setattr(rules, "_TOLD_STEP", 1)
    ids, now = town.ids, clock.present().now()
    vik, olu, mallory = (town.scopes[name] for name in ("vik", "olu", "mallory"))
    Person.objects.filter(pk__in=[vik.person, olu.person]).update(personalised=True)
    whose = Profile.objects.get(owner_id=town.scopes["ada"].person).pk
    baker = town.scopes["ada profile"]
    post = posts.publish(baker, video_id=ready_video(baker), caption="Dough", now=now)
    for who, source in ((vik, ORGANIC), (mallory, ORGANIC), (olu, Source(ad_id=int(ids["ad_id"])))):
        engagement.like(who, int(ids["post_id"]), source=source, now=now)
        engagement.like(who, post, source=ORGANIC, now=now)
        engagement.follow(who, whose, source=ORGANIC, now=now)
    engagement.comment(vik, post, "Lovely!", source=ORGANIC, now=now)
    Conversion.objects.create(
        pixel_id=int(ids["pixel_id"]),
        event_id="1",
        account_id=int(ids["account_id"]),
        name="purchase",
        at_ms=to_ms(now - timedelta(days=3)),
        received_ms=to_ms(now),
        source="server",
        viewer_id=Person.objects.get(pk=vik.person).pseudonym,
    )
    clock.start_at(now + timedelta(hours=1))

    def event(value: str, days: int = 7, **asked: Any) -> dict[str, Any]:
        only = {"field": "EVENT", "operator": "EQ", "value": value}
        return {"retention_days": days, "filter_set": {"operator": "OR", "filters": [only]}, **asked}

    def count(audience_type: str, *wanted: dict[str, Any], **asked: Any) -> int:
        said = ada.by_rule(audience_type, *wanted, **asked)
        assert said.code == 0, said.message
        made = said.data["custom_audience_id"]
        number: int = ada.one(made)["cover_num"]
        monkeypatch.setattr(custom_audiences, "named_when_live", lambda: (frozenset({int(made)}), frozenset()))
        present = clock.present().now()
        met = [viewers.claims(who, profiles=(), now=present, lives_ms=1).audiences for who in (vik, olu, mallory)]
        assert met.count((int(made),)) == number, "Who is counted is who is met."
        assert met[2] is None, "Of who did not agree nobody looks."
        return number

    pixel: dict[str, Any] = {"event_source_ids": [ids["pixel_id"]]}
    group: dict[str, Any] = {"event_source_ids": [ids["ad_group_id"]]}
    assert count("ENGAGEMENT", {"retention_days": 30}) == 1
    assert count("ENGAGEMENT", event("LIKE", **group)) == 1
    assert count("ENGAGEMENT", event("COMMENT")) == 0
    assert count("PIXEL", event("COMPLETE PAYMENT", **pixel)) == 1
    assert count("PIXEL", event("PIXEL_COMPLETE_PAYMENT", 2, **pixel)) == 0
    assert count("PIXEL", event("PAGE BROWSE", **pixel)) == 0
    assert count("PIXEL", {"retention_days": 7, **pixel}) == 1
    bought = {"operator": "OR", "rules": [event("COMPLETE PAYMENT", **pixel)]}
    spec = {"inclusion_rule_set": bought, "exclusion_rule_set": bought}
    assert count("PIXEL", rule_spec=spec) == 0
    mine = {"identity_type": "TT_USER", "identity_id": str(whose)}
    assert count("BUSINESS_ACCOUNT", event("BUSINESS ACCOUNT PROFILE FOLLOW"), **mine) == 2  # Mallory did not agree.
    assert count("BUSINESS_ACCOUNT", event("BUSINESS ACCOUNT ENGAGEMENT"), **mine) == 2
    assert count("BUSINESS_ACCOUNT", {"retention_days": 7, "event_source_ids": [str(whose)]}, **mine) == 2
    at_post: dict[str, Any] = {"event_source_ids": [str(post)]}
    organic = ada.by_rule("ENGAGEMENT_ORGANIC_VIDEO", event("COMMENT", **at_post), **mine).data["custom_audience_id"]
    assert ada.one(organic)["cover_num"] == 1
    told = ada.one(organic)["rule"]["inclusion_rule_set"]["rules"][0]
    assert (told["event_source_ids"], told["retention_days"]) == ([str(post)], 7)
    still = ada.by_rule("ENGAGEMENT", event("LIKE"), is_auto_refresh=False).data["custom_audience_id"]
    erasures.erase(vik, vik.person, now=now)
    assert ada.one(organic)["cover_num"] == 0
    clock.start_at(now + timedelta(days=20))
    assert (ada.one(still)["cover_num"], ada.one(organic)["is_auto_refresh"]) == (1, True)
    sharing = {"custom_audience_ids": [organic], "shared_advertiser_ids": [ids["account_id"]]}
    assert ada.post("custom_audience/share", **sharing).code == 40002
    own = {"identity_type": "BC_AUTH_TT", "identity_id": ids["profile_id"]}
    theirs: dict[str, Any] = {"event_source_ids": [ids["post_id"]]}
    refused = {
        "views": (ada.by_rule("ENGAGEMENT", event("PLAY 2S")), 40002),
        "farther back than kept": (ada.by_rule("PIXEL", event("PAGE BROWSE", 60, **pixel)), 40002),
        "parameters": (
            ada.by_rule("PIXEL", {"retention_days": 7, **pixel, "filter_set": {"operator": "OR", "filters": [
                {"field": "EVENT", "operator": "EQ", "value": "SEARCH", "parameter_filters": [{"field": "URL"}]}]}}), 40002),
        "no rule": (ada.by_rule("ENGAGEMENT"), 40002),
        "nobody's ad group": (ada.by_rule("ENGAGEMENT", event("LIKE", event_source_ids=["1"])), 40007),
        "nobody's pixel": (ada.by_rule("PIXEL", event("SEARCH", event_source_ids=["1"])), 40007),
        "no pixel": (ada.by_rule("PIXEL", event("SEARCH")), 40002),
        "apps": (ada.by_rule("APP", event("INSTALL")), 40002),
        "live": (ada.by_rule("ENGAGEMENT_LIVE_VIDEO", event("LIVE VIDEO VIEW")), 40002),
        "nobody's followers": (ada.by_rule("BUSINESS_ACCOUNT", event("PROFILE FOLLOW")), 40002),
        "a post of somebody else": (ada.by_rule("ENGAGEMENT_ORGANIC_VIDEO", event("LIKE", **theirs), **mine), 40007),
        "by a code alone": (ada.by_rule("BUSINESS_ACCOUNT", event("FOLLOW"), **{**own, "identity_type": "AUTH_CODE"}), 40002),
        "not granted": (ada.by_rule("BUSINESS_ACCOUNT", event("FOLLOW"), **own, identity_authorized_bc_id="1"), 40007),
    }  # fmt: skip
    assert {what: said.code for what, (said, _) in refused.items()} == {
        what: code for what, (_, code) in refused.items()
    }


def test_ad_groups_name_audiences_and_keep_them_out(ada: Audiences, business: Business, town: Town) -> None:
    ids, now = town.ids, clock.present().now()
    other = access.advertiser(
        access.Actor(town.scopes["ada"].person, Via.PLATFORM_API),
        accounts.open_account(
            town.scopes["ada"],
            organisation_name="Ada's shop",
            name="Cake",
            currency="EUR",
            time_zone="Europe/Amsterdam",
            country="NL",
            advertiser_name="Ada's shop",
            payer_name="Ada's shop",
            now=now,
        ),
        may=Right.CAMPAIGN_EDIT,
    )
    cake = Audiences(business, "ada", str(other.account))
    made = ada.create(ada.file(digest("vik@example.org"))).data["custom_audience_id"]
    group = ids["ad_group_id"]

    def document() -> AdGroupDocument:
        body = Publication.objects.get(kind="ad_group", object_id=int(group)).document or ""
        return msgspec.json.decode(body, type=AdGroupDocument)

    def apply(who: Audiences = ada, **asked: Any) -> int:
        wanted = {"custom_audience_id": made, "adgroup_ids": [group], "action_mode": "Apply", **asked}
        return who.post("custom_audience/apply", **wanted).code

    def shown() -> tuple[list[str], list[str], str]:
        (row,) = business.get("ada", "adgroup/get", advertiser_id=ada.account, filtering={"adgroup_ids": [group]}).data[
            "list"
        ]
        return row["audience_ids"], row["excluded_audience_ids"], row["secondary_status"]

    before = shown()
    assert before[:2] == ([], [])
    assert apply() == 40002  # How is it used?
    assert apply(usage_mode="Include", adgroup_ids=[group, "1"]) == 40007
    assert apply(usage_mode="Include", custom_audience_id="1") == 40007
    assert shown() == before
    assert apply(usage_mode="Include") == 0
    assert apply(usage_mode="Include") == 0  # Twice is once.
    included = shown()
    assert included[:2] == ([made], [])
    assert document().targeting.limits.audiences == (made,)
    assert apply(usage_mode="Exclude") == 0
    assert shown()[:2] == ([], [made])
    kept_out = document().targeting.limits
    assert (kept_out.audiences, kept_out.audiences_out) == ((), (made,))
    assert kept_out.audiences_since_ms <= to_ms(clock.present().now()) < kept_out.audiences_until_ms
    assert apply(action_mode="Disconnect") == 0
    assert shown() == before
    assert document().targeting.limits == Limits()
    log = ada.get("custom_audience/apply/log", custom_audience_ids=[made], page_size=1).data
    assert log["page_info"]["total_number"] == 4
    assert [(row["adgroup_id"], row["action_mode"], row["usage_mode"]) for row in log["list"]] == [
        (group, "Disconnect", None)
    ]

    assert apply(cake, usage_mode="Include", adgroup_ids=[]) == 40002
    assert cake.get("custom_audience/apply/log", custom_audience_ids=[made]).code == 40007
    sharing = {"custom_audience_ids": [made], "shared_advertiser_ids": [cake.account]}
    assert (
        ada.post("custom_audience/share", **{**sharing, "shared_advertiser_ids": [town.ids["organisation_id"]]}).code
        == 40007
    )
    assert ada.post("custom_audience/share", **sharing).code == 0
    assert ada.post("custom_audience/share", **sharing).code == 0
    assert ada.one(made)["shared"]
    lent = cake.one(made)
    assert (lent["is_creator"], lent["owner_id"], lent["rule"]) == (False, ada.account, None)
    assert cake.post("custom_audience/delete", custom_audience_ids=[made]).code == 40001
    assert cake.post("custom_audience/update", custom_audience_id=made, custom_audience_name="Mine").code == 40001
    assert cake.get("custom_audience/share/log", custom_audience_id=made).data["list"] == []
    cancel = {"custom_audience_id": made, "shared_advertiser_id": cake.account}
    assert ada.post("custom_audience/share/cancel", **cancel).code == 0
    assert ada.post("custom_audience/share/cancel", **cancel).code == 40007
    assert cake.get("custom_audience/list").data["list"] == []
    rows = ada.get("custom_audience/share/log", custom_audience_id=made).data["list"]
    assert [(row["action"], row["shared_advertiser_id"]) for row in rows] == [
        ("CANCEL", cake.account),
        ("SHARE", cake.account),
    ]


def test_targeting_is_saved_and_given_back(ada: Audiences) -> None:
    targeting = {
        "location_ids": ["2750405"],
        "age_groups": ["AGE_25_34"],
        "gender": "GENDER_FEMALE",
        "languages": ["nl"],
        "device_price_ranges": [0, 100],
        "spending_power": "HIGH",
    }
    first = ada.post("saved_audience/create", saved_audience_name=" Neighbours ", **targeting).data["saved_audience_id"]
    second = ada.post("saved_audience/create", saved_audience_name="Everybody").data["saved_audience_id"]
    listed = ada.get("saved_audience/list").data
    assert [one["saved_audience_id"] for one in listed["saved_audiences"]] == [second, first]
    assert listed["page_info"]["total_number"] == 2
    (row,) = ada.get("saved_audience/list", saved_audience_ids=[first]).data["saved_audiences"]
    assert {name: row[name] for name in targeting} == targeting
    assert (row["saved_audience_name"], row["audience_ids"]) == ("Neighbours", [])
    for refused in ({"saved_audience_name": ""}, {"location_ids": ["1"]}, {"gender": "X"}):
        assert ada.post("saved_audience/create", **{"saved_audience_name": "A", **refused}).code == 40002
    assert ada.post("saved_audience/delete", saved_audience_ids=[first, "1"]).code == 40007
    assert ada.post("saved_audience/delete", saved_audience_ids=[first]).code == 0
    assert [one["saved_audience_id"] for one in ada.get("saved_audience/list").data["saved_audiences"]] == [second]


def test_a_viewer_is_told_of_the_audiences_that_live_ad_groups_name(ada: Audiences, town: Town) -> None:
    ids, now = town.ids, clock.present().now()
    vik = town.scopes["vik"]
    Person.objects.filter(pk=vik.person).update(personalised=True)
    address = Person.objects.get(pk=vik.person).email
    customers, others = (
        ada.create(ada.file(digest(one))).data["custom_audience_id"] for one in (address, "nobody@example.org")
    )
    likes = lookalikes.make(
        town.scopes["ada"], name="Alike", source_audience_id=int(customers), size=Size.NARROW, countries=["NL"], now=now
    )
    (waiting,) = lookalikes.waiting(5)
    view = custom_audiences.serving([waiting], now=now)[0]
    assert (waiting, view.source.value) == (likes, "lookalike")
    assert view.likeness is not None
    assert lookalikes.fill(PLATFORM, likes, view.likeness, [vik.person], now=now)
    assert lookalikes.waiting(5) == []
    assert not lookalikes.fill(PLATFORM, likes, view.likeness, [], now=now), "It is made already."

    def told() -> tuple[int, ...] | None:
        return viewers.claims(vik, profiles=(), now=now, lives_ms=1).audiences

    assert told() == ()  # Nobody names one.
    for audience, usage in ((customers, "Exclude"), (others, "Include"), (str(likes), "Include")):
        asked = {"custom_audience_id": audience, "adgroup_ids": [ids["ad_group_id"]], "action_mode": "Apply"}
        assert ada.post("custom_audience/apply", **asked, usage_mode=usage).code == 0
    assert told() == (int(customers), likes), "What is kept out comes first."
    assert ada.post("custom_audience/delete", custom_audience_ids=[others]).code == 0
    body = Publication.objects.get(kind="ad_group", object_id=int(ids["ad_group_id"])).document or ""
    served = msgspec.json.decode(body, type=AdGroupDocument).targeting
    assert served.unmet == ("audience_ids",), "What is gone can be judged by nobody: shown to nobody."
    erasures.erase(vik, vik.person, now=now)
    assert bytes(CustomAudience.objects.get(pk=likes).digests) == b""
