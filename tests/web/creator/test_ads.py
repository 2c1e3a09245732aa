"""Consent in the studio: switches, codes, and what ends with them."""

import re
from datetime import timedelta

from django.urls import reverse

from tests.area.authorisation.world import grant
from tests.web.creator.stage import Stage, text_of
from vonk.authorisation import queries
from vonk.authorisation.actions import consents
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import ConsentState
from vonk.content.models import Post
from vonk.content.rules import Visibility
from vonk.control import clock


def test_the_account_switch_goes_on_and_off(stage: Stage) -> None:
    browser = stage.browser("Cleo")

    on = browser.post("/studio/ad-settings/", {"on": "1"}, follow=True)
    assert queries.ad_settings(stage.cleo)
    off = browser.post("/studio/ad-settings/", {"on": "0"}, follow=True)

    assert (on.redirect_chain, off.redirect_chain) == ([("/studio/ad-settings/", 302)], [("/studio/ad-settings/", 302)])
    assert "Ad settings are on." in text_of(on)
    assert not queries.ad_settings(stage.cleo)
    assert browser.post("/studio/ad-settings/", {"on": "maybe"}).status_code == 422


def test_a_post_is_authorised_and_its_code_shown_to_be_copied(stage: Stage) -> None:
    world = stage.town.world
    post_id, browser = world.post(), stage.browser("Cleo")
    browser.post("/studio/ad-settings/", {"on": "1"})
    browser.post(reverse("creator:post_ads_switch", args=[post_id]), {"on": "1"})

    made = browser.post(
        reverse("creator:code_issue", args=[post_id]), {"reach": "organic_too", "duration_days": "60"}, follow=True
    )

    consent = Consent.objects.get(post_id=post_id)
    code = consents.reveal_code(stage.cleo, consent.pk)
    assert made.redirect_chain == [(f"{reverse('creator:post_ads', args=[post_id])}?code={consent.pk}&new=1", 302)]
    assert (consent.duration_days, consent.ads_only) == (60, False)
    assert f'data-copy="{code}"' in made.content.decode()
    assert "Not used yet" in text_of(made)
    assert code not in browser.get(reverse("creator:post_ads", args=[post_id])).content.decode()
    assert Post.objects.get(pk=post_id).caption_locked


def test_a_code_with_terms_for_several_accounts_and_who_agreed(stage: Stage) -> None:
    world, browser = stage.town.world, stage.browser("Cleo")
    post_id = world.ready_post()
    address = reverse("creator:code_issue", args=[post_id])
    asked = {"reach": "organic_too", "duration_days": "30", "accounts_max": "3", "preview_required": "on"}
    worded = {
        "terms-payment": "none",
        "terms-spend_cap": "250.50",
        "terms-currency": "EUR",
        "terms-countries": ["NL", "BE"],
        "terms-categories": ["food"],
        "terms-edits": ["caption"],
        "terms-notice_days": "5",
        "terms-note": "Not with meat.",
    }

    undisclosed = browser.post(
        address, {**asked, "terms-payment": "flat_fee", "terms-fee": "5", "terms-currency": "EUR"}
    )
    wrong = browser.post(address, {**asked, "terms-payment": "flat_fee", "terms-currency": "EUR"})
    assert not Consent.objects.exists()
    made = browser.post(address, {**asked, **worded})
    code = consents.reveal_code(stage.cleo, Consent.objects.get().pk)
    terms = Consent.objects.select_related("terms").get().terms
    assert terms is not None
    held = consents.redeem(stage.town.ada, code, agree_sha256=terms.sha256, now=stage.now)
    page = browser.get(reverse("creator:post_ads", args=[post_id]))

    assert (undisclosed.status_code, "content disclosure is off" in text_of(undisclosed)) == (422, False)
    assert "The post does not say that you are paid for it." in text_of(undisclosed)
    assert (wrong.status_code, "above 0 with the payment flat_fee" in text_of(wrong)) == (422, True)
    assert made.status_code == 302
    assert (terms.spend_cap_micros, terms.countries, terms.notice_days, terms.spend_shown) == (
        250_500_000,
        ["BE", "NL"],
        5,
        True,
    )
    shown = text_of(page)
    assert {
        words for words in ("1 of 3 ad accounts", "Ada's bread agreed", "You agreed", "Not with meat.", terms.sha256)
        if words not in shown
    } == set()  # fmt: skip
    answer = browser.post(reverse("creator:code_revoke", args=[post_id, held.consent_id]), follow=True)
    assert "Revoked with notice. Ads that use it stop on" in text_of(answer)
    assert "Ends after its notice" in text_of(answer)


def test_a_code_with_free_places_can_be_shared_further_and_says_how_many_use_it(stage: Stage) -> None:
    world = stage.town.world
    issued = world.issued(accounts_max=2)
    post_id = Consent.objects.get(pk=issued.id).post_id
    cleo, share = stage.browser("Cleo"), f"/codes/{issued.id}/invitations/"
    shown = []
    for scope in (None, world.ada, world.mallory):
        if scope is not None:
            consents.redeem(scope, issued.code, now=stage.now)
        page = cleo.get(f"/studio/posts/{post_id}/ads/")
        said = [words for words in ("Not used yet", "Used by 1 of 2 ad accounts", "Used by 2 of 2 ad accounts")
                if words in text_of(page)]  # fmt: skip
        shown.append((said, share in page.content.decode()))
        made = cleo.post(f"/studio/posts/{post_id}/ads{share}").status_code
        assert made == (200 if scope is not world.mallory else 409)
    assert shown == [
        (["Not used yet"], True),
        (["Used by 1 of 2 ad accounts"], True),
        (["Used by 2 of 2 ad accounts"], False),
    ]


def test_a_code_needs_both_switches(stage: Stage) -> None:
    post_id, browser = stage.town.world.post(), stage.browser("Cleo")

    refused = browser.post(reverse("creator:post_ads_switch", args=[post_id]), {"on": "1"})
    forced = browser.post(
        reverse("creator:code_issue", args=[post_id]), {"reach": "organic_too", "duration_days": "30"}
    )

    assert (refused.status_code, "Your ad settings are off." in text_of(refused)) == (409, True)
    assert (forced.status_code, Consent.objects.count()) == (422, 0)


def test_a_private_post_becomes_public_only_by_a_tick(stage: Stage) -> None:
    post_id = stage.town.world.ready_post(visibility=Visibility.PRIVATE.value)
    address, browser = reverse("creator:code_issue", args=[post_id]), stage.browser("Cleo")

    without = browser.post(address, {"reach": "organic_too", "duration_days": "30"})
    assert (without.status_code, Post.objects.get(pk=post_id).visibility) == (422, "private")
    ticked = browser.post(address, {"reach": "organic_too", "duration_days": "30", "make_public": "on"})
    assert (ticked.status_code, Post.objects.get(pk=post_id).visibility) == (302, "public")


def test_a_private_post_is_shown_in_ads_alone_and_stays_private(stage: Stage) -> None:
    post_id = stage.town.world.ready_post(visibility=Visibility.PRIVATE.value)

    made = stage.browser("Cleo").post(
        reverse("creator:code_issue", args=[post_id]),
        {"reach": "ads_only", "duration_days": "7", "make_public": "on"},
    )

    post = Post.objects.get(pk=post_id)
    assert (made.status_code, post.visibility, post.ads_only) == (302, "private", True)


def test_a_duration_is_one_of_four(stage: Stage) -> None:
    post_id = stage.town.world.ready_post()

    refused = stage.browser("Cleo").post(
        reverse("creator:code_issue", args=[post_id]), {"reach": "organic_too", "duration_days": "31"}
    )

    assert (refused.status_code, Consent.objects.count()) == (422, 0)
    assert 'id="id_duration_days_error"' in refused.content.decode()


def test_the_list_says_who_uses_a_code_and_what_revoking_stops(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    consent = Consent.objects.get()
    page = stage.browser("Cleo").get(reverse("creator:post_ads", args=[consent.post_id]))

    assert ad_id
    assert "In use 30 days left" in text_of(page)
    assert "Ada's bread" in text_of(page)
    assert "A loaf rises" in text_of(page)
    stops = re.findall(r'data-confirm-text="([^"]*)"', page.content.decode())
    assert "1 ad stops within a second (Ada&#x27;s bread). This cannot be taken back; new codes can be made." in stops
    assert "1 ad stops within a second. This cannot be taken back; a new code can be made." in stops


def test_revoking_ends_the_grant(stage: Stage) -> None:
    stage.town.approved_ad()
    consent = Consent.objects.get()
    assert grant(consent.pk) is not None

    answer = stage.browser("Cleo").post(reverse("creator:code_revoke", args=[consent.post_id, consent.pk]), follow=True)

    assert grant(consent.pk) is None
    assert "Revoked. Every ad with this code stops within a second." in text_of(answer)


def test_an_expired_code_is_extended_and_comes_back(stage: Stage) -> None:
    consent_id = stage.town.world.redeemed(days=7).id
    post_id = Consent.objects.get().post_id
    clock.start_at(stage.now + timedelta(days=8))
    page = reverse("creator:post_ads", args=[post_id])
    browser = stage.browser("Cleo")
    assert "Expired" in text_of(browser.get(page))

    browser.post(reverse("creator:code_extend", args=[post_id, consent_id]), {"duration_days": "30"})

    facts = queries.consent_facts([consent_id], clock.present().now())[consent_id]
    assert (facts.state, (facts.ends_at - stage.now).days) == (ConsentState.ACTIVE, 38)
    assert "In use 30 days left" in text_of(browser.get(page))


def test_an_unused_code_is_deleted_and_a_used_one_is_not(stage: Stage) -> None:
    unused, browser = stage.town.world.issued(), stage.browser("Cleo")
    used = stage.town.world.redeemed()
    posts = dict(Consent.objects.values_list("pk", "post_id"))

    deleted = browser.post(reverse("creator:code_delete", args=[posts[unused.id], unused.id]))
    refused = browser.post(reverse("creator:code_delete", args=[posts[used.id], used.id]))

    assert (deleted.status_code, refused.status_code) == (302, 409)
    assert [row.deleted_at is None for row in Consent.objects.order_by("pk")] == [False, True]


def test_nobody_else_touches_a_consent(stage: Stage) -> None:
    consent_id = stage.town.world.redeemed().id
    post_id = Consent.objects.get().post_id
    before = Consent.objects.values().get()

    answers = [
        stage.browser(person).post(reverse(f"creator:{act}", args=[post_id, consent_id]), {"duration_days": "30"})
        for person in ("Vik", "Ada", "Olu", "Mallory")
        for act in ("code_extend", "code_revoke", "code_delete")
    ]
    peeped = stage.browser("Mallory").get(f"{reverse('creator:post_ads', args=[post_id])}?code={consent_id}")
    own = stage.town.world.ready_post("Mallory")
    sideways = stage.browser("Mallory").get(f"{reverse('creator:post_ads', args=[own])}?code={consent_id}")

    assert [answer.status_code for answer in answers] == [404] * 12
    assert (peeped.status_code, sideways.status_code) == (404, 404)
    assert Consent.objects.values().get() == before


def test_the_consent_record_tells_every_act(stage: Stage) -> None:
    stage.town.world.redeemed()
    page = text_of(stage.browser("Cleo").get("/studio/ad-settings/"))

    acts = (
        "Code used",
        "Code made 30 days, until 1 Apr 2026, also as an ordinary post",
        "Ad authorisation switched on",
    )
    places = [page.index(act) for act in (*acts, "Ad settings switched on")]
    assert places == sorted(places)
