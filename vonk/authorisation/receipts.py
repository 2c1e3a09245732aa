"""Signed receipts, pure: what either side keeps of a consent, and can verify without the platform.

The signature is Ed25519 (RFC 8032) over the member ``signed`` in canonical JSON: sorted keys, no spaces, UTF-8. An act
stands as the very text that was hashed, so that no reader's numbers round its ids.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vonk.authorisation.errors.receipts import (
    ReceiptKeyInvalid,
    ReceiptMalformed,
    ReceiptTooLarge,
    ReceiptUnknownFormat,
)

FORMAT: Final = "vonk-receipt/1"
RECEIPT_BYTES_MAX: Final = 16 * 1024 * 1024
ACTS_MAX: Final = 10_000  # Of one receipt: the newest.

Facts = dict[str, str | int | bool | list[str] | None]
"""What stands in the tables when the receipt is made. Ids are decimal texts, instants RFC 3339 in UTC, NULL is none."""


class Platform(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signed. ``public_key`` is 32 bytes in hexadecimal."""

    name: str
    site: str
    key_id: str
    public_key: str


class Object(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the receipt is about: a consent, a request, an access or a standing consent."""

    kind: str
    id: str


class Agreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side said yes to the terms whose text has this hash."""

    side: str
    account_id: str | None
    at: str
    sha256: str


class AgreedTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms as both sides read them. ``sha256`` is the text's, in UTF-8."""

    id: str
    text: str
    sha256: str
    offered_by: str
    made_at: str
    agreements: list[Agreement]


class ReceiptAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One act of the consent record. ``text`` is JSON, exactly as hashed; ``hash`` is its SHA-256 in hexadecimal."""

    text: str
    hash: str


class ChainEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the profile's whole record ended when the receipt was made."""

    profile_id: str
    length: int
    hash: str


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that the signature covers."""

    format: str
    platform: Platform
    issued_at: str
    issued_to: str  # creator, advertiser or business.
    object: Object
    facts: Facts
    terms: list[AgreedTerms]
    acts: list[ReceiptAct]
    acts_left_out: int
    chain: ChainEnd


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A receipt as it is kept. ``signature`` is 64 bytes in hexadecimal."""

    signed: Signed
    signature: str


class Verdict(msgspec.Struct, frozen=True):
    """What was looked at in a receipt. It is good when nothing stands in ``wrong``; ``unseen`` is what nobody checked."""

    receipt: Receipt
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    unseen: tuple[str, ...]


def key_id(public_key: bytes) -> str:
    """Return the name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def public_key_of(seed: bytes) -> bytes:
    """Return the public key, 32 bytes, of a private one."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def canonical(signed: Signed) -> bytes:
    """Return the bytes that the signature covers."""
    plain = msgspec.to_builtins(signed)
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def sign(signed: Signed, seed: bytes) -> Receipt:
    """Return the receipt with the platform's signature."""
    return Receipt(signed, Ed25519PrivateKey.from_private_bytes(seed).sign(canonical(signed)).hex())


def encode(receipt: Receipt) -> bytes:
    """Return the receipt as a file: indented, for people; its canonical form is made anew by whoever verifies it."""
    return json.dumps(msgspec.to_builtins(receipt), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def decode(file: bytes) -> Receipt:
    """Return what a file holds. Raises ReceiptTooLarge, ReceiptUnknownFormat, ReceiptMalformed with what is wrong."""
    if len(file) > RECEIPT_BYTES_MAX:
        raise ReceiptTooLarge(bytes_max=RECEIPT_BYTES_MAX)
    try:
        plain = json.loads(file.decode(), object_pairs_hook=_once, parse_constant=_no_number)
        if isinstance(plain, dict) and isinstance(plain.get("signed"), dict):
            found = plain["signed"].get("format")
            if isinstance(found, str) and found != FORMAT:
                raise ReceiptUnknownFormat(found=found[:40], known=FORMAT)
        receipt = msgspec.convert(plain, Receipt)
        canonical(receipt.signed)  # Half a character has no bytes, and so nothing to verify.
    except (ValueError, RecursionError, msgspec.ValidationError) as error:  # UnicodeError is a ValueError.
        raise ReceiptMalformed(reason=str(error)[:200] or "nested too deeply") from error
    return receipt


def key_in(text: bytes, *, wanted: str) -> bytes:
    """Return the public key in a file: 64 hexadecimal digits, or the JSON of the platform's address for its keys.

    Of several keys the one that is called ``wanted``. Raises ReceiptKeyInvalid.
    """
    try:
        plain = text.decode().strip()
        if not plain.startswith("{"):
            return _key(plain)
        keys = [_key(entry["public_key"]) for entry in json.loads(plain)["keys"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ReceiptKeyInvalid(reason="it holds no public key of 32 bytes") from error
    for key in keys:
        if key_id(key) == wanted:
            return key
    raise ReceiptKeyInvalid(reason=f"it holds no key called {wanted[:16]}")


def verify(receipt: Receipt, key: bytes | None) -> Verdict:
    """Judge the receipt with the platform's public key, or, without one, with the key that it brings along."""
    signed = receipt.signed
    right: list[str] = []
    wrong: list[str] = []
    unseen = [
        "that the facts are true: the platform says them, and signed that it does",
        "whether anything happened after the receipt was made",
    ]
    _judge_signature(receipt, key, right, wrong, unseen)
    rows = _judge_acts(signed, right, wrong)
    if rows is not None:
        _judge_order(signed, rows, right, wrong, unseen)
    for terms in signed.terms:
        _judge_terms(terms, right, wrong)
    if signed.acts_left_out:
        unseen.append(f"{signed.acts_left_out} older acts, which the receipt leaves out")
    return Verdict(receipt, tuple(right), tuple(wrong), tuple(unseen))


def _judge_signature(
    receipt: Receipt, key: bytes | None, right: list[str], wrong: list[str], unseen: list[str]
) -> None:
    platform = receipt.signed.platform
    try:
        brought, signature = _key(platform.public_key), bytes.fromhex(receipt.signature)
        if signature.hex() != receipt.signature:
            wrong.append("The signature is not written as the platform writes it.")
        if key_id(brought) != platform.key_id:
            wrong.append("The key is not the one that the receipt names.")
        if key is not None and not hmac.compare_digest(key, brought):
            wrong.append(f"The receipt was signed with another key than the one given ({key_id(key)}).")
        Ed25519PublicKey.from_public_bytes(key or brought).verify(signature, canonical(receipt.signed))
    except (InvalidSignature, ValueError):
        wrong.append("The signature is not of these contents: something was changed, or another key signed.")
        return
    right.append(f"the signature, by the key {key_id(key or brought)}")
    if key is None:
        unseen.append(
            f"whose key {platform.key_id} is: give the platform's own with --key "
            f"({platform.site}/.well-known/vonk-receipt-key)"
        )


def _judge_acts(signed: Signed, right: list[str], wrong: list[str]) -> list[Mapping[str, Any]] | None:
    """Return the acts as records; None when one cannot be read."""
    rows: list[Mapping[str, Any]] = []
    bad = 0
    for number, act in enumerate(signed.acts, 1):
        if not hmac.compare_digest(hashlib.sha256(act.text.encode()).hexdigest().encode(), act.hash.encode()):
            wrong.append(f"Act {number} is not what was hashed.")
            bad += 1
        try:
            row = json.loads(act.text, object_pairs_hook=_once, parse_constant=_no_number)
            rows.append(_record(row))
        except (ValueError, RecursionError):
            wrong.append(f"Act {number} is not a record of the platform.")
            return None
    if not bad:
        right.append(f"the hash of each of {len(rows)} acts, recomputed from its text")
    return rows


def _judge_order(
    signed: Signed, rows: list[Mapping[str, Any]], right: list[str], wrong: list[str], unseen: list[str]
) -> None:
    linked = gaps = 0
    before = len(wrong)
    for number, (row, act) in enumerate(zip(rows, signed.acts, strict=True), 1):
        if str(row["profile"]) != signed.chain.profile_id:
            wrong.append(f"Act {number} is from another profile's record.")
        if row["sequence"] > signed.chain.length:
            wrong.append(f"Act {number} is beyond the end of the record.")
        if row["sequence"] == signed.chain.length and act.hash != signed.chain.hash:
            wrong.append(f"Act {number} is not the one that the record ended with.")
        if number == 1:
            continue
        earlier = rows[number - 2]
        if row["sequence"] <= earlier["sequence"]:
            wrong.append(f"Act {number} does not come after act {number - 1}.")
        elif row["sequence"] > earlier["sequence"] + 1:
            gaps += 1
        elif row["previous"] != signed.acts[number - 2].hash:
            wrong.append(f"Act {number} does not continue act {number - 1}.")
        else:
            linked += 1
    if len(wrong) == before and rows:
        right.append(f"the order of the acts by their numbers; {linked} links from an act to the one right before it")
    if gaps or (rows and rows[0]["sequence"] > 1):
        unseen.append(
            "what lies between these acts in the creator's record: it concerns others, and only hashes lead there"
        )


def _judge_terms(terms: AgreedTerms, right: list[str], wrong: list[str]) -> None:
    hashed = hashlib.sha256(terms.text.encode()).hexdigest()
    if hashed != terms.sha256:
        wrong.append(f"The text of terms {terms.id} is not what was hashed.")
    elif any(agreement.sha256 != hashed for agreement in terms.agreements):
        wrong.append(f"Somebody agreed to another text than that of terms {terms.id}.")
    else:
        right.append(f"the text of terms {terms.id}, and that {len(terms.agreements)} agreements name its hash")


def _record(row: object) -> Mapping[str, Any]:
    kinds = {"sequence": int, "profile": int, "previous": str, "act": str}
    if isinstance(row, dict) and all(type(row.get(name)) is kind for name, kind in kinds.items()):
        return row
    raise ValueError("not a record")


def _key(text: object) -> bytes:
    key = bytes.fromhex(text) if isinstance(text, str) else b""
    if len(key) != 32:  # noqa: PLR2004 - RFC 8032: the length of a public key.
        raise ValueError("a public key has 32 bytes, in hexadecimal")
    return key


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice in one object: which one is read depends on the reader."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
