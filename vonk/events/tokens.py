"""Signed tokens: one for each showing of a post (Claims), each viewer (ViewerClaims), each reader (ReaderClaims).

Both are ``base64url(key id ‖ purpose ‖ body ‖ HMAC-SHA-256)``, with the body in MessagePack. A token carries all that
its reader needs. Keys rotate: the newest signs, the one before it is still accepted.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

import msgspec

from vonk.core.errors import Forbidden
from vonk.core.taxonomy import AgeBand, Gender
from vonk.events.records import Claims

BILLS_FOR_MS: Final = 24 * 3_600_000  # Design §2: an event bills for 24 hours after the decision,
COUNTS_FOR_MS: Final = 7 * 24 * 3_600_000  # and counts for seven days.
VIEWER_TOKEN_LIVES_MS: Final = 3_600_000
TOKEN_CHARS_MAX: Final = 1_024

_SIGNATURE_BYTES: Final = 32
_SHOWING: Final = b"s"
_VIEWER: Final = b"v"
_READER: Final = b"r"


class ViewerClaims(msgspec.Struct, frozen=True, array_like=True):
    """What the ad server may know of a viewer. ``viewer_id`` is a pseudonym that only *site* can resolve."""

    viewer_id: str
    expires_ms: int
    country: str = ""
    language: str = ""
    age_band: AgeBand | None = None
    gender: Gender | None = None
    interests: tuple[str, ...] = ()
    personalised: bool = False  # The viewer agreed to personalised ads and is no minor.


class ReaderClaims(msgspec.Struct, frozen=True, array_like=True):
    """Who may read decisions back: one advertiser's account, or with ``account_id`` 0 an operator, all of them."""

    account_id: int
    expires_ms: int


class TokenInvalid(Forbidden):
    """The token was not made by this platform, was cut or changed, or was made for another purpose."""

    code = "token_invalid"
    message = "The token is not one of this platform's."
    cause = "It was changed, cut, made with a retired key, or belongs to another platform."
    remedy = "Take the token from the decision's answer, unchanged."


class TokenExpired(Forbidden):
    """The token was good once."""

    code = "token_expired"
    message = "The token has expired."
    remedy = "Ask for a new one."


class Signer:
    """Makes and reads tokens with a list of keys, newest first; each key is 32 bytes, at most two are in use."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("a signer needs keys of 32 bytes")
        self._keys = {hashlib.sha256(key).digest()[:1]: key for key in reversed(keys)}
        self._key_id = hashlib.sha256(keys[0]).digest()[:1]
        self._encoder = msgspec.msgpack.Encoder()
        self._claims = msgspec.msgpack.Decoder(Claims)
        self._viewer = msgspec.msgpack.Decoder(ViewerClaims)
        self._reader = msgspec.msgpack.Decoder(ReaderClaims)

    def sign_showing(self, claims: Claims) -> str:
        """Return the token of one showing."""
        return self._sign(_SHOWING, self._encoder.encode(claims))

    def read_showing(self, token: str) -> Claims:
        """Return what a showing's token says; TokenInvalid when it is not ours. Its age is for the caller to judge."""
        try:
            return self._claims.decode(self._body(_SHOWING, token))
        except msgspec.MsgspecError as error:
            raise TokenInvalid from error

    def sign_viewer(self, claims: ViewerClaims) -> str:
        """Return a viewer's token."""
        return self._sign(_VIEWER, self._encoder.encode(claims))

    def read_viewer(self, token: str, *, now_ms: int) -> ViewerClaims:
        """Return what a viewer's token says; TokenInvalid when it is not ours, TokenExpired when it is too old."""
        try:
            claims = self._viewer.decode(self._body(_VIEWER, token))
        except msgspec.MsgspecError as error:
            raise TokenInvalid from error
        if claims.expires_ms <= now_ms:
            raise TokenExpired
        return claims

    def sign_reader(self, claims: ReaderClaims) -> str:
        """Return a reader's token."""
        return self._sign(_READER, self._encoder.encode(claims))

    def read_reader(self, token: str, *, now_ms: int) -> ReaderClaims:
        """Return what a reader's token says; TokenInvalid when it is not ours, TokenExpired when it is too old."""
        try:
            claims = self._reader.decode(self._body(_READER, token))
        except msgspec.MsgspecError as error:
            raise TokenInvalid from error
        if claims.expires_ms <= now_ms:
            raise TokenExpired
        return claims

    def _sign(self, purpose: bytes, body: bytes) -> str:
        signed = self._key_id + purpose + body
        signature = hmac.digest(self._keys[self._key_id], signed, "sha256")
        return base64.urlsafe_b64encode(signed + signature).rstrip(b"=").decode("ascii")

    def _body(self, purpose: bytes, token: str) -> bytes:
        if len(token) > TOKEN_CHARS_MAX:
            raise TokenInvalid
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise TokenInvalid from error
        signed, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
        key = self._keys.get(signed[:1])
        if key is None or not hmac.compare_digest(hmac.digest(key, signed, "sha256"), signature):
            raise TokenInvalid
        if signed[1:2] != purpose:
            raise TokenInvalid
        return signed[2:]
