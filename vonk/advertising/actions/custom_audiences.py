"""Make, change, use and delete audiences. Who is in one is never kept: only digests that came, and rules."""

import binascii
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.advertising import audience_reach as reach
from vonk.advertising import publish
from vonk.advertising.actions import ad_groups
from vonk.advertising.drafts import AdGroupChanges
from vonk.advertising.errors import AudienceUnfit, CustomerFileMissing, CustomerFileTooLong, DigestKindsMixed
from vonk.advertising.models import AdGroup, AudienceShare, CustomAudience, CustomerFile, Pixel
from vonk.advertising.queries import custom_audiences
from vonk.advertising.rules import custom_audiences as rules
from vonk.advertising.rules import customer_files as files
from vonk.advertising.rules.custom_audiences import Act, Rule, Source
from vonk.advertising.rules.customer_files import DigestKind
from vonk.advertising.rules.lookalikes import Likeness
from vonk.advertising.rules.pixels import Origin
from vonk.content import queries as content
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, Phrase
from vonk.identity import queries as identity
from vonk.identity.actions import accounts

_NOUN: Final = "audience"
_DIGESTS_PER_QUERY: Final = 5_000


class AudienceDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An audience to be made. ``kept`` is what the business API gives back as it was set."""

    name: str
    keeps_days: int | None = None
    refreshes: bool = True
    kept: dict[str, object] = {}


@transaction.atomic
def create_of_customers(
    scope: Scope, draft: AudienceDraft, kind: DigestKind, file_ids: Collection[int], *, now: datetime
) -> int:
    """Make an audience of files that wait; return its id.

    Raises FieldInvalid (name, keeps_days, audiences), CustomerFileMissing, DigestKindsMixed, CustomerFileTooLong.
    """
    audience = _new(scope, draft, Source.CUSTOMERS, now=now)
    _set_digests(audience, kind, _digests(scope, kind, file_ids, now=now), now=now)
    audience.save(force_insert=True)
    _say_made(scope, audience, {"digests": files.rows(bytes(audience.digests), kind)}, now=now)
    return audience.pk


@transaction.atomic
def create_by_rule(scope: Scope, draft: AudienceDraft, source: Source, rule: Rule, *, now: datetime) -> int:
    """Make an audience by a rule; return its id.

    Raises FieldInvalid, and NotFound for an ad group, a pixel, a post or a speaker that is none of the account's now.
    """
    audience = _new(scope, draft, source, now=now)
    checked = rules.checked(source, rule)
    _check_sources(scope, source, checked, now=now)
    audience.rule = msgspec.to_builtins(checked)
    audience.save(force_insert=True)
    _say_made(scope, audience, {}, now=now)
    return audience.pk


@transaction.atomic
def create_like(scope: Scope, draft: AudienceDraft, likeness: Likeness, *, now: datetime) -> int:
    """Make an audience that *work* fills with those who are like another's; see ``actions.lookalikes``, which checks it."""
    audience = _new(scope, draft, Source.LOOKALIKE, now=now)
    audience.lookalike = msgspec.to_builtins(likeness)
    audience.save(force_insert=True)
    _say_made(scope, audience, {"source_audience_id": str(likeness.source_audience_id)}, now=now)
    return audience.pk


@transaction.atomic
def rename(scope: Scope, audience_id: int, name: str, *, now: datetime) -> None:
    """Call an audience otherwise. Raises FieldInvalid, NotFound, AudienceNotOwn."""
    scope.require(Right.CAMPAIGN_EDIT)
    audience = reach.held(scope, audience_id)
    audience.name = rules.name(name)
    say_changed(scope, audience, {"name": audience.name}, now=now)


@transaction.atomic
def change_customers(
    scope: Scope, audience_id: int, action: str, file_ids: Collection[int], *, name: str | None, now: datetime
) -> None:
    """Put files in place of an audience's digests ("replace"), add them ("append") or take theirs out ("remove").

    With a ``name`` also call it so. Raises NotFound, AudienceNotOwn, AudienceUnfit for an audience by a rule or one that
    nobody would be left of, and what ``create_of_customers`` raises.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    present = reach.own(scope, audience_id)
    if present.source != Source.CUSTOMERS.value:
        raise AudienceUnfit(audience_id=audience_id, reason=Phrase("it is made by a rule, not of files"))
    kind = DigestKind(present.kind)
    came = _digests(scope, kind, file_ids, now=now)
    audience = reach.held(scope, audience_id)
    held = set(files.each(bytes(audience.digests), kind))
    after = {"replace": came, "append": held | came, "remove": held - came}[action]
    if not after:
        raise AudienceUnfit(audience_id=audience_id, reason=Phrase("nobody would be left in it"))
    if name is not None:
        audience.name = rules.name(name)
    _set_digests(audience, kind, after, now=now)
    say_changed(scope, audience, {"action": action, "digests": len(after)}, now=now)


@transaction.atomic
def delete(scope: Scope, audience_ids: Collection[int], *, now: datetime) -> None:
    """Delete audiences with their digests, all of them or none. Ad groups that name one go on being shown to nobody.

    Raises NotFound, AudienceNotOwn.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    for audience_id in sorted(set(audience_ids)):
        audience = reach.held(scope, audience_id)
        audience.digests, audience.told, audience.rule, audience.deleted_at = b"", 0, {}, now
        audience.lookalike = {}
        audience.save()
        AudienceShare.objects.filter(audience=audience).delete()
        publish.publish_naming(audience_id, at=now)
        reach.remember(scope, audience, Act.DELETED, {}, at=now)
        audit.record(scope, "audience.deleted", _NOUN, audience.pk, at=now)


@transaction.atomic
def apply(  # noqa: PLR0913 - what is done, to which ad groups, and how it is told.
    scope: Scope,
    audience_id: int,
    changes: Mapping[int, AdGroupChanges],
    act: Act,
    *,
    detail: Mapping[str, object],
    now: datetime,
) -> None:
    """Have ad groups name an audience, or name it no more, by ``changes`` of theirs; and remember it.

    Raises NotFound for an audience that the account may not use, AudienceUnfit for one that has ended, and what
    ``ad_groups.update`` raises.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    audience = reach.one(scope, audience_id)
    if act is Act.APPLIED and audience.expires_at <= now:
        raise AudienceUnfit(audience_id=audience_id, reason=Phrase("it has ended"))
    ad_groups.update_many(scope, changes, billed_micros={}, now=now)
    for ad_group_id in changes:
        reach.remember(scope, audience, act, {**detail, "ad_group_id": str(ad_group_id)}, at=now)
    if act is Act.APPLIED:
        reach.prolong(audience, now=now)
        audience.save(update_fields=["expires_at"])
        publish.publish_naming(audience_id, at=now)
    audit.record(scope, f"audience.{act.value}", _NOUN, audience.pk, at=now, detail={"ad_groups": len(changes)})


def _new(scope: Scope, draft: AudienceDraft, source: Source, *, now: datetime) -> CustomAudience:
    scope.require(Right.CAMPAIGN_EDIT)
    name, days = rules.name(draft.name), rules.keeps_days(draft.keeps_days)
    accounts.hold(scope.account)  # Two that are made at once do not pass the bound together.
    if CustomAudience.objects.filter(account_id=scope.account, deleted_at=None).count() >= rules.AUDIENCES_MAX:
        raise FieldInvalid("audiences", "this ad account has %(most)s already", most=rules.AUDIENCES_MAX)
    return CustomAudience(
        account_id=scope.account,
        name=name,
        source=source.value,
        refreshes=draft.refreshes,
        kept=draft.kept,
        keeps_days=days,
        created_at=now,
        modified_at=now,
        expires_at=rules.expires_at(days, created_at=now, used_at=now),
    )


def _say_made(scope: Scope, audience: CustomAudience, detail: dict[str, object], *, now: datetime) -> None:
    reach.remember(scope, audience, Act.CREATED, detail, at=now)
    audit.record(scope, "audience.created", _NOUN, audience.pk, at=now, detail={"source": audience.source, **detail})


def say_changed(scope: Scope, audience: CustomAudience, detail: dict[str, object], *, now: datetime) -> None:
    """Keep a change of an audience that is held, remember it, and have it last a year from now where it has no end."""
    audience.modified_at = now
    reach.prolong(audience, now=now)
    audience.save()
    publish.publish_naming(audience.pk, at=now)
    reach.remember(scope, audience, Act.CHANGED, detail, at=now)
    audit.record(scope, "audience.changed", _NOUN, audience.pk, at=now, detail=detail)


def _digests(scope: Scope, kind: DigestKind, file_ids: Collection[int], *, now: datetime) -> set[bytes]:
    """Return what the files hold together; each one's owner and kind are looked at before any is read.

    The files are held, and before any audience: an erasure goes through both in this order, and misses no digest that is
    on its way from one to the other.
    """
    wanted = list(dict.fromkeys(file_ids))
    rows = CustomerFile.objects.filter(pk__in=wanted, account_id=scope.account, expires_at__gt=now)
    kinds = dict(rows.values_list("pk", "kind"))
    for file_id in wanted:
        if file_id not in kinds:
            raise CustomerFileMissing(file_id=file_id)
        if kinds[file_id] != kind.value:
            raise DigestKindsMixed(file_id=file_id, found=kinds[file_id].upper(), wanted=kind.value.upper())
    found: set[bytes] = set()
    for packed in (
        rows.select_for_update(no_key=True).order_by("pk").values_list("digests", flat=True).iterator(chunk_size=1)
    ):
        found.update(files.each(bytes(packed), kind))
        if len(found) > files.AUDIENCE_ROWS_MAX:
            raise CustomerFileTooLong(most=files.AUDIENCE_ROWS_MAX)
    return found


def _set_digests(audience: CustomAudience, kind: DigestKind, digests: set[bytes], *, now: datetime) -> None:
    if len(digests) > files.AUDIENCE_ROWS_MAX:
        raise CustomerFileTooLong(most=files.AUDIENCE_ROWS_MAX)
    audience.kind, audience.digests = kind.value, files.pack(digests)
    audience.told = rules.told(_matched(kind, sorted(digests), now=now))


def _matched(kind: DigestKind, digests: Sequence[bytes], *, now: datetime) -> int:
    """Return how many people here have one of the digests; only addresses are known of anybody."""
    if kind is not DigestKind.EMAIL_SHA256:
        return 0
    parts = (digests[at : at + _DIGESTS_PER_QUERY] for at in range(0, len(digests), _DIGESTS_PER_QUERY))
    return sum(
        len(identity.pseudonyms_of_emails([binascii.hexlify(one).decode() for one in part], now=now)) for part in parts
    )


def _check_sources(scope: Scope, source: Source, rule: Rule, *, now: datetime) -> None:
    """Raise NotFound unless all that the rule is about is the account's now."""
    ids = {one for condition in (*rule.included, *rule.excluded) for one in condition.source_ids}
    if source is Source.AD_GROUPS:
        found = AdGroup.objects.filter(pk__in=ids, campaign__account_id=scope.account).count()
        _require_all(found, ids, "ad group")
    elif source is Source.PIXELS:
        _require_all(
            Pixel.objects.filter(pk__in=ids, account_id=scope.account, origin=Origin.WEB.value).count(), ids, "pixel"
        )
    else:
        if not custom_audiences.speaks(scope, rule, now=now):
            raise NotFound(noun="identity")
        posts = content.post_facts(ids)
        _require_all(sum(post.profile_id == rule.profile_id for post in posts.values()), ids, "post")


def _require_all(found: int, ids: Collection[int], noun: str) -> None:
    if found != len(ids):
        raise NotFound(noun=noun)
