"""Finds the consents behind many codes at once. What a wrong code costs who entered it is the caller's to count."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

import msgspec
from django.conf import settings

from vonk.authorisation import codes
from vonk.authorisation.models import Consent

_BATCH: Final = 500  # Codes a statement; SQLite binds at most 999 values on old builds.


class Known(msgspec.Struct, frozen=True):
    """The consent that a code carries, and whose it is."""

    consent_id: int
    profile_id: int


def known(texts: Iterable[str]) -> dict[str, Known]:
    """Return what stands behind each of the codes (as codes.parse returns them); those that do not exist are absent."""
    key, found = settings.VONK_KEYS.codes, {}
    remaining = iter(dict.fromkeys(texts))
    while batch := {codes.digest(code, key): code for code in islice(remaining, _BATCH)}:
        rows = Consent.objects.filter(code_digest__in=batch.keys()).values_list("code_digest", "pk", "profile_id")
        for digest, consent_id, profile_id in rows:
            assert digest is not None, "Chosen by it."
            found[batch[digest]] = Known(consent_id, profile_id)
    return found
