"""Make audiences of people who are like those of another one.

What is asked for is written down here; who is in it is worked out by *work* within some minutes (reporting.lookalikes),
which calls ``fill`` or ``fail``. Until then, and where it failed, nobody is in it. Unlike rules and customers it has to be
kept, as people's ids: an erasure takes the person out, and only adults who agree to personalised ads at the time are met.

``make(scope, name=…, source_audience_id=…, size=Size.…, countries=…, now=…)`` returns the id; ``update(scope, id, …)``
makes it anew. Size and Likeness are in ``advertising.rules.lookalikes``; ``queries.custom_audiences.AudienceView`` has
``likeness`` (None for all other audiences) with state, reason and made_ms.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.advertising import audience_reach as reach
from vonk.advertising.actions import custom_audiences
from vonk.advertising.actions.custom_audiences import AudienceDraft
from vonk.advertising.errors import AudienceUnfit
from vonk.advertising.models import CustomAudience
from vonk.advertising.rules import custom_audiences as audience_rules
from vonk.advertising.rules import lookalikes as rules
from vonk.advertising.rules.custom_audiences import Source
from vonk.advertising.rules.lookalikes import Likeness, Size, State
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import Phrase

_NOUN: Final = "audience"


@transaction.atomic
def make(
    scope: Scope,
    *,
    name: str,
    source_audience_id: int,
    size: Size,
    countries: Iterable[str],
    includes_source: bool = False,
    keeps_days: int | None = None,
    kept: dict[str, object] | None = None,
    now: datetime,
) -> int:
    """Ask for an audience of those in the countries who are most like the source's; return its id.

    Raises FieldInvalid, NotFound for a source that the account may not use, AudienceUnfit for one that is itself a
    lookalike or has ended.
    """
    likeness = rules.checked(source_audience_id, size, countries, includes_source=includes_source)
    _check_source(scope, source_audience_id, now=now)
    draft = AudienceDraft(name=name, keeps_days=keeps_days, kept=kept or {})
    return custom_audiences.create_like(scope, draft, likeness, now=now)


@transaction.atomic
def update(
    scope: Scope,
    audience_id: int,
    *,
    name: str | None = None,
    size: Size | None = None,
    countries: Iterable[str] | None = None,
    now: datetime,
) -> None:
    """Make a lookalike anew, with another name, size or countries where given; who is in it stays so until that is done.

    Raises FieldInvalid, NotFound, AudienceNotOwn, AudienceUnfit for an audience that is none.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    audience = reach.held(scope, audience_id)
    present = likeness_of(audience)
    if present is None:
        raise AudienceUnfit(audience_id=audience_id, reason=Phrase("it is no lookalike"))
    _check_source(scope, present.source_audience_id, now=now)
    wanted = rules.checked(
        present.source_audience_id,
        size or present.size,
        present.countries if countries is None else countries,
        includes_source=present.includes_source,
    )
    audience.lookalike = msgspec.to_builtins(msgspec.structs.replace(wanted, made_ms=present.made_ms))
    if name is not None:
        audience.name = audience_rules.name(name)
    custom_audiences.say_changed(scope, audience, {"action": "made anew"}, now=now)


def waiting(at_most: int) -> Sequence[int]:
    """Return the ids of lookalikes that have to be made, those that have waited longest first."""
    rows = CustomAudience.objects.filter(
        source=Source.LOOKALIKE.value, deleted_at=None, lookalike__state=State.WAITING.value
    )
    return list(rows.order_by("modified_at", "pk").values_list("pk", flat=True)[:at_most])


@transaction.atomic
def fill(scope: Scope, audience_id: int, likeness: Likeness, person_ids: Iterable[int], *, now: datetime) -> bool:
    """Put these people into a lookalike, for the platform itself; False when something else is wanted by now."""
    scope.require(Right.OPERATE)
    people = sorted(set(person_ids))[: rules.MEMBERS_MAX]
    audience = _wanted_still(audience_id, likeness)
    if audience is None:
        return False
    made = msgspec.structs.replace(likeness, state=State.MADE, reason="", made_ms=to_ms(now))
    audience.digests, audience.told = rules.pack(people), audience_rules.told(len(people))
    audience.lookalike = msgspec.to_builtins(made)
    audience.modified_at = now
    audience.save(update_fields=["digests", "told", "lookalike", "modified_at"])
    audit.record(scope, "audience.filled", _NOUN, audience_id, at=now, detail={"told": audience.told})
    return True


@transaction.atomic
def fail(scope: Scope, audience_id: int, likeness: Likeness, reason: str, *, now: datetime) -> bool:
    """Write down why a lookalike cannot be made, for the platform itself; nobody is in it then."""
    scope.require(Right.OPERATE)
    audience = _wanted_still(audience_id, likeness)
    if audience is None:
        return False
    audience.digests, audience.told = b"", 0
    audience.lookalike = msgspec.to_builtins(msgspec.structs.replace(likeness, state=State.FAILED, reason=reason))
    audience.modified_at = now
    audience.save(update_fields=["digests", "told", "lookalike", "modified_at"])
    audit.record(scope, "audience.not_filled", _NOUN, audience_id, at=now, detail={"reason": reason})
    return True


def likeness_of(audience: CustomAudience) -> Likeness | None:
    """Return what a lookalike is made of, None for every other audience."""
    return msgspec.convert(audience.lookalike, Likeness) if audience.lookalike else None


def _wanted_still(audience_id: int, likeness: Likeness) -> CustomAudience | None:
    audience = CustomAudience.objects.select_for_update(no_key=True).filter(pk=audience_id, deleted_at=None).first()
    return audience if audience is not None and likeness_of(audience) == likeness else None


def _check_source(scope: Scope, audience_id: int, *, now: datetime) -> None:
    source = reach.one(scope, audience_id)
    if source.source == Source.LOOKALIKE.value:
        raise AudienceUnfit(
            audience_id=audience_id, reason=Phrase("it is a lookalike itself; take the one that it was made of")
        )
    if source.expires_at <= now:
        raise AudienceUnfit(audience_id=audience_id, reason=Phrase("it has ended"))
