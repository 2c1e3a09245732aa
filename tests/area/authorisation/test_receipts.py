"""Receipts that a stranger verifies with hashlib, json and a library for Ed25519, and nothing of ours."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from tests.area.authorisation.business import EVERYTHING, business, granted
from tests.area.authorisation.world import World
from vonk.authorisation import queries
from vonk.authorisation import receipts as files
from vonk.authorisation.actions import accesses, consents
from vonk.authorisation.models import ConsentRecord
from vonk.authorisation.queries import receipts
from vonk.authorisation.rules import TermsDraft
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import NotFound, RightMissing

SCOPES: dict[str, Callable[[World], Scope]] = {
    "Ada": lambda world: world.people["Ada"],
    "Ada's account": lambda world: world.ada,
    "Vik": lambda world: world.people["Vik"],
    "Olu operating": lambda world: world.olu,
    "Mallory": lambda world: world.people["Mallory"],
    "Mallory's account": lambda world: world.mallory,
}


def a_stranger_verifies(file: bytes, public_key: str) -> list[dict[str, Any]]:
    """Verify a receipt as anybody could who has read how; return its acts. An error when anything is wrong."""
    receipt = json.loads(file)
    signed = json.dumps(receipt["signed"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(receipt["signature"]), signed)
    acts = []
    for act in receipt["signed"]["acts"]:
        assert hashlib.sha256(act["text"].encode()).hexdigest() == act["hash"]
        acts.append({**json.loads(act["text"]), "hash": act["hash"]})
    for before, after in pairwise(acts):
        assert before["sequence"] < after["sequence"]
        assert after["sequence"] > before["sequence"] + 1 or after["previous"] == before["hash"]
    return acts


def published_key() -> str:
    answer = Client().get("/.well-known/vonk-receipt-key").json()
    assert [key["in_use"] for key in answer["keys"]] == [True]
    return str(answer["keys"][0]["public_key"])


def test_either_side_has_a_receipt_that_anybody_can_verify(world: World) -> None:
    post_id = world.ready_post(caption="Brød & “loaf”\n☀")
    held = world.redeemed(post_id)
    others = world.issued(post_id)  # Another advertiser's, in the same chain.
    consents.redeem(world.mallory, others.code, now=world.now)
    world.advance(timedelta(days=1))
    consents.extend(world.cleo, held.id, duration_days=30, now=world.now)
    consents.revoke(world.cleo, held.id, now=world.now)
    received = {
        side: receipts.of_consent(scope, held.id, now=world.now)
        for side, scope in (("creator", world.cleo), ("advertiser", world.ada))
    }
    key = published_key()
    for side, receipt in received.items():
        file = files.encode(receipt)
        acts = a_stranger_verifies(file, key)
        assert [act["act"] for act in acts] == ["issued", "redeemed", "extended", "revoked"]
        assert {act["consent"] for act in acts} == {held.id}
        assert (receipt.signed.issued_to, receipt.signed.object) == (side, files.Object("consent", str(held.id)))
        assert held.code not in file.decode()
        assert str(others.id) not in file.decode()
        assert "Mallory" not in file.decode()
        verdict = files.verify(files.decode(file), bytes.fromhex(key))
        assert verdict.wrong == ()
    facts = received["advertiser"].signed.facts
    assert (
        facts
        | {
            "creator_handle": "cleo",
            "post_id": str(post_id),
            "caption_sha256": hashlib.sha256("Brød & “loaf”\n☀".encode()).hexdigest(),
            "account_id": str(world.ada.account),
            "account_name": "Ada's bread",
            "payer_name": "Ada",
            "road": "post_code",
            "issued_at": "2026-03-02T09:00:00.000000Z",
            "redeemed_at": "2026-03-02T09:00:00.000000Z",
            "ends_at": "2026-05-01T09:00:00.000000Z",
            "revoked_at": "2026-03-03T09:00:00.000000Z",
        }
        == facts
    )
    assert received["creator"].signed.acts == received["advertiser"].signed.acts
    assert received["creator"].signed.chain.length == ConsentRecord.objects.count()


def test_terms_are_in_it_word_by_word_with_who_agreed(world: World) -> None:
    terms = TermsDraft(currency="EUR", spend_cap_micros=250_000_000, note="Not together with “meat”.")
    issued = world.issued(terms=terms)
    offered = queries.preview(world.ada, issued.code, world.now).terms
    assert offered is not None
    consents.redeem(world.ada, issued.code, agree_sha256=offered.sha256, now=world.now)
    for scope in (world.cleo, world.ada):
        file = files.encode(receipts.of_consent(scope, issued.id, now=world.now))
        acts = a_stranger_verifies(file, published_key())
        assert [act["act"] for act in acts] == ["issued", "terms_agreed", "redeemed"]
        (kept,) = json.loads(file)["signed"]["terms"]
        assert hashlib.sha256(kept["text"].encode()).hexdigest() == kept["sha256"] == offered.sha256
        assert ("Not together with “meat”." in kept["text"], kept["offered_by"]) == (True, "creator")
        assert [(yes["side"], yes["account_id"], yes["sha256"]) for yes in kept["agreements"]] == [
            ("creator", None, offered.sha256),
            ("advertiser", str(world.ada.account), offered.sha256),
        ]


def test_each_account_of_a_shared_code_reads_of_itself_alone(world: World) -> None:
    issued = world.issued(accounts_max=2)
    ours = consents.redeem(world.ada, issued.code, now=world.now).consent_id
    theirs = consents.redeem(world.mallory, issued.code, now=world.now).consent_id
    consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)
    for scope, held, other in ((world.ada, ours, theirs), (world.mallory, theirs, ours)):
        receipt = receipts.of_consent(scope, held, now=world.now)
        file = files.encode(receipt)
        assert [act["act"] for act in a_stranger_verifies(file, published_key())] == [
            "issued",
            "redeemed",
            "extended",
            "extended",  # The code, and what grew from it.
        ]
        assert receipt.signed.facts["shared_from_id"] == str(issued.id)
        assert str(other) not in file.decode()
    assert "Mallory" not in files.encode(receipts.of_consent(world.ada, ours, now=world.now)).decode()


def test_a_business_and_a_creator_have_one_of_an_access(world: World) -> None:
    access_id = granted(world, terms=TermsDraft(notice_days=7))
    office = business(world.ada)
    accesses.extend(world.cleo, access_id, duration_days=60, now=world.now)
    accesses.revoke(world.cleo, access_id, now=world.now)
    for side, scope in (("creator", world.cleo), ("business", office)):
        receipt = receipts.of_access(scope, access_id, now=world.now)
        file = files.encode(receipt)
        acts = a_stranger_verifies(file, published_key())
        assert [act["act"] for act in acts] == ["access_asked", "access_granted", "access_extended", "notice_given"]
        assert receipt.signed.issued_to == side
        facts = receipt.signed.facts
        assert (facts["organisation_id"], facts["organisation_name"]) == (str(office.organisation), "Ada")
        assert (facts["scopes"], facts["ends_at"]) == (list(EVERYTHING), "2026-05-31T09:00:00.000000Z")
        assert (facts["ending_at"], facts["revoked_at"]) == ("2026-03-09T09:00:00.000000Z", None)
        assert "7 days" in receipt.signed.terms[0].text
    for scope in (business(world.mallory), world.people["Mallory"], world.ada):
        with pytest.raises((NotFound, RightMissing)):
            receipts.of_access(scope, access_id, now=world.now)


def test_whoever_is_no_side_of_it_has_none(world: World) -> None:
    held = world.redeemed()
    analyst = Scope(world.people["Vik"].person_id, frozenset({Right.ACCOUNT_VIEW}), world.ada.account_id, via=Via.WEB)
    assert receipts.of_consent(analyst, held.id, now=world.now).signed.issued_to == "advertiser"
    for name, scope in SCOPES.items():
        if name != "Ada's account":
            with pytest.raises((NotFound, RightMissing)):
                receipts.of_consent(scope(world), held.id, now=world.now)
        for of in (receipts.of_request, receipts.of_access, receipts.of_standing):
            with pytest.raises((NotFound, RightMissing)):
                of(scope(world), held.id, now=world.now)


def test_what_was_changed_is_found(world: World) -> None:
    held = world.redeemed()
    file = files.encode(receipts.of_consent(world.cleo, held.id, now=world.now)).decode()
    key = published_key()
    for old, new, wrong in (
        ('"payer_name": "Ada"', '"payer_name": "Eve"', 1),
        ('\\"act\\":\\"redeemed\\"', '\\"act\\":\\"revoked\\"', 2),
        ('"issued_to": "creator"', '"issued_to": "advertiser"', 1),
    ):
        changed = file.replace(old, new)
        assert changed != file, old
        with pytest.raises((InvalidSignature, AssertionError)):
            a_stranger_verifies(changed.encode(), key)
        assert len(files.verify(files.decode(changed.encode()), bytes.fromhex(key)).wrong) == wrong, old


def test_only_the_newest_acts_of_many_are_in_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vonk.authorisation.queries.receipts.ACTS_MAX", 2)
    held = world.redeemed()
    for _ in range(3):
        consents.extend(world.cleo, held.id, duration_days=7, now=world.now)
    signed = receipts.of_consent(world.ada, held.id, now=world.now).signed
    assert [json.loads(act.text)["act"] for act in signed.acts] == ["extended", "extended"]
    assert signed.acts_left_out == 3
    verdict = files.verify(files.sign(signed, b"1" * 32), None)
    assert "3 older acts, which the receipt leaves out" in verdict.unseen


def test_an_act_that_names_another_account_is_kept_from_an_advertiser(world: World) -> None:
    held = world.redeemed()
    ConsentRecord.objects.filter(consent_id=held.id, act="redeemed").update(
        detail={"account": str(world.mallory.account)}
    )
    seen = {
        side: len(receipts.of_consent(scope, held.id, now=world.now).signed.acts)
        for side, scope in (("creator", world.cleo), ("advertiser", world.ada))
    }
    assert seen == {"creator": 2, "advertiser": 1}
    # The stored hash was not changed with it: the receipt shows what the chain's verification shows.
    verdict = files.verify(receipts.of_consent(world.cleo, held.id, now=world.now), None)
    assert verdict.wrong == ("Act 2 is not what was hashed.",)
