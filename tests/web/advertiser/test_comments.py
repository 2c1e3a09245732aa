"""Comments of an advertised post on all three sides' pages."""

from tests.area.authorisation.business import granted
from tests.web.creator.stage import Stage, text_of
from vonk.authorisation.actions import access_changes, accesses
from vonk.authorisation.rules.access import AccessScope
from vonk.content.actions import engagement
from vonk.content.models import Comment
from vonk.content.rules import ORGANIC, Source

BOTH = (AccessScope.EXISTING_POSTS, AccessScope.COMMENTS)


def test_an_advertiser_looks_after_comments_and_everybody_sees_who_did(stage: Stage) -> None:
    world = stage.town.world
    access_id, post_id, vik = granted(world, scopes=BOTH), world.post(), world.people["Vik"]
    consent_id = accesses.take_post(world.ada, post_id, now=world.now).consent_id
    page = f"/advertiser/spark-posts/{consent_id}/comments/"
    ada, cleo = stage.browser("Ada"), stage.browser("Cleo")
    assert "No comments here" in text_of(ada.get(page))
    paid = engagement.comment(vik, post_id, "How much?", source=Source(ad_id=77, decision_id=88), now=world.now)
    engagement.comment(vik, post_id, "<b>Lovely</b>", source=ORGANIC, now=world.now)

    shown = [text_of(ada.get(f"{page}?from={chosen}")) for chosen in ("", "paid", "organic", "no such")]
    assert [("How much?" in one, "<b>Lovely</b>" in one) for one in shown] == [
        (True, True), (True, False), (False, True), (True, True),
    ]  # fmt: skip
    assert page in ada.get(f"/advertiser/spark-posts/{consent_id}/").content.decode()

    assert ada.post(f"{page}{paid}/answer/", {"text": "Two euros"}).status_code == 302
    refused = ada.post(f"{page}{paid}/answer/", {"text": " "})
    assert (refused.status_code, "Write something first." in text_of(refused)) == (422, True)
    below = text_of(stage.browser("Mallory").get(f"/posts/{post_id}/comments"))
    assert "Ada Advertiser" in below
    assert "Two euros" in below

    assert ada.post(f"{page}{paid}/hidden/", {"on": "1"}).status_code == 302
    assert "How much?" not in text_of(stage.browser("Mallory").get(f"/posts/{post_id}/comments"))
    assert "hidden by Ada" in text_of(cleo.get(f"/studio/posts/{post_id}/comments/"))
    assert cleo.post(f"/studio/posts/{post_id}/comments/{paid}/", {"on": "0"}).status_code == 302
    assert cleo.post(f"/studio/posts/{post_id}/comments/{paid}/answer/", {"text": "Worth it"}).status_code == 302
    assert "kept by the creator" in text_of(ada.get(page))
    told = text_of(ada.post(f"{page}{paid}/hidden/", {"on": "1"}, follow=True))
    assert "The creator has decided whether this comment shows." in told
    assert Comment.objects.get(pk=paid).hidden_at is None
    below = text_of(stage.browser("Mallory").get(f"/posts/{post_id}/comments"))
    assert "Cleo Creator" in below.replace("Cleo  ", "Cleo ")

    rows = list(Comment.objects.order_by("pk").values_list())
    answer_id = Comment.objects.get(text="Two euros").pk
    for who in ("Mallory", "Vik", "Cleo"):
        other = stage.browser(who)
        assert other.get(page).status_code in {302, 404}
        for act, sent in (
            (f"{paid}/hidden/", {"on": "1"}),
            (f"{paid}/answer/", {"text": "Ha"}),
            (f"{answer_id}/delete/", {}),
        ):
            assert other.post(page + act, sent).status_code in {302, 404}
        if who != "Cleo":
            assert other.post(f"/studio/posts/{post_id}/comments/{paid}/answer/", {"text": "Ha"}).status_code in {
                302,
                404,
            }
    access_changes.change(world.cleo, access_id, scopes=[AccessScope.EXISTING_POSTS], now=world.now)
    gone = ada.get(page)
    assert (gone.status_code, "How much?" in text_of(gone)) == (409, False)
    ada.post(f"{page}{answer_id}/delete/")
    assert list(Comment.objects.order_by("pk").values_list()) == rows
    access_changes.change(world.cleo, access_id, scopes=BOTH, now=world.now)
    assert ada.post(f"{page}{answer_id}/delete/").status_code == 302
    assert Comment.objects.get(pk=answer_id).deleted_at is not None
