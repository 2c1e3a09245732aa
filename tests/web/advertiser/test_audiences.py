"""Audiences as pages: made of a file or by a rule, used by an ad group, deleted; nobody's but the account's."""

import hashlib

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import AdGroup, CustomAudience

PAGE = "/advertiser/audiences/"


def file(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("customers.txt", "\n".join(lines).encode(), "text/plain")


def digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def test_a_file_becomes_an_audience_that_an_ad_group_uses(stage: Stage) -> None:
    ada, group_id = stage.browser("Ada"), stage.town.ad_group()
    sent = {"name": "Regulars", "source": "customers", "file": file(digest("vik@example.org"))}

    made = ada.post(f"{PAGE}new/", sent)

    audience = CustomAudience.objects.get()
    one = f"{PAGE}{audience.pk}/"
    assert (made.status_code, made.headers["Location"]) == (302, one)
    assert "Regulars Customers in a file Fewer than 100 Usable Nowhere" in text_of(ada.get(PAGE))
    ada.post(f"{one}use/", {"ad_group": str(group_id), "how": "out"})
    limits = AdGroup.objects.get(pk=group_id).targeting["limits"]
    assert (limits.get("audiences_out"), limits.get("audiences", [])) == ([str(audience.pk)], [])
    assert "Neighbours kept out" in text_of(ada.get(one))
    ada.post(f"{one}use/", {"ad_group": str(group_id), "how": "not"})
    assert AdGroup.objects.get(pk=group_id).targeting["limits"].get("audiences_out", []) == []
    gone = ada.post(f"{one}delete/")
    assert (gone.headers["Location"], ada.get(one).status_code) == (PAGE, 404)


def test_addresses_as_they_are_and_missing_answers_are_refused(stage: Stage) -> None:
    ada = stage.browser("Ada")
    plain = ada.post(f"{PAGE}new/", {"name": "Plain", "source": "customers", "file": file("vik@example.org")})
    empty = ada.post(f"{PAGE}new/", {"name": "Rule", "source": "ad_groups", "days": ""})

    assert plain.status_code == empty.status_code == 422
    assert "vik@example.org" not in text_of(plain)
    assert "Say in how many days." in text_of(empty)
    assert "Choose at least one." in text_of(empty)
    assert CustomAudience.objects.count() == 0


def test_a_rule_becomes_an_audience_and_a_stranger_sees_none_of_it(stage: Stage) -> None:
    ada, mallory, group_id = stage.browser("Ada"), stage.browser("Mallory"), stage.town.ad_group()
    rule = {
        "name": "Fans",
        "source": "ad_groups",
        "deeds": ["like", "follow"],
        "days": "30",
        "ad_groups": [str(group_id)],
    }

    ada.post(f"{PAGE}new/", rule)

    audience = CustomAudience.objects.get()
    one = f"{PAGE}{audience.pk}/"
    (condition,) = audience.rule["included"]
    assert (condition["days"], condition["deeds"], condition["source_ids"]) == (30, ["like", "follow"], [group_id])
    assert mallory.get(one).status_code == 404
    assert mallory.post(f"{one}delete/").status_code == 404
    assert mallory.post(f"{one}use/", {"ad_group": str(group_id), "how": "in"}).status_code == 404
    assert "No audiences yet" in text_of(mallory.get(PAGE))
    assert CustomAudience.objects.get().deleted_at is None
