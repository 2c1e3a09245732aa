"""As whom an ad speaks: identities of v1.3 (reference API §6), to and from the speakers of the area.

``identity_id`` is the profile's id, whatever the type. A Spark Ad stands on the consent that ``consent_of`` finds.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec

from vonk.authorisation import speaker_reach
from vonk.authorisation.actions import footing
from vonk.authorisation.errors.table import TABLE
from vonk.authorisation.queries import speakers
from vonk.authorisation.speaker_reach import SpeakerKind
from vonk.control.scope import Scope
from vonk.core.errors import Actor, Missing, NotFound
from vonk.wire.business.errors import PARAMETER, ParameterInvalid, answers

CUSTOMIZED_USER: Final = "CUSTOMIZED_USER"
KINDS: Final[dict[str, SpeakerKind]] = {
    CUSTOMIZED_USER: SpeakerKind.CUSTOM,
    "TT_USER": SpeakerKind.LINKED,
    "BC_AUTH_TT": SpeakerKind.BUSINESS,
    "AUTH_CODE": SpeakerKind.POST,
}
TYPES: Final[dict[SpeakerKind, str]] = {kind: name for name, kind in KINDS.items()}
SPARK: Final = tuple(name for name in KINDS if name != CUSTOMIZED_USER)


class IdentityUnknown(Missing):
    """The identity is none of the ad account's."""

    code = "identity_unknown"
    message = "%(identity_id)s is no identity of the type %(identity_type)s of this ad account."
    cause = "It was deleted, released, never granted, or belongs to another ad account or Business Center."
    remedy = "Take identity_id, identity_type and identity_authorized_bc_id as identity/get answers them."
    actor = Actor.ADVERTISER
    field = "identity_id"


class ItemNotAuthorised(Missing):
    """The creator of the identity has not authorised the post to the ad account."""

    code = "item_not_authorised"
    message = "%(item_id)s is no post that this identity has authorised for this ad account."
    cause = "The post belongs to another creator, is not theirs to show you, or was authorised to another ad account."
    remedy = "Take the item_id as tt_video/list or identity/video/get answer it, or redeem the creator's code."
    actor = Actor.ADVERTISER
    field = "tiktok_item_id"


answers({IdentityUnknown.code: PARAMETER, ItemNotAuthorised.code: PARAMETER})
answers({row.code: PARAMETER for row in TABLE if row.kind is Missing})  # A refused code is 40002, by its name (§2).


class Speaker(msgspec.Struct, frozen=True):
    """An identity. ``bc_id`` is None unless the type is BC_AUTH_TT."""

    identity_type: str
    profile_id: int
    bc_id: int | None


def speaker(scope: Scope, identity_type: str, identity_id: int, bc_id: int | None) -> Speaker:
    """Return the identity of the scope's account; ``bc_id`` counts for BC_AUTH_TT alone.

    ParameterInvalid for a type that does not exist here and for a missing bc id, IdentityUnknown for what is not the
    account's. One whose access or consents have ended is still found: ``consent_of`` says so by name.
    """
    wanted = named(identity_type, identity_id, bc_id)
    if not speakers.exists(scope, wanted):
        raise IdentityUnknown(identity_id=identity_id, identity_type=identity_type)
    return written(wanted)


def consent_of(scope: Scope, speaker: Speaker, item_id: int, *, now: datetime) -> int:
    """Return the usable consent on which an ad of this post stands, taking one where the road needs no code.

    Raises ItemNotAuthorised, ParameterInvalid for a custom identity, and consent's refusals by their names.
    """
    wanted = read(speaker)
    if wanted.kind is SpeakerKind.CUSTOM:
        raise ParameterInvalid(field="tiktok_item_id", reason=f"not together with {CUSTOMIZED_USER}")
    try:
        return footing.consent_of(scope, wanted, item_id, now=now)
    except NotFound as problem:
        raise ItemNotAuthorised(item_id=item_id) from problem


def speakers_of(scope: Scope, consent_ids: Collection[int], *, now: datetime) -> dict[int, Speaker]:  # noqa: ARG001 - named by whoever calls it; how a creator appears does not change with time so far.
    """Return how the creator of each of the account's consents appears; other accounts' consents are absent."""
    return {consent_id: written(one) for consent_id, one in speakers.speakers_of(scope, consent_ids).items()}


def named(identity_type: str, identity_id: int, bc_id: int | None) -> speaker_reach.Speaker:
    """Return what the three parameters name, whether it exists or not; ParameterInvalid as ``speaker`` says."""
    kind = KINDS.get(identity_type)
    if kind is None:
        raise ParameterInvalid(field="identity_type", reason=f"one of {', '.join(KINDS)}")
    if kind is not SpeakerKind.BUSINESS:
        return speaker_reach.Speaker(kind, identity_id)
    if bc_id is None:
        raise ParameterInvalid(field="identity_authorized_bc_id", reason="required with BC_AUTH_TT")
    return speaker_reach.Speaker(kind, identity_id, bc_id)


def read(speaker: Speaker) -> speaker_reach.Speaker:
    """Return the area's words for an identity."""
    return speaker_reach.Speaker(KINDS[speaker.identity_type], speaker.profile_id, speaker.bc_id)


def written(speaker: speaker_reach.Speaker) -> Speaker:
    """Return the wire's words for a speaker."""
    return Speaker(TYPES[speaker.kind], speaker.profile_id, speaker.organisation_id)
