"""The Business Center: Ada lets Vik in, gives and takes; Mallory's agency becomes a partner; nobody else gets in."""

import re

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.web.creator.stage import CAST, Stage, text_of
from vonk.control.models import AuditEntry
from vonk.identity.models import (
    AdAccount,
    Letter,
    MemberInvitation,
    Membership,
    Organisation,
    OrganisationMember,
    Partnership,
    Share,
    ShareAssignment,
)


def organisation_of(stage: Stage, account_id: int | None = None) -> int:
    return AdAccount.objects.get(pk=account_id or stage.town.ada.account).organisation_id


def url(name: str, *ids: int) -> str:
    return reverse(f"advertiser:business{name}", args=ids)


def letter() -> Letter:
    return Letter.objects.order_by("-pk").first() or pytest.fail("Nobody was written to.")


def invite(stage: Stage, email: str = "vik@example.org", role: str = "standard") -> str:
    """Ada invites somebody; return the secret of the letter."""
    answer = stage.browser("Ada").post(url("_people", organisation_of(stage)), {"email": email, "role": role})
    assert answer.status_code == 302, text_of(answer)
    found = re.search(r"/join/#(\S+)", letter().body)
    assert found is not None
    return found[1]


def join(browser: Client, secret: str) -> HttpResponseBase:
    assert browser.post(url("_join"), {"secret": secret}).status_code == 302
    return browser.post(url("_join_accept"))


def test_vik_is_invited_joins_and_is_given_an_account(stage: Stage) -> None:
    organisation_id, ada, vik = organisation_of(stage), stage.browser("Ada"), stage.browser("Vik")
    person_id = stage.town.world.people["Vik"].person
    secret = invite(stage)
    assert letter().address == "vik@example.org"
    nobody = stage.browser(None)
    assert nobody.post(url("_join"), {"secret": secret}).status_code == 302
    told = text_of(nobody.get(url("_join")))
    assert ("Sign in" in told, "vik@example.org" in told, secret in told) == (True, True, False)

    joined = join(vik, secret)
    assert (joined.status_code, joined.headers["Location"]) == (302, url("", organisation_id))
    overview = text_of(vik.get(url("", organisation_id)))
    assert "Nothing is assigned to you yet. Ada can assign" in overview
    assert vik.get("/advertiser/campaigns/").status_code == 302  # To open an account: none is theirs.

    given = ada.post(
        url("_person_account", organisation_id, person_id), {"target": stage.town.ada.account, "role": "analyst"}
    )
    assert given.status_code == 302
    page = text_of(ada.get(url("_person", organisation_id, person_id)))
    assert "Analyst, given in the account itself" in page
    assert vik.get("/advertiser/campaigns/").status_code == 200
    refused = vik.get("/advertiser/campaigns/new/")
    assert refused.status_code == 403
    assert "Ada can give it to you" in text_of(refused)

    ada.post(url("_person", organisation_id, person_id), {"role": "standard", "finance_role": "manager"})
    assert "Finance manager, from the role in" in text_of(ada.get(url("_person", organisation_id, person_id)))
    ada.post(url("_person_account", organisation_id, person_id), {"target": stage.town.ada.account, "take_back": "1"})
    only = text_of(ada.get(url("_person", organisation_id, person_id)))
    assert ("given in the account" in only, "Take back" in only) == (False, False)
    removed = ada.post(url("_person_remove", organisation_id, person_id))
    assert removed.status_code == 302
    assert (vik.get(url("", organisation_id)).status_code, Membership.objects.filter(person_id=person_id).count()) == (
        404,
        0,
    )
    assert letter().subject.startswith("You no longer belong to")


def test_an_invitation_is_for_its_address_once_and_for_a_week(stage: Stage) -> None:
    organisation_id, ada = organisation_of(stage), stage.browser("Ada")
    first = invite(stage)
    mallory = stage.browser("Mallory")
    mallory.post(url("_join"), {"secret": first})
    assert "the invitation is for vik@example.org" in text_of(mallory.get(url("_join")))
    assert mallory.post(url("_join_accept")).status_code == 403
    again = ada.post(url("_people", organisation_id), {"email": "VIK@example.org", "role": "admin"})
    assert (again.status_code, "invited already" in text_of(again)) == (422, True)

    invitation_id = MemberInvitation.objects.get().pk
    ada.post(url("_invitation_resend", organisation_id, invitation_id))
    replaced = stage.browser("Vik").post(url("_join"), {"secret": first})
    assert (replaced.status_code, "There is no such invitation" in text_of(replaced)) == (422, True)
    ada.post(url("_invitation_withdraw", organisation_id, invitation_id))
    found = re.search(r"/join/#(\S+)", Letter.objects.order_by("-pk")[0].body)
    assert found is not None
    assert stage.browser("Vik").post(url("_join"), {"secret": found[1]}).status_code == 422
    assert OrganisationMember.objects.filter(organisation_id=organisation_id).count() == 1


def test_the_last_admin_stays(stage: Stage) -> None:
    organisation_id, ada = organisation_of(stage), stage.browser("Ada")
    person_id = stage.town.ada.person

    left = ada.post(url("_leave", organisation_id))
    lowered = ada.post(url("_person", organisation_id, person_id), {"role": "standard", "finance_role": ""})
    removed = ada.post(url("_person_remove", organisation_id, person_id))

    assert [one.status_code for one in (left, lowered, removed)] == [409, 422, 409]
    assert "Make another member an admin first" in text_of(lowered)
    assert OrganisationMember.objects.get(organisation_id=organisation_id).role == "admin"


def test_an_agency_works_as_far_as_it_was_shared(stage: Stage) -> None:
    ours, ada, mallory = organisation_of(stage), stage.browser("Ada"), stage.browser("Mallory")
    agency = stage.town.world.account("Mallory", "Mallory's agency").account
    theirs = organisation_of(stage, agency)
    asked = ada.post(url("_partners", ours), {"partner": str(theirs)})
    partnership_id = Partnership.objects.get().pk
    early = ada.post(
        url("_share_account", ours, partnership_id), {"target": stage.town.ada.account, "role": "operator"}
    )
    assert (asked.status_code, early.status_code) == (302, 409)
    assert "asks to be" in text_of(mallory.get(url("", theirs)))
    assert mallory.post(url("_partner_accept", theirs, partnership_id)).status_code == 302
    shared = ada.post(
        url("_share_account", ours, partnership_id), {"target": stage.town.ada.account, "role": "operator"}
    )
    share_id = Share.objects.get().pk
    assert shared.status_code == 302
    page = mallory.get(url("_partner", theirs, partnership_id))
    assert "up to Operator" in text_of(page)
    assert page.content.decode().count('value="admin"') == 1  # To share their own: not to assign what is shared.

    too_much = mallory.post(
        url("_share_assign", theirs, share_id), {"person": stage.town.world.people["Mallory"].person, "role": "admin"}
    )
    assigned = mallory.post(
        url("_share_assign", theirs, share_id),
        {"person": stage.town.world.people["Mallory"].person, "role": "operator"},
    )
    assert (too_much.status_code, assigned.status_code) == (422, 302)
    assert ShareAssignment.objects.get().role == "operator"
    mallory.post(f"/advertiser/accounts/{stage.town.ada.account}/")
    assert mallory.get("/advertiser/campaigns/new/").status_code == 200
    assert "Operator, assigned by the partner" in text_of(
        ada.get(reverse("advertiser:business_account", args=[ours, stage.town.ada.account]))
    )
    ada.post(url("_partner_end", ours, partnership_id))
    assert mallory.post(f"/advertiser/accounts/{stage.town.ada.account}/").status_code == 404
    assert (Share.objects.count(), ShareAssignment.objects.count()) == (0, 0)


def test_a_further_account_and_a_new_name(stage: Stage) -> None:
    organisation_id, ada = organisation_of(stage), stage.browser("Ada")
    sent = {
        "name": "Cakes",
        "country": "NL",
        "currency": "USD",
        "time_zone": "UTC",
        "advertiser_name": "Ada",
        "payer_name": "Ada",
    }
    wrong = ada.post(url("_account_new", organisation_id), {**sent, "currency": "XXX"})
    opened = ada.post(url("_account_new", organisation_id), sent)
    renamed = ada.post(url("", organisation_id), {"name": "Ada's bakeries"})

    assert [one.status_code for one in (wrong, opened, renamed)] == [422, 302, 302]
    assert Organisation.objects.get(pk=organisation_id).name == "Ada's bakeries"
    assert AdAccount.objects.get(name="Cakes").organisation_id == organisation_id
    assert "Cakes" in text_of(ada.get(url("_accounts", organisation_id)))


def test_every_page_and_act_as_each_of_the_cast(stage: Stage) -> None:
    organisation_id = organisation_of(stage)
    join(stage.browser("Vik"), invite(stage))
    account_id, person_id = stage.town.ada.account, stage.town.ada.person
    open_to_members = [url("", organisation_id), url("_accounts", organisation_id)]
    of_admins = [
        url("_people", organisation_id),
        url("_person", organisation_id, person_id),
        url("_account_new", organisation_id),
        url("_account", organisation_id, account_id),
        url("_partners", organisation_id),
    ]
    acts = {
        url("_people", organisation_id): {"email": "new@example.org", "role": "admin"},
        url("_person", organisation_id, person_id): {"role": "standard"},
        url("_person_remove", organisation_id, person_id): {},
        url("_person_account", organisation_id, person_id): {"target": str(account_id), "role": "analyst"},
        url("_person_creator", organisation_id, person_id): {"target": "7"},
        url("_account_new", organisation_id): {},
        url("_partners", organisation_id): {"partner": "7"},
        url("_partner_accept", organisation_id, 7): {},
        url("_partner_end", organisation_id, 7): {},
        url("_share_account", organisation_id, 7): {},
        url("_share_creator", organisation_id, 7): {},
        url("_share_end", organisation_id, 7): {},
        url("_share_assign", organisation_id, 7): {},
        url("_invitation_resend", organisation_id, 7): {},
        url("_invitation_withdraw", organisation_id, 7): {},
    }
    before = AuditEntry.objects.count()
    for person in CAST:
        browser = stage.browser(person)
        outsider = {"Ada": 200, "Vik": 403}.get(person, 404)
        inside = 200 if person in {"Ada", "Vik"} else 404
        assert {page: browser.get(page).status_code for page in open_to_members} == dict.fromkeys(
            open_to_members, inside
        )
        assert {page: browser.get(page).status_code for page in of_admins} == dict.fromkeys(of_admins, outsider)
        if person != "Ada":
            assert {page: browser.post(page, sent).status_code for page, sent in acts.items()} == dict.fromkeys(
                acts, outsider
            )
            assert browser.post(url("", organisation_id), {"name": "Mine"}).status_code == outsider
    nobody = stage.browser(None)
    assert {nobody.get(page).status_code for page in [*open_to_members, *of_admins]} == {302}
    assert {nobody.post(page, sent).status_code for page, sent in acts.items()} == {401}
    vik = text_of(stage.browser("Vik").get(url("", organisation_id)))
    assert ("Rename" in vik, "Partners" in vik) == (False, False)
    assert AuditEntry.objects.count() == before


def test_the_switcher_groups_accounts_by_organisation(stage: Stage) -> None:
    stage.town.world.account("Ada", "Ada's cakes")
    browser = stage.browser("Ada")
    browser.post(f"/advertiser/accounts/{stage.town.ada.account}/")

    page = browser.get("/advertiser/").content.decode()

    assert page.count('class="a-group"') == 2
    assert stage.browser("Ada").get(url("es")).status_code == 200
    assert stage.browser("Vik").get(url("es")).status_code == 200
