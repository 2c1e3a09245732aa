"""What happens to a post stops every account's ads with it, and its return brings them back without a new review."""

import random
from collections.abc import Callable

import pytest

from tests.area.advertising.town import Town
from vonk.advertising import queries, rules
from vonk.advertising.actions import ads, reviews
from vonk.advertising.models import Review
from vonk.advertising.rules import Cause
from vonk.authorisation.actions import captions as proposals
from vonk.authorisation.actions import consents
from vonk.content.actions import captions, posts, profiles
from vonk.content.models import CaptionVersion, Profile
from vonk.content.rules import Visibility
from vonk.control import publications
from vonk.control.models import Publication
from vonk.delivery.decide import decide
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.snapshot import DocumentKind, FundsDocument, PostDocument, decode_document, read_publication
from vonk.storage.memory.counters import MemoryCounters

Act = Callable[[Town, int], None]


def of_profile(town: Town) -> int:
    return Profile.objects.get(handle="cleo").pk


CHANGES: dict[str, tuple[Act, Act | None, Cause]] = {
    "private": (
        lambda town, post_id: posts.set_visibility(town.world.cleo, post_id, Visibility.PRIVATE, town.now),
        lambda town, post_id: posts.set_visibility(town.world.cleo, post_id, Visibility.PUBLIC, town.now),
        Cause.POST_PRIVATE,
    ),
    "friends": (
        lambda town, post_id: posts.set_visibility(town.world.cleo, post_id, Visibility.FRIENDS, town.now),
        lambda town, post_id: posts.set_visibility(town.world.cleo, post_id, Visibility.PUBLIC, town.now),
        Cause.POST_PRIVATE,
    ),
    "removed": (
        lambda town, post_id: posts.remove(town.olu, post_id, "Misleading", town.now),
        lambda town, post_id: posts.restore(town.olu, post_id, town.now),
        Cause.POST_REMOVED,
    ),
    "banned": (
        lambda town, _: profiles.ban(town.olu, of_profile(town), reason="Spam", now=town.now),
        lambda town, _: profiles.unban(town.olu, of_profile(town), now=town.now),
        Cause.PROFILE_BANNED,
    ),
    "profile_private": (
        lambda town, _: profiles.set_private(town.world.cleo, True, now=town.now),
        lambda town, _: profiles.set_private(town.world.cleo, False, now=town.now),
        Cause.ACCOUNT_PRIVATE,
    ),
    "deleted": (lambda town, post_id: posts.delete(town.world.cleo, post_id, town.now), None, Cause.POST_DELETED),
}


def two_accounts(town: Town) -> tuple[int, dict[int, int]]:
    """Have Ada and Mallory each advertise one post of Cleo's; return the post and each ad's account."""
    post_id = town.world.ready_post()
    owners = {}
    for scope in (town.ada, town.mallory):
        code = town.world.issued(post_id).code
        consent_id = consents.redeem(scope, code, now=town.now).consent_id
        town.world.ada, kept = scope, town.world.ada
        owners[town.approved_ad(draft=town.spark_draft(consent_id))] = scope.account
        town.world.ada = kept
    return post_id, owners


def shown(town: Town, owners: dict[int, int]) -> set[int]:
    """Return which of the ads an ad server would show, by what is published."""
    counters = MemoryCounters()
    index = Index(counters)
    rows = Publication.objects.order_by("sequence").values_list("sequence", "kind", "object_id", "document")
    index.load(each for row in rows if (each := read_publication(*row)) is not None)
    for account_id in set(owners.values()):
        index.funds(account_id).set(FundsDocument(account_id, "EUR", 10**12, 0))
    viewer = Viewer("vik", "NL", "nl", "25_34", "male", "android", ())
    now_ms = int(town.now.timestamp() * 1000)
    found: set[int] = set()
    for _ in owners:  # Each campaign once, as several slots of a request would have it.
        decision = decide(
            viewer,
            index,
            counters,
            matched=index.match(viewer),
            reserve=0,
            shown_campaigns={index.rows[ad_id].ad.campaign_id for ad_id in found},
            now_ms=now_ms,
            seed=random.Random(len(found)).getrandbits(63),
        )
        if decision.row is not None:
            found.add(decision.row.ad.id)
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_it_stops_for_all_and_comes_back_as_it_was(town: Town, name: str) -> None:
    act, undo, cause = CHANGES[name]
    post_id, owners = two_accounts(town)
    reviewed = list(Review.objects.order_by("pk").values())
    assert shown(town, owners) == set(owners)
    act(town, post_id)
    assert shown(town, owners) == set()
    assert post_id not in publications.published(DocumentKind.POST)
    for facts in queries.ad_facts(owners, now=town.now).values():
        assert rules.status(facts, town.now).headline is cause
    if undo is not None:
        undo(town, post_id)
        assert shown(town, owners) == set(owners)
    assert list(Review.objects.order_by("pk").values()) == reviewed


def test_a_new_caption_reaches_every_ad_and_no_review_is_opened_for_it(town: Town) -> None:
    post_id, owners = two_accounts(town)
    waiting = town.ad(draft=town.spark_draft(queries.ad(town.ada, min(owners)).consent_id))
    proposals.propose(town.world.cleo, post_id, "A better loaf rises", now=town.now)
    captions_before = Review.objects.count()
    captions.approve(town.olu, CaptionVersion.objects.get(post_id=post_id).pk, now=town.now)
    document = decode_document(DocumentKind.POST, publications.published(DocumentKind.POST)[post_id])
    assert isinstance(document, PostDocument)
    assert document.caption == "A better loaf rises"
    assert shown(town, owners) == set(owners)
    assert Review.objects.count() == captions_before
    queued = Review.objects.get(ad_id=waiting)
    reviews.approve(town.olu, queued.pk, now=town.now)  # The queue shows the caption as it is: nothing is stale.
    queued.refresh_from_db()
    assert queued.subject["caption"] == "A better loaf rises"
    assert ads.SUBJECT.isdisjoint({"caption"})
