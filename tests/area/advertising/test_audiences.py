"""Audiences: digests and rules are kept, people are not; what was erased is in none; only the account's own exist for it."""

import hashlib
import io
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from tests.area.advertising.town import Town
from vonk.advertising.actions import audience_shares, custom_audiences, customer_files, saved_audiences
from vonk.advertising.actions.custom_audiences import AudienceDraft
from vonk.advertising.actions.erasing import forget_digest
from vonk.advertising.errors import AudienceUnfit, CustomerFileMissing, CustomerFilesWaiting, CustomerFileTooLong
from vonk.advertising.models import AudienceAct, CustomAudience, CustomerFile
from vonk.advertising.queries.custom_audiences import numbered_audiences
from vonk.advertising.rules import custom_audiences as rules
from vonk.advertising.rules import customer_files as files
from vonk.advertising.rules.custom_audiences import Act, Condition, Deed, Rule, Source, told
from vonk.advertising.rules.customer_files import DigestKind
from vonk.control.models import AuditEntry
from vonk.control.paging import Numbering
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.identity import queries as identity
from vonk.privacy.actions import erasures

EMAIL = DigestKind.EMAIL_SHA256
FIRST = Numbering(1, 100)


def digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def sent(town: Town, digests: Iterable[str], scope: Scope | None = None) -> int:
    body = "\n".join(digests).encode()
    md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return customer_files.put(scope or town.ada, io.BytesIO(body), EMAIL, md5=md5, now=town.now)


def made(town: Town, *file_ids: int) -> int:
    return custom_audiences.create_of_customers(
        town.ada, AudienceDraft(name="Customers"), EMAIL, file_ids, now=town.now
    )


def held(audience_id: int) -> list[str]:
    packed = bytes(CustomAudience.objects.get(pk=audience_id).digests)
    return [one.hex() for one in files.each(packed, EMAIL)]


def test_an_erased_person_s_digest_is_in_no_file_and_no_audience(town: Town) -> None:
    vik = town.world.people["Vik"]
    theirs, other = digest("vik@example.org"), digest("nobody@example.org")
    assert identity.digest_of(vik.person) == theirs
    file_id = sent(town, [theirs, other])
    audience_id = made(town, file_id)
    only = made(town, sent(town, [theirs]))
    assert held(audience_id) == sorted([theirs, other])
    erasures.erase(vik, vik.person, now=town.now)
    assert (held(audience_id), held(only)) == ([other], [])
    assert bytes(CustomerFile.objects.get(pk=file_id).digests).hex() == other
    assert forget_digest(theirs) == 0
    assert identity.pseudonyms_of_emails([theirs], now=town.now) == {}


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_digest_is_taken_out_wherever_it_lies(place: int) -> None:
    digests = [bytes([number]) * 32 for number in (1, 5, 9, 200)]
    packed = files.pack(reversed(digests))
    left = files.without(packed, digests[place])
    assert list(files.each(left, EMAIL)) == [one for one in digests if one != digests[place]]
    assert files.without(packed, bytes(32)) == packed
    assert files.without(packed, b"\xff" * 32) == packed


def test_files_wait_for_a_day_and_no_longer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = sent(town, [digest("a@example.org")])
    with pytest.raises(CustomerFileMissing):
        custom_audiences.create_of_customers(town.mallory, AudienceDraft(name="A"), EMAIL, [file_id], now=town.now)
    monkeypatch.setattr(files, "WAITING_MAX", 1)
    with pytest.raises(CustomerFilesWaiting):
        sent(town, [digest("b@example.org")])
    audience_id = made(town, file_id)
    monkeypatch.setattr(files, "AUDIENCE_ROWS_MAX", 0)
    with pytest.raises(CustomerFileTooLong):
        made(town, file_id)
    assert customer_files.tidy(town.now + timedelta(hours=23)) == 0
    town.now += timedelta(days=1)
    with pytest.raises(CustomerFileMissing):
        made(town, file_id)
    assert customer_files.tidy(town.now) == 1
    assert len(held(audience_id)) == 1


def test_only_one_s_own_audiences_exist_and_every_act_is_remembered(town: Town) -> None:
    audience_id = made(town, sent(town, [digest("a@example.org")]))
    attempts: tuple[Callable[[], None], ...] = (
        lambda: custom_audiences.rename(town.mallory, audience_id, "Mine", now=town.now),
        lambda: custom_audiences.delete(town.mallory, [audience_id], now=town.now),
        lambda: audience_shares.share(town.mallory, [audience_id], [], now=town.now),
        lambda: audience_shares.cancel(town.mallory, audience_id, town.ada.account, now=town.now),
        lambda: custom_audiences.apply(town.mallory, audience_id, {}, Act.APPLIED, detail={}, now=town.now),
        lambda: saved_audiences.delete(town.mallory, [1], now=town.now),
    )
    for act in attempts:
        with pytest.raises(NotFound):
            act()
    looking = Scope(person_id=town.ada.person, rights=frozenset({Right.ACCOUNT_VIEW}), account_id=town.ada.account)
    with pytest.raises(RightMissing):
        custom_audiences.rename(looking, audience_id, "Mine", now=town.now)
    custom_audiences.rename(town.ada, audience_id, "Regulars", now=town.now)
    audience_shares.share(town.ada, [audience_id], [town.mallory], now=town.now)
    (lent,) = numbered_audiences(town.mallory, FIRST, now=town.now).items
    assert (lent.name, lent.shared_by_other, lent.shared) == ("Regulars", True, True)
    (view,) = numbered_audiences(town.ada, FIRST, now=town.now + timedelta(days=364)).items
    assert (view.usable, view.expiring) == (True, True)
    town.now += timedelta(days=365)
    with pytest.raises(AudienceUnfit):
        custom_audiences.apply(town.ada, audience_id, {}, Act.APPLIED, detail={}, now=town.now)
    custom_audiences.delete(town.ada, [audience_id], now=town.now)
    assert numbered_audiences(town.mallory, FIRST, now=town.now).items == ()
    acts = ["created", "changed", "shared", "deleted"]
    assert list(AudienceAct.objects.order_by("pk").values_list("act", flat=True)) == acts
    written = AuditEntry.objects.filter(noun="audience").order_by("pk").values_list("action", flat=True)
    assert list(written) == [f"audience.{act}" for act in acts]


def test_a_rule_looks_at_the_account_s_own_and_no_farther_than_is_kept(town: Town) -> None:
    def create(source: Source, condition: Condition, scope: Scope | None = None) -> int:
        rule, draft = Rule(included=(condition,)), AudienceDraft(name="Engaged")
        return custom_audiences.create_by_rule(scope or town.ada, draft, source, rule, now=town.now)

    group = town.ad_group()
    liked = Condition(days=30, source_ids=(group,), deeds=(Deed.LIKE,))
    assert create(Source.AD_GROUPS, liked)
    for refused in ((Source.AD_GROUPS, liked, town.mallory), (Source.FOLLOWERS, Condition(days=30), None)):
        with pytest.raises(NotFound):
            create(*refused)
    for wrong in (
        (Source.AD_GROUPS, Condition(days=rules.LOOKBACK_DAYS_MAX + 1)),
        (Source.PIXELS, Condition(days=rules.CONVERSION_DAYS_MAX + 1, source_ids=(1,))),
        (Source.PIXELS, Condition(days=1)),
    ):
        with pytest.raises(FieldInvalid):
            create(*wrong)
    assert [told(count) for count in (0, 99, 100, 109, 110, 1_999)] == [0, 0, 100, 100, 110, 1_990]
