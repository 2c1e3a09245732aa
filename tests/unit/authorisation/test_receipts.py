"""Files that are said to be receipts: cut, swollen, malicious, signed by others, out of order."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.chance import examples
from vonk.authorisation import chain, receipts
from vonk.authorisation.errors.receipts import (
    ReceiptKeyInvalid,
    ReceiptMalformed,
    ReceiptTooLarge,
    ReceiptUnknownFormat,
)
from vonk.cli.main import app
from vonk.config import keys

SEED, OTHER = b"s" * 32, b"o" * 32
PUBLIC = receipts.public_key_of(SEED)


def row(sequence: int, previous: str) -> chain.Row:
    return chain.Row(
        id=10**18 + sequence, profile_id=7, sequence=sequence, post_id=8, consent_id=9, at=datetime(2026, 3, 2, 9, tzinfo=UTC), person_id=3,
        act="extended", detail={"days": 30}, previous_hash=previous,
    )  # fmt: skip


def signed(*sequences: int, **changed: Any) -> receipts.Signed:
    """Return what is signed, with acts of these numbers; those that follow each other are linked."""
    acts: list[receipts.ReceiptAct] = []
    last = 0
    for sequence in sequences:
        act = row(sequence, acts[-1].hash if acts and sequence == last + 1 else "0" * 64)
        acts.append(receipts.ReceiptAct(chain.text_of(act), chain.hash_of(act)))
        last = sequence
    whole: dict[str, Any] = {
        "format": receipts.FORMAT,
        "platform": receipts.Platform("Vonk", "https://vonk.example", receipts.key_id(PUBLIC), PUBLIC.hex()),
        "issued_at": "2026-03-02T09:00:00.000000Z",
        "issued_to": "creator",
        "object": receipts.Object("consent", "9"),
        "facts": {"post_id": "8", "ends_at": None},
        "terms": [],
        "acts": acts,
        "acts_left_out": 0,
        "chain": receipts.ChainEnd("7", 9, "f" * 64),
    }
    return receipts.Signed(**{**whole, **changed})


def receipt(*sequences: int, seed: bytes = SEED, **changed: Any) -> receipts.Receipt:
    return receipts.sign(signed(*sequences, **changed), seed)


def test_a_good_one_says_what_was_looked_at() -> None:
    good = receipts.decode(receipts.encode(receipt(1, 2, 5)))
    verdict = receipts.verify(good, PUBLIC)
    assert verdict.wrong == ()
    assert verdict.right == (
        f"the signature, by the key {receipts.key_id(PUBLIC)}",
        "the hash of each of 3 acts, recomputed from its text",
        "the order of the acts by their numbers; 1 links from an act to the one right before it",
    )
    assert any(line.startswith("what lies between these acts") for line in verdict.unseen)
    alone = receipts.verify(good, None)
    assert (alone.wrong, any("whose key" in line for line in alone.unseen)) == ((), True)


def test_each_lie_has_its_line() -> None:
    first, second = (row(number, "0" * 64) for number in (3, 4))
    swapped = [receipts.ReceiptAct(chain.text_of(act), chain.hash_of(act)) for act in (second, first)]
    elsewhere = msgspec.structs.replace(row(1, "0" * 64), profile_id=6)
    foreign = [receipts.ReceiptAct(chain.text_of(elsewhere), chain.hash_of(elsewhere))]
    unlinked = [receipts.ReceiptAct(chain.text_of(act), chain.hash_of(act)) for act in (first, second)]
    agreed = receipts.Agreement("creator", None, "2026-03-02T09:00:00Z", "0" * 64)
    text = receipts.AgreedTerms("5", "Be kind.", "1" * 64, "creator", "2026-03-02T09:00:00Z", [])
    hashed = receipts.AgreedTerms(
        "5", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "", "", [agreed]
    )
    found = {
        "swapped": receipts.verify(receipt(acts=swapped), PUBLIC).wrong,
        "foreign": receipts.verify(receipt(acts=foreign), PUBLIC).wrong,
        "unlinked": receipts.verify(receipt(acts=unlinked), PUBLIC).wrong,
        "beyond": receipts.verify(receipt(10), PUBLIC).wrong,
        "end": receipts.verify(receipt(9), PUBLIC).wrong,
        "terms": receipts.verify(receipt(terms=[text]), PUBLIC).wrong,
        "agreed": receipts.verify(receipt(terms=[hashed]), PUBLIC).wrong,
        "not an act": receipts.verify(receipt(acts=[receipts.ReceiptAct("[1]", "0" * 64)]), PUBLIC).wrong,
        "by another": receipts.verify(receipt(1, seed=OTHER), PUBLIC).wrong,
        "another's key": receipts.verify(receipt(1), receipts.public_key_of(OTHER)).wrong,
    }
    other = receipts.key_id(receipts.public_key_of(OTHER))
    unsigned = "The signature is not of these contents: something was changed, or another key signed."
    assert found == {
        "swapped": ("Act 2 does not come after act 1.",),
        "foreign": ("Act 1 is from another profile's record.",),
        "unlinked": ("Act 2 does not continue act 1.",),
        "beyond": ("Act 1 is beyond the end of the record.",),
        "end": ("Act 1 is not the one that the record ended with.",),
        "terms": ("The text of terms 5 is not what was hashed.",),
        "agreed": ("Somebody agreed to another text than that of terms 5.",),
        "not an act": ("Act 1 is not what was hashed.", "Act 1 is not a record of the platform."),
        "by another": (unsigned,),
        "another's key": (f"The receipt was signed with another key than the one given ({other}).", unsigned),
    }


@settings(max_examples=examples(60))
@given(at=st.integers(0, 2_000), bit=st.integers(0, 7))
def test_no_bit_can_be_turned(at: int, bit: int) -> None:
    file = bytearray(receipts.encode(receipt(1, 2)))
    file[at % len(file)] ^= 1 << bit
    try:
        changed = receipts.decode(bytes(file))
    except (ReceiptMalformed, ReceiptUnknownFormat):
        return
    assert changed == receipt(1, 2) or receipts.verify(changed, PUBLIC).wrong != ()


def test_what_is_no_receipt_is_named(tmp_path: Path) -> None:
    good = receipts.encode(receipt(1))
    later = json.loads(good)
    later["signed"]["format"] = "vonk-receipt/2"
    twice = good.replace(b'"issued_to"', b'"issued_to": "advertiser", "issued_to"')
    half = good.replace(b'"post_id": "8"', b'"post_id": "\\ud800"')
    assert len({good, twice, half}) == 3
    for file, error in (
        (b" " * (receipts.RECEIPT_BYTES_MAX + 1), ReceiptTooLarge),
        (json.dumps(later).encode(), ReceiptUnknownFormat),
        (twice, ReceiptMalformed),
        (half, ReceiptMalformed),
        (good[:-40], ReceiptMalformed),
        (b"", ReceiptMalformed),
        (b"[" * 100_000, ReceiptMalformed),
        (b"\xff\xfe", ReceiptMalformed),
        (b'{"signed": NaN}', ReceiptMalformed),
        (b'{"signed": ' + b"9" * 10_000 + b"}", ReceiptMalformed),
    ):
        with pytest.raises(error):
            receipts.decode(file)
    for key in (b"", b"zz", b"00", b"{}", b'{"keys": [{"public_key": 5}]}', b'{"keys": []}', b"{" * 100_000):
        with pytest.raises(ReceiptKeyInvalid):
            receipts.key_in(key, wanted="x")


def test_the_command_says_it_and_ends_accordingly(tmp_path: Path) -> None:
    run = CliRunner().invoke
    good, bad, key = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "keys.json"
    good.write_bytes(receipts.encode(receipt(1, 2)))
    bad.write_bytes(good.read_bytes().replace(b'"creator"', b'"advertiser"'))
    published = [receipts.public_key_of(OTHER).hex(), PUBLIC.hex()]
    key.write_text(json.dumps({"keys": [{"public_key": known} for known in published]}))
    said = run(app, ["verify-receipt", str(good), "--key", str(key)])
    assert (said.exit_code, "Wrong:" in said.output, said.output.count("Verified:")) == (0, False, 3)
    assert run(app, ["verify-receipt", str(good), "--key", PUBLIC.hex()]).exit_code == 0
    assert "whose key" in run(app, ["verify-receipt", str(good)]).output
    said = run(app, ["verify-receipt", str(bad), "--key", PUBLIC.hex()])
    assert (said.exit_code, "Wrong: The signature" in said.output) == (1, True)
    for arguments, name in (
        ([str(key)], "receipt_malformed"),
        ([str(tmp_path / "absent")], "No such file"),
        ([str(good), "--key", "x" * 5_000], "receipt_key_invalid"),
    ):
        said = run(app, ["verify-receipt", *arguments])
        assert (said.exit_code, name in said.output) == (2, True), name


def test_a_rotated_key_stays_known(tmp_path: Path) -> None:
    kept = keys.ReceiptKeys(tmp_path)
    before = receipts.public_key_of(kept.seed())
    assert kept.former() == ()
    keys.rotate_receipts(tmp_path)
    between = receipts.public_key_of(kept.seed())
    keys.rotate_receipts(tmp_path)
    assert kept.former() == (between, before)
    assert len({before, between, receipts.public_key_of(keys.ReceiptKeys(tmp_path).seed())}) == 3
    (tmp_path / "keys" / "receipts").write_bytes(b"short")
    with pytest.raises(ValueError, match="does not hold a key"):
        kept.seed()
