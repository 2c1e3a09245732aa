"""Pixels: created with a secret shown once, renamed, re-keyed, switched; published as they are."""

import hashlib
import json

import msgspec
import pytest

from tests.area.advertising.town import Town, compiled, everything, published
from vonk.advertising import queries
from vonk.advertising.actions import pixels
from vonk.advertising.errors import PixelQuotaExceeded
from vonk.advertising.models import Pixel
from vonk.advertising.rules.pixels import PIXELS_PER_ACCOUNT_MAX
from vonk.control.models import AuditEntry
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.delivery.snapshot import DocumentKind
from vonk.events.conversions.codes import code_for_tests


def document(pixel_id: int) -> object:
    return json.loads(published()[DocumentKind.PIXEL][pixel_id])


def test_a_pixel_is_published_with_its_secret_s_digest_and_nowhere_as_text(town: Town) -> None:
    issued = pixels.create(town.ada, "  Web shop ", now=town.now)
    digest = hashlib.sha256(issued.secret.encode()).hexdigest()
    assert document(issued.id) == {
        "id": issued.id,
        "account_id": town.ada.account,
        "currency": "EUR",
        "secret_sha256": digest,
        "servers_only": False,
    }
    assert queries.pixel(town.ada, issued.id) == queries.PixelView(
        id=issued.id,
        account_id=town.ada.account,
        name="Web shop",
        enabled=True,
        created_at=town.now,
        modified_at=town.now,
        test_code=code_for_tests(digest),
    )
    assert queries.measured_since([town.ada.account, town.mallory.account]) == {town.ada.account: town.now}
    assert issued.secret not in repr([list(Pixel.objects.values()), list(AuditEntry.objects.values()), published()])


def test_a_new_secret_takes_the_former_ones_place(town: Town) -> None:
    first = pixels.create(town.ada, "Shop", now=town.now)
    second = pixels.rotate_secret(town.ada, first.id, now=town.now)
    assert second.id == first.id
    assert second.secret != first.secret
    assert Pixel.objects.get().secret_sha256 == hashlib.sha256(second.secret.encode()).hexdigest()
    assert published() == compiled()


def test_off_is_withdrawn_and_on_is_published_again(town: Town) -> None:
    pixel_id = pixels.create(town.ada, "Shop", now=town.now).id
    before = document(pixel_id)
    pixels.set_enabled(town.ada, pixel_id, False, now=town.now)
    assert pixel_id not in published()[DocumentKind.PIXEL]
    pixels.set_enabled(town.ada, pixel_id, True, now=town.now)
    pixels.set_enabled(town.ada, pixel_id, True, now=town.now)  # Twice is once.
    pixels.rename(town.ada, pixel_id, "Web shop", now=town.now)
    assert document(pixel_id) == before
    assert list(AuditEntry.objects.filter(noun="pixel").order_by("pk").values_list("action", flat=True)) == [
        "pixel.created",
        "pixel.switched_off",
        "pixel.switched_on",
        "pixel.renamed",
    ]


def test_the_quota_counts_switched_off_pixels(town: Town) -> None:
    for number in range(PIXELS_PER_ACCOUNT_MAX):
        pixel_id = pixels.create(town.ada, f"Shop {number}", now=town.now).id
    pixels.set_enabled(town.ada, pixel_id, False, now=town.now)
    before = everything()
    with pytest.raises(PixelQuotaExceeded):
        pixels.create(town.ada, "One more", now=town.now)
    assert everything() == before
    pixels.create(town.mallory, "Her own", now=town.now)  # Each account has its own quota.


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "two\nlines", "\u202eturned"])
def test_a_name_is_one_line_of_forty(town: Town, name: str) -> None:
    before = everything()
    with pytest.raises(FieldInvalid) as refused:
        pixels.create(town.ada, name, now=town.now)
    assert refused.value.field == "name"
    assert everything() == before


def test_others_pixels_do_not_exist_and_readers_change_nothing(town: Town) -> None:
    pixel_id = pixels.create(town.ada, "Shop", now=town.now).id
    reader = msgspec.structs.replace(town.ada, rights=frozenset({Right.ACCOUNT_VIEW}))
    before = everything()
    for scope, refusal in ((town.mallory, NotFound), (reader, RightMissing)):
        for act in (
            lambda who: pixels.rename(who, pixel_id, "Mine", now=town.now),
            lambda who: pixels.rotate_secret(who, pixel_id, now=town.now),
            lambda who: pixels.set_enabled(who, pixel_id, False, now=town.now),
        ):
            with pytest.raises(refusal):
                act(scope)
    with pytest.raises(RightMissing):
        pixels.create(reader, "Shop", now=town.now)
    with pytest.raises(NotFound):
        queries.pixel(town.mallory, pixel_id)
    assert everything() == before
    assert [pixel.id for pixel in queries.pixels(reader)] == [pixel_id]
