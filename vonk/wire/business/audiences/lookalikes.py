"""Lookalikes: audiences of the people who are most like those of another one (reference API §12)."""

from typing import Annotated, Final, Literal

import msgspec
from django.db import transaction

from vonk.advertising.actions import lookalikes
from vonk.advertising.rules.lookalikes import Size
from vonk.control.scope import Right
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.audiences.asked import Ids
from vonk.wire.business.audiences.dmp import WRITES_PER_MINUTE, AudienceMade
from vonk.wire.business.locations import countries
from vonk.wire.business.naming import named_as_sent
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
_NAMES: Final = {"name": "custom_audience_name", "countries": "lookalike_spec.location_ids"}
_FIELD: Final = "lookalike_spec.location_ids"


class LookalikeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Like whom, where and how much so. Systems and placements are kept and given back: people, not devices, are alike."""

    source_audience_id: Id
    include_source: bool
    location_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=200)]
    audience_size: Literal["NARROW", "BALANCED", "BROAD"]
    mobile_os: Annotated[str, msgspec.Meta(max_length=40)] = "ALL"
    placements: Annotated[list[Annotated[str, msgspec.Meta(max_length=60)]], msgspec.Meta(max_length=20)] = (
        msgspec.field(default_factory=list)
    )


class LookalikeCreate(AskedOfAccount, frozen=True):
    """A lookalike of one of the audiences that the account may use."""

    custom_audience_name: str
    lookalike_spec: LookalikeSpec


class LookalikesNamed(AskedOfAccount, frozen=True):
    """Which ones."""

    custom_audience_ids: Ids


@operation(
    "POST",
    "dmp/custom_audience/lookalike/create",
    may=Right.CAMPAIGN_EDIT,
    per_minute=WRITES_PER_MINUTE,
    summary="Make an audience of who is like another's",
    example={
        **ACCOUNT,
        "custom_audience_name": "Like our customers",
        "lookalike_spec": {
            "source_audience_id": "1838000000000000003",
            "include_source": False,
            "mobile_os": "ALL",
            "placements": ["PLACEMENT_TIKTOK"],
            "location_ids": ["2750405"],
            "audience_size": "NARROW",
        },
    },
)
def create(call: Call[LookalikeCreate]) -> AudienceMade:
    """NARROW is 1 % of those who can be judged, BALANCED 5 %, BROAD 10 %. It is filled within minutes; nobody is in it until then.

    Of a source with fewer than 100 people nothing is learnt; ``dmp/custom_audience/get`` says so in ``error_msg``.
    """
    spec = call.asked.lookalike_spec
    with named_as_sent(_NAMES):
        made = lookalikes.make(
            call.scope,
            name=call.asked.custom_audience_name,
            source_audience_id=int(spec.source_audience_id),
            size=Size(spec.audience_size.lower()),
            countries=countries(spec.location_ids, _FIELD),
            includes_source=spec.include_source,
            kept={"lookalike_spec": {"mobile_os": spec.mobile_os, "placements": spec.placements}},
            now=call.now,
        )
    return AudienceMade(custom_audience_id=str(made))


@operation(
    "POST",
    "dmp/custom_audience/lookalike/update",
    may=Right.CAMPAIGN_EDIT,
    per_minute=WRITES_PER_MINUTE,
    summary="Make lookalikes anew",
    example={**ACCOUNT, "custom_audience_ids": ["1838000000000000004"]},
)
def update(call: Call[LookalikesNamed]) -> None:
    """All of them, or none: from whom their sources hold now. Who is in one stays so until that is done."""
    with transaction.atomic():
        for audience_id in dict.fromkeys(call.asked.custom_audience_ids):
            lookalikes.update(call.scope, int(audience_id), now=call.now)
