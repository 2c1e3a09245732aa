"""Every act is a row, and no row can be changed, lost or moved unnoticed."""

from django.db.models import F

from tests.area.authorisation.world import DAY, World
from vonk.authorisation import queries
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.chain import Broken, Fault
from vonk.authorisation.models import ConsentChain, ConsentRecord
from vonk.control.models import AuditEntry


def lived(world: World) -> int:
    """Let a post live through everything; return it."""
    post_id = world.ready_post()
    deleted = world.issued(post_id)
    consents.delete(world.cleo, deleted.id, now=world.now)
    held = world.redeemed(post_id, days=7)
    consents.extend(world.cleo, held.id, duration_days=7, now=world.now)
    world.advance(14 * DAY)
    consents.notice_ended(world.now)
    consents.release(world.ada, held.id, now=world.now)
    revoked = world.redeemed(post_id)
    consents.revoke(world.cleo, revoked.id, now=world.now)
    switches.set_post_authorisation(world.cleo, post_id, on=False, now=world.now)
    switches.set_ad_settings(world.cleo, on=False, now=world.now)
    return post_id


ACTS = [
    "ad_settings_on",
    "post_authorisation_on",
    "issued",
    "deleted",
    "issued",
    "redeemed",
    "extended",
    "expired",
    "released",
    "issued",
    "redeemed",
    "revoked",
    "post_authorisation_off",
    "ad_settings_off",
]


def test_every_act_is_recorded_with_its_author(world: World) -> None:
    post_id = lived(world)
    rows = list(reversed(queries.history(world.cleo).items))
    assert [row.act.value for row in rows] == ACTS
    assert [row.sequence for row in rows] == list(range(1, 15))
    stored = list(ConsentRecord.objects.order_by("sequence").values_list("person_id", flat=True))
    cleo, ada = world.cleo.person, world.ada.person
    assert stored == [cleo, cleo, cleo, cleo, cleo, ada, cleo, None, ada, cleo, ada, cleo, cleo, cleo]
    assert [row.person_name for row in rows][5:8] == [None, "Cleo", None]  # The advertiser is named by account.
    assert [row.account_name for row in rows][5:8] == ["Ada's bread"] * 3
    assert rows[4].detail == {
        "duration_days": 7,
        "ends_at": "2026-03-09T09:00:00+00:00",
        "ads_only": False,
        "made_public": False,
        "accounts_max": 1,
        "terms": None,
        "preview_required": False,
    }
    assert [row.act.value for row in reversed(queries.history(world.cleo, post_id).items)] == ACTS[1:-1]
    assert queries.verify_chain(None) == []
    audited = AuditEntry.objects.exclude(noun__in=["ad_account", "person"]).values_list("action", flat=True)
    assert sorted(audited) == sorted(
        ["ad_settings.switched", "post_authorisation.switched"] * 2
        + ["consent.issued"] * 3
        + ["consent.redeemed"] * 2
        + ["consent.deleted", "consent.extended", "consent.expired", "consent.released", "consent.revoked"]
    )


def broken(world: World) -> list[tuple[int, str]]:
    found = queries.verify_chain(None)
    assert found == queries.verify_chain(world.profiles["Cleo"])
    assert queries.verify_chain(world.profiles["Vik"]) == []
    assert all(fault.profile_id == world.profiles["Cleo"] for fault in found)
    return [(fault.sequence, fault.fault.value) for fault in found]


def test_a_changed_row_is_found(world: World) -> None:
    lived(world)
    row = ConsentRecord.objects.get(sequence=5)
    ConsentRecord.objects.filter(pk=row.pk).update(detail={**row.detail, "duration_days": 365})
    assert broken(world) == [(5, "changed")]
    ConsentRecord.objects.filter(pk=row.pk).update(detail=row.detail, person_id=world.mallory.person)
    assert broken(world) == [(5, "changed")]
    ConsentRecord.objects.filter(pk=row.pk).update(person_id=row.person_id, at=row.at + DAY)
    assert broken(world) == [(5, "changed")]
    ConsentRecord.objects.filter(pk=row.pk).update(at=row.at, hash="0" * 64)
    assert broken(world) == [(5, "changed"), (6, "unlinked")]


def test_a_missing_row_is_found_in_the_middle_and_at_the_end(world: World) -> None:
    lived(world)
    middle, last = ConsentRecord.objects.get(sequence=7), ConsentRecord.objects.get(sequence=14)
    middle.delete()
    assert broken(world) == [(7, "missing")]
    last.delete()
    assert broken(world) == [(7, "missing"), (14, "missing")]
    ConsentRecord.objects.all().delete()
    assert broken(world) == [(sequence, "missing") for sequence in range(1, 15)]


def test_swapped_rows_are_found(world: World) -> None:
    lived(world)
    for old, new in ((5, 1_000), (12, 5), (1_000, 12)):
        ConsentRecord.objects.filter(sequence=old).update(sequence=new)
    assert broken(world) == [(5, "changed"), (6, "unlinked"), (12, "changed"), (13, "unlinked")]


def test_rows_put_in_between_or_after_are_found(world: World) -> None:
    lived(world)
    ConsentRecord.objects.filter(sequence=14).update(sequence=F("sequence") + 1)
    assert broken(world) == [(14, "missing"), (15, "beyond_end")]


def test_a_lost_end_is_found(world: World) -> None:
    lived(world)
    ConsentChain.objects.filter(profile_id=world.profiles["Cleo"]).update(hash="1" * 64)
    last = ConsentRecord.objects.get(sequence=14)
    assert queries.verify_chain(None) == [Broken(world.profiles["Cleo"], 14, last.pk, Fault.END_CHANGED)]
    ConsentChain.objects.filter(profile_id=world.profiles["Cleo"]).delete()
    assert broken(world) == [(sequence, "beyond_end") for sequence in range(1, 15)]
