"""Olu finds an ad account, stops it with its ads, and lets it go on; nobody else does."""

from django.urls import reverse

from tests.web.creator.stage import CAST, Stage, text_of
from vonk.control import publications
from vonk.control.models import AuditEntry
from vonk.delivery.snapshot import DocumentKind
from vonk.identity.models import AdAccount, Letter, OrganisationMember


def test_a_suspension_stops_ads_and_lifting_it_brings_them_back(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    account_id, olu = stage.town.ada.account, stage.browser("Olu")
    shown = {kind: publications.published(kind) for kind in (DocumentKind.CAMPAIGN, DocumentKind.AD)}
    assert str(ad_id) in {str(key) for key in shown[DocumentKind.AD]}
    letters = Letter.objects.count()

    empty = olu.post(reverse("operator:account_suspend", args=[account_id]), {"reason": "  "})
    stopped = olu.post(reverse("operator:account_suspend", args=[account_id]), {"reason": "Payments were reversed."})

    assert (empty.status_code, stopped.status_code) == (422, 302)
    assert publications.published(DocumentKind.CAMPAIGN) != shown[DocumentKind.CAMPAIGN]
    written = Letter.objects.order_by("-pk")[0]
    assert (Letter.objects.count() - letters, written.person_id) == (1, stage.town.ada.person)
    assert "Payments were reversed." in written.body
    assert "This account is suspended" in text_of(stage.browser("Ada").get("/advertiser/"))
    assert "Payments were reversed." in text_of(olu.get(reverse("operator:account", args=[account_id])))
    twice = olu.post(reverse("operator:account_suspend", args=[account_id]), {"reason": "Again"})
    assert twice.status_code == 409

    lifted = olu.post(reverse("operator:account_unsuspend", args=[account_id]))

    assert lifted.status_code == 302
    assert {kind: publications.published(kind) for kind in shown} == shown
    assert AdAccount.objects.get(pk=account_id).suspension_reason is None
    assert olu.post(reverse("operator:account_unsuspend", args=[account_id])).status_code == 409


def test_accounts_and_organisations_are_found(stage: Stage) -> None:
    olu = stage.browser("Olu")
    account = AdAccount.objects.get(pk=stage.town.ada.account)

    found = {
        text: "Ada's bread" in text_of(olu.get(reverse("operator:accounts"), {"text": text})).replace("&#x27;", "'")
        for text in (str(account.pk), "bread", "nothing like it", "%")
    }

    assert found == {str(account.pk): True, "bread": True, "nothing like it": False, "%": False}
    stopped = text_of(olu.get(reverse("operator:accounts"), {"suspended": "on"}))
    assert "No ad accounts" in stopped
    organisation = olu.get(reverse("operator:organisation", args=[account.organisation_id]))
    assert "ada@example.org" in text_of(organisation)
    assert "Ada" in text_of(olu.get(reverse("operator:organisations"), {"text": "Ada"}))


def test_nobody_else_looks_or_acts(stage: Stage) -> None:
    account = AdAccount.objects.get(pk=stage.town.ada.account)
    organisation_id, vik = account.organisation_id, stage.town.world.people["Vik"].person
    OrganisationMember.objects.create(
        organisation_id=organisation_id, person_id=vik, role="standard", joined_at=stage.now
    )
    pages = [
        reverse("operator:accounts"),
        reverse("operator:account", args=[account.pk]),
        reverse("operator:organisations"),
        reverse("operator:organisation", args=[organisation_id]),
    ]
    acts = [
        reverse("operator:account_suspend", args=[account.pk]),
        reverse("operator:account_unsuspend", args=[account.pk]),
        reverse("operator:organisation_appoint", args=[organisation_id, vik]),
    ]
    before = AuditEntry.objects.count()

    for person in CAST:
        browser = stage.browser(person)
        want = 200 if person == "Olu" else 403
        assert {browser.get(page).status_code for page in pages} == {want}, person
        if person != "Olu":
            assert {browser.post(act, {"reason": "No"}).status_code for act in acts} == {403}, person
    assert {stage.browser(None).post(act).status_code for act in acts} == {401}
    assert AuditEntry.objects.count() == before

    appointed = stage.browser("Olu").post(acts[2])

    assert appointed.status_code == 302
    assert OrganisationMember.objects.get(organisation_id=organisation_id, person_id=vik).role == "admin"
    assert stage.browser("Olu").get(reverse("operator:account", args=[7])).status_code == 404
    assert stage.browser("Olu").get(reverse("operator:organisation", args=[7])).status_code == 404
