"""Comments below ads: what the account reads of them, and what becomes of those with a word that it blocks."""

from collections.abc import Callable

import msgspec
import pytest

from tests.area.advertising.town import Town, ad_group_draft
from tests.area.authorisation.business import business, granted
from vonk.advertising.actions import ad_groups, ads
from vonk.advertising.actions import comments as judged
from vonk.advertising.queries.comments import answers_of, comment_below_ads, comments_of_ad_group
from vonk.authorisation.actions import access_changes, accesses, business_assets, switches
from vonk.authorisation.actions import comments as looking_after
from vonk.authorisation.errors.access import AccountAccessMissing, AccountAccessScopeMissing
from vonk.authorisation.rules.access import AccessScope
from vonk.content import queries as content
from vonk.content.actions import blocked_words
from vonk.content.actions import comments as own
from vonk.content.errors.comments import BlockedWordsLimit
from vonk.content.models import BlockedWord, Comment
from vonk.content.queries.moderation import CommentsWanted, Order, are_blocked
from vonk.content.queries.moderation import blocked_words as words_of
from vonk.content.rules import ORGANIC, Source
from vonk.control.models import AuditEntry
from vonk.control.paging import Numbering, Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem, RightMissing

ALL = Numbering(1, 50)
PULL = AccessScope.EXISTING_POSTS
BOTH = (PULL, AccessScope.COMMENTS)


def advertised(town: Town, **access: object) -> tuple[int, int, int, int]:
    """Have Ada advertise a post of Cleo's by an access; return the access, the post, the ad group and the ad."""
    access_id = granted(town.world, **{"scopes": BOTH, **access})  # type: ignore[arg-type] # Of several types, as the call takes them.
    post_id = town.world.ready_post()
    consent_id = accesses.take_post(town.ada, post_id, now=town.now).consent_id
    group_id = ad_groups.create(town.ada, town.campaign(), ad_group_draft(), now=town.now)
    return access_id, post_id, group_id, town.ad(group_id, town.spark_draft(consent_id))


def said(town: Town, post_id: int, text: str, ad_id: int = 0, who: str = "Vik") -> int:
    """Have somebody comment, on the post or on an ad with it."""
    source = Source(ad_id, 1) if ad_id else ORGANIC
    return judged.write(town.world.people[who], post_id, text, source=source, now=town.now)


def hidden(comment_id: int) -> tuple[bool, int | None]:
    """Return whether the comment is hidden, and for which account."""
    row = Comment.objects.get(pk=comment_id)
    return row.hidden_at is not None, row.hidden_for_id


def refused(act: Callable[[], object], kind: type[Problem]) -> None:
    """Assert that the act is refused and changes nothing."""

    def everything() -> list[object]:
        tables = (Comment, BlockedWord, AuditEntry)
        return [list(table.objects.order_by("pk").values_list()) for table in tables]

    before = everything()
    with pytest.raises(kind):
        act()
    assert everything() == before


def test_a_blocked_word_hides_new_comments_where_the_creator_lets_the_account(town: Town) -> None:
    access_id, post_id, group_id, ad_id = advertised(town)
    before = said(town, post_id, "what a scam", ad_id)
    blocked_words.block(town.ada, ["Scam", "SCAM", "free gold"], now=town.now)
    assert words_of(town.ada, ALL).items == ("free gold", "SCAM")
    on_ad, organic = said(town, post_id, "A scam!", ad_id), said(town, post_id, "Free  GOLD here")
    kept = said(town, post_id, "scampi, please", ad_id)
    assert [hidden(one) for one in (before, on_ad, organic, kept)] == [
        (False, None),
        (True, town.ada.account),
        (True, town.ada.account),
        (False, None),
    ]
    (told, _) = AuditEntry.objects.filter(action="comment.hidden").order_by("pk")
    assert (told.person_id, told.account_id, told.object_id) == (None, town.ada.account, on_ad)
    assert told.detail == {"post": str(post_id), "by": "blocked_word"}
    assert {one.id for one in content.comments(None, post_id, Paging()).items} == {before, kept}
    vik, cleo = town.world.people["Vik"], town.world.cleo
    assert len(content.comments(vik, post_id, Paging()).items) == 4, "Its author sees it as if it were not."
    own.show_comment(cleo, on_ad, town.now)
    refused(lambda: looking_after.set_hidden(town.ada, [kept, on_ad], hidden=True, now=town.now), Problem)
    read = comments_of_ad_group(town.ada, group_id, CommentsWanted(), ALL, now=town.now)
    assert [(one.comment.id, one.comment.hidden, one.hit, one.ad.id, one.looked_after) for one in read.items] == [
        (kept, False, False, ad_id, True),
        (organic, True, True, ad_id, True),
        (on_ad, False, True, ad_id, True),
        (before, False, True, ad_id, True),
    ]
    blocked_words.change(town.ada, "scam", "Bread", now=town.now)
    blocked_words.unblock(town.ada, ["FREE GOLD", "never was"], now=town.now)
    assert hidden(said(town, post_id, "free gold, a scam"))[0] is False
    assert hidden(said(town, post_id, "bread?"))[0] is True
    assert hidden(organic)[0] is True, "What was hidden stays so."

    access_changes.change(cleo, access_id, scopes=[PULL], now=town.now)
    flagged = said(town, post_id, "bread!", ad_id)
    assert hidden(flagged)[0] is False
    assert comment_below_ads(town.ada, flagged, now=town.now).hit
    refused(lambda: looking_after.set_hidden(town.ada, [flagged], hidden=True, now=town.now), AccountAccessScopeMissing)
    access_changes.change(cleo, access_id, scopes=BOTH, now=town.now)
    business_assets.keep_from(business(town.ada), town.world.profiles["Cleo"], town.ada.account, now=town.now)
    assert hidden(said(town, post_id, "bread", ad_id))[0] is False
    refused(lambda: looking_after.set_hidden(town.ada, [flagged], hidden=True, now=town.now), AccountAccessMissing)
    business_assets.let_use(business(town.ada), town.world.profiles["Cleo"], town.ada.account, now=town.now)
    assert hidden(said(town, post_id, "bread", ad_id))[0] is True
    switches.set_ad_settings(cleo, on=False, now=town.now)
    assert hidden(said(town, post_id, "bread", ad_id))[0] is False


def test_words_count_for_ads_that_are_there_and_for_the_account_that_blocks_them(town: Town) -> None:
    _, post_id, _, ad_id = advertised(town)
    elsewhere = town.world.ready_post()
    blocked_words.block(town.mallory, ["bread"], now=town.now)
    assert hidden(said(town, post_id, "bread", ad_id))[0] is False, "Mallory advertises nothing of Cleo's."
    blocked_words.block(town.ada, ["bread"], now=town.now)
    assert hidden(said(town, elsewhere, "bread"))[0] is False
    refused(lambda: said(town, post_id, ""), FieldInvalid)
    draft = town.own_draft()
    own_id = town.ad(draft=draft)
    assert draft.post_id is not None
    assert hidden(said(town, draft.post_id, "bread", own_id)) == (True, town.ada.account), "Its own identity's post."
    ads.delete(town.ada, [ad_id], now=town.now)
    assert hidden(said(town, post_id, "bread", ad_id))[0] is False


def test_who_may_change_the_words_and_how_many_there_are(town: Town) -> None:
    reader = msgspec.structs.replace(town.ada, rights=frozenset({Right.ACCOUNT_VIEW}))
    blocked_words.block(town.ada, ["one", "two"], now=town.now)
    acts: tuple[Callable[[Scope], object], ...] = (
        lambda scope: blocked_words.block(scope, ["three"], now=town.now),
        lambda scope: blocked_words.unblock(scope, ["one"], now=town.now),
        lambda scope: blocked_words.change(scope, "one", "three", now=town.now),
    )
    for act in acts:
        refused(lambda act=act: act(reader), RightMissing)  # type: ignore[misc] # The loop's own.
    refused(lambda: blocked_words.change(town.mallory, "one", "three", now=town.now), NotFound)
    refused(lambda: blocked_words.block(town.ada, ["fine", " "], now=town.now), FieldInvalid)
    refused(lambda: blocked_words.block(town.ada, ["x" * 101], now=town.now), FieldInvalid)
    refused(
        lambda: blocked_words.block(town.ada, [f"word {one}" for one in range(499)], now=town.now), BlockedWordsLimit
    )
    assert are_blocked(reader, ["ONE", "three"]) == (True, False)
    assert are_blocked(town.mallory, ["one"]) == (False,)
    blocked_words.change(town.ada, "one", "TWO", now=town.now)
    assert words_of(reader, ALL).items == ("two",)


def test_others_comments_are_read_as_far_as_they_are_public(town: Town) -> None:
    _, post_id, group_id, ad_id = advertised(town, scopes=[PULL])
    on_ad, organic = said(town, post_id, "How much?", ad_id), said(town, post_id, "Lovely", who="Mallory")
    answer = own.answer_comment(town.world.cleo, on_ad, "A euro", now=town.now)
    veiled = said(town, post_id, "Hm", ad_id)
    own.hide_comment(town.world.cleo, veiled, town.now)

    def ids(**wanted: object) -> list[int]:
        chosen = CommentsWanted(**wanted)  # type: ignore[arg-type] # Of several types, as the record takes them.
        return [one.comment.id for one in comments_of_ad_group(town.ada, group_id, chosen, ALL, now=town.now).items]

    assert ids() == [answer, on_ad]
    assert (ids(answers=True), ids(answers=False), ids(hidden=True)) == ([answer], [on_ad], [])
    assert [one.comment.id for one in answers_of(town.ada, on_ad, ALL, now=town.now).items] == [answer]
    assert [one.comment.id for one in answers_of(town.ada, answer, ALL, now=town.now).items] == [answer]
    for comment_id in (organic, veiled):
        refused(lambda one=comment_id: comment_below_ads(town.ada, one, now=town.now), NotFound)  # type: ignore[misc] # The loop's own.
    refused(lambda: comment_below_ads(town.mallory, on_ad, now=town.now), NotFound)
    refused(lambda: comments_of_ad_group(town.mallory, group_id, CommentsWanted(), ALL, now=town.now), NotFound)
    refused(lambda: looking_after.answer_below(town.mallory, on_ad, "Ha", now=town.now), NotFound)
    refused(lambda: looking_after.answer_below(town.ada, on_ad, "Ha", now=town.now), AccountAccessScopeMissing)


def test_comments_are_found_sorted_answered_and_hidden_together(town: Town) -> None:
    _, post_id, group_id, ad_id = advertised(town)
    first, second = said(town, post_id, "How much?", ad_id), said(town, post_id, "Lovely")
    answer = looking_after.answer_below(town.ada, first, "A euro", now=town.now)

    def ids(**wanted: object) -> list[int]:
        chosen = CommentsWanted(**wanted)  # type: ignore[arg-type] # Of several types, as the record takes them.
        return [one.comment.id for one in comments_of_ad_group(town.ada, group_id, chosen, ALL, now=town.now).items]

    assert ids() == [answer, second, first]
    assert ids(ascending=True) == [first, second, answer]
    assert ids(answers=False, order=Order.ANSWERS) == [first, second]
    assert ids(since=town.now, until=town.now) == []
    page = comments_of_ad_group(town.ada, group_id, CommentsWanted(), Numbering(2, 2), now=town.now)
    assert ([one.comment.id for one in page.items], page.total) == ([first], 3)
    assert comment_below_ads(town.ada, answer, now=town.now).own
    looking_after.set_hidden(town.ada, [first, second, first], hidden=True, now=town.now)
    assert ids(hidden=True) == [second, first]
    refused(lambda: looking_after.set_hidden(town.ada, [first, 1], hidden=False, now=town.now), NotFound)
    looking_after.set_hidden(town.ada, [first], hidden=False, now=town.now)
    assert ids(hidden=True) == [second]
    refused(lambda: looking_after.delete_own(town.ada, first, now=town.now), NotFound)
    looking_after.delete_own(town.ada, answer, now=town.now)
    assert ids(answers=True) == []
