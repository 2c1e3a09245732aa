"""New captions of posts in ads: who may propose, what the record keeps, and who is told which words."""

import hashlib

import pytest

from tests.area.authorisation.world import World, bodies, grant, subjects
from vonk.authorisation.actions import captions
from vonk.authorisation.errors.consents import MentionMultipleVideos
from vonk.authorisation.errors.pushes import CaptionEditsNotAgreed, OriginalsFixed
from vonk.authorisation.models import Consent, ConsentRecord, Terms
from vonk.authorisation.queries.captions import caption_versions, may_propose
from vonk.authorisation.rules import Edit, Road
from vonk.content import queries as content
from vonk.content.errors import CaptionDecided, CaptionUnderway
from vonk.content.models import CaptionVersion, Post
from vonk.content.rules import CaptionState
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, RightMissing

OLD, NEW = "A loaf rises", "A loaf rises, slowly"


def allow_captions(world: World, consent_id: int) -> None:
    """Bind the consent to terms that name captions among the edits."""
    terms = Terms.objects.create(
        profile_id=world.profiles["Cleo"],
        edits=[Edit.CAPTION.value],
        text="t",
        sha256="0" * 64,
        offered_by="creator",
        made_at=world.now,
    )
    Consent.objects.filter(pk=consent_id).update(terms=terms)


def held(world: World) -> tuple[int, int]:
    consent_id = world.redeemed().id
    return consent_id, Consent.objects.get(pk=consent_id).post_id


def seen(scope: Scope, post_id: int) -> list[tuple[str, CaptionState]]:
    return [(view.text, view.state) for view in caption_versions(scope, post_id)]


def test_a_switch_is_recorded_and_told_to_everybody_concerned(world: World) -> None:
    consent_id, post_id = held(world)
    before = grant(consent_id)
    version_id = captions.propose(world.cleo, post_id, NEW, now=world.now)
    assert seen(world.cleo, post_id) == [(NEW, CaptionState.IN_REVIEW)]
    assert seen(world.ada, post_id) == [], "What is not decided is the creator's affair."
    with pytest.raises(RightMissing):
        captions.approve(world.cleo, version_id, now=world.now)
    captions.approve(world.olu, version_id, now=world.now)
    assert content.post_facts([post_id])[post_id].caption == NEW
    assert grant(consent_id) == before, "Ads keep running."
    rows = list(ConsentRecord.objects.filter(post_id=post_id).order_by("sequence"))[-2:]
    detail = {"version": 1, "account": None, "caption_sha256": hashlib.sha256(NEW.encode()).hexdigest()}
    assert [(row.act, row.detail, row.consent_id) for row in rows] == [
        ("caption_proposed", detail, None),
        ("caption_switched", detail, None),
    ]
    for scope in (world.cleo, world.ada):
        assert subjects(scope)[-1] == "A post has a new caption"
        assert OLD in bodies(scope)[-1]
        assert NEW in bodies(scope)[-1]
        assert seen(scope, post_id) == [(NEW, CaptionState.CURRENT)]
    assert subjects(world.mallory)[-1:] != ["A post has a new caption"]
    with pytest.raises(NotFound):
        caption_versions(world.mallory, post_id)
    with pytest.raises(NotFound):
        caption_versions(world.people["Vik"], post_id)
    with pytest.raises(CaptionDecided):
        captions.approve(world.olu, version_id, now=world.now)
    assert ConsentRecord.objects.filter(act="caption_switched").count() == 1


def test_an_advertiser_proposes_what_its_terms_allow(world: World) -> None:
    consent_id, post_id = held(world)
    assert may_propose(world.ada, post_id, now=world.now) is False
    with pytest.raises(CaptionEditsNotAgreed):
        captions.propose(world.ada, post_id, NEW, now=world.now)
    with pytest.raises(NotFound):
        captions.propose(world.mallory, post_id, NEW, now=world.now)
    with pytest.raises(NotFound):
        captions.propose(world.people["Vik"], post_id, NEW, now=world.now)
    assert CaptionVersion.objects.count() == 0
    allow_captions(world, consent_id)
    first = captions.propose(world.ada, post_id, NEW, now=world.now)
    assert subjects(world.cleo)[-1] == "Ada's bread proposes a new caption"
    captions.refuse(world.cleo, first, now=world.now)
    assert subjects(world.ada)[-1] == "Cleo did not take the caption you proposed"
    second = captions.propose(world.ada, post_id, "Buy a loaf", now=world.now)
    captions.agree(world.cleo, second, now=world.now)
    with pytest.raises(CaptionUnderway):
        captions.propose(world.ada, post_id, "Buy two", now=world.now)
    captions.reject(world.olu, second, ["leads_elsewhere"], "Where?", now=world.now)
    for scope in (world.cleo, world.ada):
        assert subjects(scope)[-1] == "A new caption was rejected"
        assert "Where?" in bodies(scope)[-1]
        assert "sends people to an address" in bodies(scope)[-1]
    assert [state for _, state in seen(world.ada, post_id)] == [CaptionState.REJECTED, CaptionState.REFUSED]
    third = captions.propose(world.ada, post_id, "Bake a loaf", now=world.now)
    captions.agree(world.cleo, third, now=world.now)
    captions.withdraw(world.cleo, third, now=world.now)
    assert subjects(world.ada)[-1] == "Cleo did not take the caption you proposed"
    fourth = captions.propose(world.ada, post_id, "Bake two", now=world.now)
    written = len(subjects(world.ada))
    captions.withdraw(world.ada, fourth, now=world.now)
    assert len(subjects(world.ada)) == written, "Who takes it back knows."
    Consent.objects.filter(pk=consent_id).update(terms=None, road=Road.PUSH.value)
    assert may_propose(world.ada, post_id, now=world.now) is True
    Consent.objects.filter(pk=consent_id).update(revoked_at=world.now)
    assert may_propose(world.ada, post_id, now=world.now) is None
    with pytest.raises(NotFound):
        captions.propose(world.ada, post_id, NEW, now=world.now)
    assert Post.objects.get(pk=post_id).caption == OLD


def test_a_new_caption_draws_nobody_else_in(world: World) -> None:
    _, post_id = held(world)
    originals = [world.post("Vik"), world.post("Vik")]
    with pytest.raises(OriginalsFixed):
        captions.propose(world.cleo, post_id, f"As in /posts/{originals[0]}", now=world.now)
    with pytest.raises(MentionMultipleVideos):
        captions.propose(world.cleo, post_id, f"As in /posts/{originals[0]} and /posts/{originals[1]}", now=world.now)
    assert CaptionVersion.objects.count() == 0
    assert not ConsentRecord.objects.filter(act="caption_proposed").exists()
    captions.propose(world.cleo, post_id, f"As in /posts/{world.post()}, with @vik", now=world.now)
