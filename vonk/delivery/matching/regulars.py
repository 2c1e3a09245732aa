"""Viewers who come again: what their token says, and which ads want them, is worked out once."""

from typing import Final

import msgspec

from vonk.core.taxonomy import COUNTRIES
from vonk.delivery.matching import viewers
from vonk.delivery.matching.context import Context, viewer_of
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.viewers import Known, Viewer
from vonk.events.tokens import Signer, ViewerClaims

REMEMBERED_MAX: Final = 20_000
BYTES_MAX: Final = 128 * 2**20  # Of what is remembered, about; at 100,000 ads each one's matches take 16 kB.
_BYTES_EACH: Final = 2_000  # Beside token and matches.


class Regular(msgspec.Struct, gc=False):
    """A viewer in one context."""

    claims: ViewerClaims
    viewer: Viewer
    audience: tuple[str, str, str]  # As a showing's token tells them: country, age band, gender.
    known: Known  # What their decisions' records say of them.
    matched: int  # The places of the ads that want them,
    candidates: int  # how many these are,
    generation: int  # and the index's generation in which that was so.


class Regulars:
    """Knows viewers by their token and the context of their request. Used by one thread."""

    def __init__(self, signer: Signer, index: Index) -> None:
        self._signer = signer
        self._index = index
        self._keys = signer.generation
        self._known: dict[tuple[str, str, Context], Regular] = {}
        self._bytes = 0

    def meet(self, token: str, surface: str, context: Context, now_ms: int) -> Regular:
        """Return who it is and which ads want them now. Raises TokenInvalid or TokenExpired."""
        if self._keys != self._signer.generation:
            self._keys = self._signer.generation
            self._forget()  # Some may have been signed with a key that is gone.
        key = (token, surface, context)
        regular = self._known.get(key)
        if regular is None:
            return self._introduce(key, now_ms)
        if regular.claims.expires_ms <= now_ms:
            del self._known[key]
            return self._introduce(key, now_ms)
        if regular.generation != self._index.generation:
            self._match(regular)
        return regular

    def _introduce(self, key: tuple[str, str, Context], now_ms: int) -> Regular:
        token, surface, context = key
        claims = self._signer.read_viewer(token, now_ms=now_ms)
        viewer = viewer_of(claims, context, surface)
        regular = Regular(claims, viewer, audience(viewer, claims), viewers.known(viewer), 0, 0, 0)
        self._match(regular)
        if context.keywords:
            return regular  # What somebody looks for is rarely looked for again.
        size = len(token) + regular.matched.bit_length() // 8 + _BYTES_EACH
        if len(self._known) >= REMEMBERED_MAX or self._bytes + size > BYTES_MAX:
            self._forget()
        self._known[key] = regular
        self._bytes += size
        return regular

    def _match(self, regular: Regular) -> None:
        regular.matched = self._index.match(regular.viewer)
        regular.candidates = regular.matched.bit_count()
        regular.generation = self._index.generation

    def _forget(self) -> None:
        self._known.clear()
        self._bytes = 0


def audience(viewer: Viewer, claims: ViewerClaims) -> tuple[str, str, str]:
    """Return what counts by audience may know of the viewer: of age and gender only what an adult agreed to be used.

    A country that is none, from a host's context, is not told.
    """
    country = viewer.country if viewer.country in COUNTRIES else ""
    if not claims.personalised or viewers.is_minor(viewer.age_band):
        return country, "", ""
    return country, viewer.age_band, viewer.gender
