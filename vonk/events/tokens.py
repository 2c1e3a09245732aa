"""Signed tokens: for a showing of a post (Claims), a viewer (ViewerClaims), a reader (ReaderClaims), a host (HostClaims),
*site* as it reports conversions (ReporterClaims).

All are ``base64url(key id ‖ purpose ‖ body ‖ HMAC-SHA-256)``, with the body in MessagePack. A token carries all that
its reader needs. Keys rotate while processes run: the newest signs, the one before it is still accepted.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import ClassVar, Final, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vonk.core.clock import DAY_MS, HOUR_MS
from vonk.core.errors import Forbidden
from vonk.core.taxonomy import AgeBand, Gender
from vonk.events.records import Claims
from vonk.events.sealing import NONCE_BYTES, Mac, Nonces

BILLS_FOR_MS: Final = 24 * HOUR_MS  # Design §2: an event bills for 24 hours after the decision,
COUNTS_FOR_MS: Final = 7 * DAY_MS  # and counts for seven days.
CLICK_COUNTS_FOR_MS: Final = 35 * DAY_MS  # The longest click window, and the lateness of what follows it.
VIEWER_TOKEN_LIVES_MS: Final = HOUR_MS
TOKEN_CHARS_MAX: Final = 3_072
OWN_PROFILES_MAX: Final = 8  # Of a viewer, named in their token;
OWN_ACCOUNTS_MAX: Final = 64  # with as many accounts,
AUDIENCES_TOLD_MAX: Final = 48  # audiences,
BEHAVIOURS_TOLD_MAX: Final = 24  # and behaviours a token still stays below its bound.

_SIGNATURE_BYTES: Final = 32
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")  # base64.urlsafe_b64encode does this in more steps.
_SHOWING: Final = b"s"
_VIEWER: Final = b"v"
_READER: Final = b"r"
_HOST: Final = b"h"
_REPORTER: Final = b"p"
_CLICK: Final = b"c"


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
    profiles: tuple[int, ...] = ()  # The viewer's own: a showing of their posts to themselves counts for nothing.
    accounts: tuple[int, ...] = ()  # Ad accounts that the viewer is a member of, likewise.
    region: str = ""  # Within the country, and
    city: str = ""  # within that, as GeoNames numbers them.
    behaviours: tuple[str, ...] = ()  # What they did of late, as core.taxonomy.behaviour names it.
    audiences: tuple[int, ...] | None = None  # All that they are in and that any ad names; None: nobody has looked.
    told_ms: int = 0  # When somebody did.

    def owns(self, *, profile_id: int, account_id: int = 0) -> bool:
        """Tell whether a showing of this profile's post, for this account, would be the viewer's own."""
        return profile_id in self.profiles or (account_id != 0 and account_id in self.accounts)


class ReaderClaims(msgspec.Struct, frozen=True, array_like=True):
    """Who may read decisions back: one advertiser's account, or with ``account_id`` 0 an operator, all of them."""

    account_id: int
    expires_ms: int


class HostClaims(msgspec.Struct, frozen=True, array_like=True):
    """A host app's server, which reports the events of its own viewers."""

    name: str
    expires_ms: int


class ReporterClaims(msgspec.Struct, frozen=True, array_like=True):
    """*site*, which reports conversions for one account's pixels as the account's own server would."""

    account_id: int
    expires_ms: int


class TokenInvalid(Forbidden):
    """The token was not made by this platform, was cut or changed, or was made for another purpose.

    ``reason`` says which: the name under which an event with such a token is refused and counted.
    """

    code = "token_invalid"
    message = "The token is not one of this platform's."
    cause = "It was changed, cut, made with a retired key, or belongs to another platform."
    remedy = "Take the token from the decision's answer, unchanged."
    reason: ClassVar[str] = "token_malformed"


class TokenForged(TokenInvalid):
    """It names one of our keys and was not signed with it."""

    reason = "token_forged"


class TokenForeign(TokenInvalid):
    """It names a key that is not ours, or is no longer."""

    reason = "token_foreign"


class TokenPurpose(TokenInvalid):
    """We made it, for something else."""

    reason = "token_purpose"


class TokenExpired(Forbidden):
    """The token was good once."""

    code = "token_expired"
    message = "The token has expired."
    remedy = "Ask for a new one."


Token = TypeVar("Token")


class _Ring:
    """The keys in force, by their first letter. Never changed: another one takes its place."""

    __slots__ = ("clicks", "key_id", "keys", "mac")

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("a signer needs keys of 32 bytes")
        self.keys = {key_id(key): Mac(key) for key in reversed(keys)}
        self.clicks = {name: AESGCM(mac.digest(b"vonk click")) for name, mac in self.keys.items()}
        self.key_id = key_id(keys[0])
        self.mac = self.keys[self.key_id]


class Signer:
    """Makes and reads tokens with a list of keys, newest first; each key is 32 bytes, at most two are in use.

    ``renewed`` returns the keys when they have changed since it was last asked, else None; it must be cheap and safe
    to call from any thread. ``refresh`` asks it, and so does a token with an unknown key: another process may have
    rotated the keys a moment ago.
    """

    def __init__(self, keys: Sequence[bytes], renewed: Callable[[], Sequence[bytes] | None] = lambda: None) -> None:
        self._ring = _Ring(keys)
        self._renewed = renewed
        self.generation = 0  # Grows with every change of keys: whoever remembers read tokens forgets them then.
        self._nonces = Nonces()
        self._encoder = msgspec.msgpack.Encoder()
        self._claims = msgspec.msgpack.Decoder(Claims)
        self._viewer = msgspec.msgpack.Decoder(ViewerClaims)
        self._reader = msgspec.msgpack.Decoder(ReaderClaims)
        self._host = msgspec.msgpack.Decoder(HostClaims)
        self._reporter = msgspec.msgpack.Decoder(ReporterClaims)

    def refresh(self) -> bool:
        """Take over rotated keys; return whether there were any."""
        keys = self._renewed()
        if keys is None:
            return False
        self._ring = _Ring(keys)  # In one step: other threads sign and read meanwhile.
        self.generation += 1
        return True

    def sign_showing(self, claims: Claims) -> str:
        """Return the token of one showing."""
        return self._sign(_SHOWING, self._encoder.encode(claims))

    def showing_and_click(self, claims: Claims) -> tuple[str, str]:
        """Return what ``sign_showing`` and ``seal_click`` return for the claims, packed once."""
        packed = self._encoder.encode(claims)
        return self._sign(_SHOWING, packed), self._seal(packed)

    def read_showing(self, token: str) -> Claims:
        """Return what a showing's token says; TokenInvalid when it is not ours. Its age is for the caller to judge."""
        return self._read(_SHOWING, token, self._claims)

    def seal_click(self, claims: Claims) -> str:
        """Return the id of a click on this showing for the landing page's address.

        Encrypted (AES-256-GCM), because it is handed to an advertiser, who must neither read pseudonym and price nor
        report events of the showing with it.
        """
        return self._seal(self._encoder.encode(claims))

    def open_click(self, click_id: str) -> Claims:
        """Return the showing that a click's id stands for; TokenInvalid when it is not ours."""
        raw, ring = self._raw(click_id)
        head, nonce, sealed = raw[:2], raw[2 : 2 + NONCE_BYTES], raw[2 + NONCE_BYTES :]
        if head[1:] != _CLICK:
            raise TokenPurpose
        try:
            return self._claims.decode(ring.clicks[head[:1]].decrypt(nonce, sealed, head))
        except InvalidTag as error:
            raise TokenForged from error
        except msgspec.MsgspecError as error:
            raise TokenInvalid from error

    def sign_viewer(self, claims: ViewerClaims) -> str:
        """Return a viewer's token."""
        return self._sign(_VIEWER, self._encoder.encode(claims))

    def read_viewer(self, token: str, *, now_ms: int) -> ViewerClaims:
        """Return what a viewer's token says; TokenInvalid when it is not ours, TokenExpired when it is too old."""
        claims = self._read(_VIEWER, token, self._viewer)
        if claims.expires_ms <= now_ms:
            raise TokenExpired
        return claims

    def sign_reader(self, claims: ReaderClaims) -> str:
        """Return a reader's token."""
        return self._sign(_READER, self._encoder.encode(claims))

    def read_reader(self, token: str, *, now_ms: int) -> ReaderClaims:
        """Return what a reader's token says; TokenInvalid when it is not ours, TokenExpired when it is too old."""
        claims = self._read(_READER, token, self._reader)
        if claims.expires_ms <= now_ms:
            raise TokenExpired
        return claims

    def sign_host(self, claims: HostClaims) -> str:
        """Return a host app's key."""
        return self._sign(_HOST, self._encoder.encode(claims))

    def read_host(self, token: str, *, now_ms: int) -> HostClaims:
        """Return what a host app's key says; TokenInvalid when it is not ours, TokenExpired when it is too old."""
        claims = self._read(_HOST, token, self._host)
        if claims.expires_ms <= now_ms:
            raise TokenExpired
        return claims

    def sign_reporter(self, claims: ReporterClaims) -> str:
        """Return a token with which conversions of the account's pixels may be reported."""
        return self._sign(_REPORTER, self._encoder.encode(claims))

    def read_reporter(self, token: str, *, now_ms: int) -> ReporterClaims:
        """Return what a reporter's token says; TokenInvalid when it is not ours, TokenExpired when it is too old."""
        claims = self._read(_REPORTER, token, self._reporter)
        if claims.expires_ms <= now_ms:
            raise TokenExpired
        return claims

    def _sign(self, purpose: bytes, body: bytes) -> str:
        ring = self._ring
        signed = ring.key_id + purpose + body
        return _text_of(signed + ring.mac.digest(signed))

    def _seal(self, body: bytes) -> str:
        ring = self._ring
        head, nonce = ring.key_id + _CLICK, self._nonces.take()
        return _text_of(head + nonce + ring.clicks[ring.key_id].encrypt(nonce, body, head))

    def _read(self, purpose: bytes, token: str, decoder: "msgspec.msgpack.Decoder[Token]") -> Token:
        try:
            return decoder.decode(self._body(purpose, token))
        except msgspec.MsgspecError as error:
            raise TokenInvalid from error

    def _raw(self, token: str) -> tuple[bytes, _Ring]:
        """Return a token's bytes, long enough to be one, and keys of which one is its."""
        if len(token) > TOKEN_CHARS_MAX:
            raise TokenInvalid
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise TokenInvalid from error
        if len(raw) < 2 + _SIGNATURE_BYTES:
            raise TokenInvalid
        if raw[:1] not in self._ring.keys:
            self.refresh()
        ring = self._ring
        if raw[:1] not in ring.keys:
            raise TokenForeign
        return raw, ring

    def _body(self, purpose: bytes, token: str) -> bytes:
        raw, ring = self._raw(token)
        signed, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
        if not hmac.compare_digest(ring.keys[signed[:1]].digest(signed), signature):
            raise TokenForged
        if signed[1:2] != purpose:
            raise TokenPurpose
        return signed[2:]


def _text_of(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).rstrip(b"=").translate(_URL_SAFE).decode("ascii")


def key_id(key: bytes) -> bytes:
    """Return the byte by which tokens name the key. Two keys in use never share it: rotation sees to that."""
    return hashlib.sha256(key).digest()[:1]
