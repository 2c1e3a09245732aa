"""Comments of advertised posts, looked after by an ad account as far and as long as the creator lets it."""

from datetime import timedelta

import pytest

from tests.area.authorisation.business import PULL, granted
from tests.area.authorisation.test_access_posts import colleague
from tests.area.authorisation.world import DAY, World
from vonk.authorisation.actions import access_changes, accesses, comments
from vonk.authorisation.errors.access import (
    AccountAccessEnded,
    AccountAccessMissing,
    AccountAccessScopeMissing,
    CreatorPermissionMissing,
)
from vonk.authorisation.models import AccountAccess
from vonk.authorisation.queries.comments import comments_of
from vonk.authorisation.rules import TermsDraft
from vonk.authorisation.rules.access import AccessScope
from vonk.content import queries as content
from vonk.content.actions import comments as own
from vonk.content.actions import engagement
from vonk.content.errors.comments import CommentAnswersLimit, CommentDecided
from vonk.content.models import Comment, Tally
from vonk.content.rules import ORGANIC, Source
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.identity.queries import account_facts
from vonk.identity.rules import AccountRole

BOTH = (AccessScope.EXISTING_POSTS, AccessScope.COMMENTS)
AD = Source(ad_id=77, decision_id=88)


def advertised(world: World, **access: object) -> tuple[int, int, int]:
    """Have Ada take a post of Cleo's up by an access; return the access, the consent and the post."""
    access_id, post_id = granted(world, **{"scopes": BOTH, **access}), world.post()  # type: ignore[arg-type] # Of several types, as the call takes them.
    return access_id, accesses.take_post(world.ada, post_id, now=world.now).consent_id, post_id


def everything() -> tuple[list[tuple[object, ...]], int]:
    """Return what no refused call changes."""
    return list(Comment.objects.order_by("pk").values_list()), AuditEntry.objects.count()


def refuse(world: World, scope: Scope, consent_id: int, comment_id: int, kind: type[Problem]) -> None:
    """Assert that the scope may do nothing with the comments, and changes nothing by trying."""
    before = everything()
    for act in (
        lambda: comments_of(scope, consent_id, Paging(), world.now),
        lambda: comments.hide(scope, consent_id, comment_id, now=world.now),
        lambda: comments.show(scope, consent_id, comment_id, now=world.now),
        lambda: comments.answer(scope, consent_id, comment_id, "Ha", now=world.now),
        lambda: comments.delete_answer(scope, consent_id, comment_id, now=world.now),
    ):
        with pytest.raises(kind):
            act()
    assert everything() == before


def test_an_account_looks_after_comments_and_the_creator_decides(world: World) -> None:
    _, consent_id, post_id = advertised(world)
    vik = world.people["Vik"]
    paid = engagement.comment(vik, post_id, "How much?", source=AD, now=world.now)
    organic = engagement.comment(vik, post_id, "Lovely", source=ORGANIC, now=world.now)

    def read(*, from_ad: bool | None = None) -> list[tuple[int, bool, bool, str, bool]]:
        page = comments_of(world.ada, consent_id, Paging(), world.now, from_ad=from_ad)
        return [(one.id, one.from_ad, one.hidden, one.hidden_by, one.creator_decided) for one in page.items]

    assert read() == [(organic, False, False, "", False), (paid, True, False, "", False)]
    assert (read(from_ad=True), read(from_ad=False)) == ([read()[1]], [read()[0]])
    first = comments_of(world.ada, consent_id, Paging(size=1), world.now)
    assert first.next_cursor is not None
    assert [
        one.id for one in comments_of(world.ada, consent_id, Paging(int(first.next_cursor), 1), world.now).items
    ] == [paid]

    comments.hide(world.ada, consent_id, paid, now=world.now)
    comments.hide(world.ada, consent_id, paid, now=world.now)
    hider = account_facts(world.ada.account).advertiser_name
    assert read()[1] == (paid, True, True, hider, False)
    told = AuditEntry.objects.filter(action="comment.hidden")
    assert [(row.person_id, row.account_id, row.object_id) for row in told] == [
        (world.ada.person, world.ada.account, paid)
    ]
    assert [one.id for one in content.comments(None, post_id, Paging()).items] == [organic]
    assert [(one.id, one.hidden_by) for one in content.comments(world.cleo, post_id, Paging()).items] == [
        (organic, ""),
        (paid, hider),
    ]
    assert [(one.id, one.hidden_by, one.from_ad) for one in content.comments(vik, post_id, Paging()).items] == [
        (organic, "", False),
        (paid, "", False),
    ], "Its author is not told who hid it, nor that it is hidden for others by anybody else."
    comments.show(world.ada, consent_id, paid, now=world.now)
    assert read()[1] == (paid, True, False, "", False)

    comments.hide(world.ada, consent_id, paid, now=world.now)
    own.show_comment(world.cleo, paid, world.now)  # The creator's decision wins.
    own.hide_comment(world.cleo, organic, world.now)
    before = everything()
    with pytest.raises(CommentDecided):
        comments.hide(world.ada, consent_id, paid, now=world.now)
    with pytest.raises(CommentDecided):
        comments.show(world.ada, consent_id, organic, now=world.now)
    comments.show(world.ada, consent_id, paid, now=world.now)  # It is so already.
    assert everything() == before
    assert read() == [(organic, False, True, "", True), (paid, True, False, "", True)]
    comments.hide(world.ada, consent_id, organic, now=world.now)
    own.hide_comment(world.cleo, paid, world.now)
    assert [row[2:4] for row in read()] == [(True, ""), (True, "")]


def test_an_account_answers_in_its_advertisers_name(world: World) -> None:
    _, consent_id, post_id = advertised(world)
    vik = world.people["Vik"]
    asked = engagement.comment(vik, post_id, "How much?", source=AD, now=world.now)
    tallies = list(Tally.objects.values_list("ad_id", "metric", "value"))
    brand = comments.answer(world.ada, consent_id, asked, " Two euros ", now=world.now)
    creator = own.answer_comment(world.cleo, asked, "And worth it", now=world.now)
    shown = content.comments(vik, post_id, Paging()).items
    assert [one.id for one in shown] == [asked], "Answers stand below, not among comments."
    answers = shown[0].answers
    assert [(one.id, one.account_id, one.handle, one.text, one.own) for one in answers] == [
        (brand, world.ada.account, "", "Two euros", False),
        (creator, None, "cleo", "And worth it", False),
    ]
    assert answers[0].display_name == account_facts(world.ada.account).advertiser_name, "Not a person's."
    assert list(Tally.objects.values_list("ad_id", "metric", "value")) == tallies, "Answers are counted nowhere."

    before = everything()
    for text in ("", "  ", "x" * 501):
        with pytest.raises(FieldInvalid):
            comments.answer(world.ada, consent_id, asked, text, now=world.now)
    for target in (brand, creator, 1):
        with pytest.raises(NotFound):
            comments.answer(world.ada, consent_id, target, "Again", now=world.now)
    for scope, target in ((vik, asked), (world.mallory, asked)):
        with pytest.raises(Problem):
            own.answer_comment(scope, target, "Me too", now=world.now)
    for target in (asked, creator):
        with pytest.raises(NotFound):
            comments.delete_answer(world.ada, consent_id, target, now=world.now)
    assert everything() == before
    own.hide_comment(world.cleo, brand, world.now)
    assert [one.id for one in content.comments(vik, post_id, Paging()).items[0].answers] == [creator]
    comments.delete_answer(world.ada, consent_id, brand, now=world.now)
    engagement.delete_comment(world.cleo, creator, world.now)
    assert content.comments(world.cleo, post_id, Paging()).items[0].answers == ()
    assert list(Tally.objects.values_list("ad_id", "metric", "value")) == tallies
    for number in range(20):
        comments.answer(world.ada, consent_id, asked, f"{number}", now=world.now)
    with pytest.raises(CommentAnswersLimit):
        own.answer_comment(world.cleo, asked, "One more", now=world.now)


def test_who_may_not_and_what_ends_it_at_once(world: World) -> None:
    access_id, consent_id, post_id = advertised(world, terms=None)
    vik = world.people["Vik"]
    comment_id = engagement.comment(vik, post_id, "How much?", source=AD, now=world.now)
    elsewhere = engagement.comment(vik, world.post(), "Elsewhere", source=ORGANIC, now=world.now)
    before = everything()
    for act in (comments.hide, comments.show, comments.delete_answer):
        with pytest.raises(NotFound):
            act(world.ada, consent_id, elsewhere, now=world.now)
    assert everything() == before
    refuse(world, world.mallory, consent_id, comment_id, NotFound)
    refuse(world, world.ada, 1, comment_id, NotFound)
    refuse(world, colleague(world), consent_id, comment_id, CreatorPermissionMissing)
    access_changes.change(world.cleo, access_id, scopes=PULL, now=world.now)
    refuse(world, world.ada, consent_id, comment_id, AccountAccessScopeMissing)
    access_changes.change(world.cleo, access_id, scopes=BOTH, now=world.now)
    assert len(comments_of(world.ada, consent_id, Paging(), world.now).items) == 1
    access_changes.revoke(world.cleo, access_id, now=world.now)
    refuse(world, world.ada, consent_id, comment_id, NotFound)


def test_a_code_gives_no_access_to_comments(world: World) -> None:
    issued = world.redeemed()
    post_id = content.own_posts(world.cleo, Paging()).items[0].id
    comment_id = engagement.comment(world.people["Vik"], post_id, "Hm", source=ORGANIC, now=world.now)
    refuse(world, world.ada, issued.id, comment_id, AccountAccessMissing)
    access_id = granted(world, scopes=(AccessScope.COMMENTS,), days=30)
    refuse(world, colleague(world, role=AccountRole.ANALYST), issued.id, comment_id, CreatorPermissionMissing)
    assert len(comments_of(world.ada, issued.id, Paging(), world.now).items) == 1
    access_changes.revoke(world.cleo, access_id, now=world.now)
    refuse(world, world.ada, issued.id, comment_id, AccountAccessEnded)


def test_an_access_under_notice_goes_on_until_it_ends(world: World) -> None:
    access_id = granted(world, scopes=BOTH, terms=TermsDraft(notice_days=7))
    post_id = world.post()
    terms = AccountAccess.objects.get(pk=access_id).terms
    assert terms is not None
    consent_id = accesses.take_post(world.ada, post_id, agree_sha256=terms.sha256, now=world.now).consent_id
    comment_id = engagement.comment(world.people["Vik"], post_id, "Hm", source=ORGANIC, now=world.now)
    access_changes.revoke(world.cleo, access_id, now=world.now)
    world.advance(7 * DAY - timedelta(microseconds=1))
    comments.hide(world.ada, consent_id, comment_id, now=world.now)
    world.advance(timedelta(microseconds=1))
    refuse(world, world.ada, consent_id, comment_id, NotFound)
