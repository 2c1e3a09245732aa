"""What other areas need of consents: facts, and the exact spans in which they carried ads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from vonk.authorisation import reach
from vonk.authorisation.models import Consent, ConsentNeed, ConsentRecord
from vonk.authorisation.rules import Act, ConsentState, Extension, live_spans
from vonk.content.queries import PostFacts, PostStanding

Interval = tuple[datetime, datetime]  # From (inclusive), until (exclusive).


class ConsentView(msgspec.Struct, frozen=True):
    """What other areas need of a consent."""

    id: int
    post_id: int
    profile_id: int
    account_id: int | None
    state: ConsentState
    ends_at: datetime
    issued_at: datetime
    redeemed_at: datetime | None
    revoked_at: datetime | None


def consent_facts(
    consent_ids: Iterable[int], now: datetime, *, posts: Mapping[int, PostFacts] | None = None
) -> dict[int, ConsentView]:
    """Return the facts of the consents that exist among the ids, for areas that have them inside their scope already.

    ``posts`` are the facts of their posts, for whoever has just read them.
    """
    return views_of(list(Consent.objects.filter(pk__in=set(consent_ids))), now, posts=posts)


def views_of(
    rows: Sequence[Consent],
    now: datetime,
    *,
    posts: Mapping[int, PostFacts | PostStanding] | None = None,
    stand_on: Mapping[int, tuple[int, ...] | None] | None = None,
) -> dict[int, ConsentView]:
    """Return the facts of rows that a query of this area has read; ``stand_on`` as ``needs.stand_on`` says, if known."""
    if posts is None or not posts.keys() >= {row.post_id for row in rows}:
        posts = reach.posts_of(rows)
    states = reach.states_of(rows, posts, now, stand_on=stand_on)
    return {
        row.pk: ConsentView(
            id=row.pk,
            post_id=row.post_id,
            profile_id=row.profile_id,
            account_id=row.account_id,
            state=states[row.pk],
            ends_at=row.ends_at,
            issued_at=row.issued_at,
            redeemed_at=row.redeemed_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    }


def live_spans_of(consent_ids: Iterable[int]) -> dict[int, tuple[Interval, ...]]:
    """Return, for each consent that was ever redeemed, the exact spans in which it carried ads, oldest first.

    A revocation ends it, or the notice of one; terms may begin later than it. What it stands on is ``original_spans_of``'s.
    """
    redeemed = Consent.objects.select_related("terms").filter(pk__in=set(consent_ids), redeemed_at__isnull=False)
    rows = list(redeemed)
    extensions: dict[int, list[Extension]] = {row.pk: [] for row in rows}
    records = ConsentRecord.objects.filter(consent_id__in=list(extensions), act=Act.EXTENDED.value)
    for consent_id, at, detail in records.order_by("sequence").values_list("consent_id", "at", "detail"):
        assert consent_id is not None, "Chosen by it."
        extensions[consent_id].append(_extension(at, detail))
    of_access: dict[int, list[Extension]] = {row.access_id: [] for row in rows if row.access_id is not None}
    records = ConsentRecord.objects.filter(access_id__in=list(of_access), act=Act.ACCESS_EXTENDED.value)
    for access_id, at, detail in records.order_by("sequence").values_list("access_id", "at", "detail"):
        assert access_id is not None, "Chosen by it."
        of_access[access_id].append(_extension(at, detail))
    for row in rows:  # An act on an access is one on every consent that had come by way of it.
        if row.access_id is not None and row.redeemed_at is not None:
            extensions[row.pk] += [one for one in of_access[row.access_id] if one.at >= row.redeemed_at]
    return {
        row.pk: _since(
            row.terms.starts_at if row.terms is not None else None,
            live_spans(row.redeemed_at, row.ends_at, _stopped_at(row), extensions[row.pk]),
        )
        for row in rows
        if row.redeemed_at is not None
    }


def original_spans_of(consent_ids: Iterable[int]) -> dict[int, tuple[tuple[Interval, ...], ...]]:
    """Return, for each consent that needs original authors' consents, the spans of each original's; others are absent.

    For an original that is every span of any consent that the same ad account ever held for it.
    """
    needs = list(
        ConsentNeed.objects.filter(consent_id__in=set(consent_ids), consent__account__isnull=False)
        .order_by("consent_id", "original_id")
        .values_list("consent_id", "consent__account_id", "original_id")
    )
    if not needs:
        return {}
    originals = Consent.objects.filter(
        post_id__in={original_id for _, _, original_id in needs},
        account_id__in={account_id for _, account_id, _ in needs},
    )
    held: dict[tuple[int | None, int], list[int]] = {}
    for pk, account_id, post_id in originals.values_list("pk", "account_id", "post_id"):
        held.setdefault((account_id, post_id), []).append(pk)
    spans = live_spans_of(pk for of_original in held.values() for pk in of_original)
    found: dict[int, tuple[tuple[Interval, ...], ...]] = {}
    for consent_id, account_id, original_id in needs:
        of_original = [span for pk in held.get((account_id, original_id), ()) for span in spans.get(pk, ())]
        found[consent_id] = (*found.get(consent_id, ()), tuple(sorted(of_original)))
    return found


def spend_caps_of(consent_ids: Iterable[int]) -> dict[int, int]:
    """Return what each consent's terms allow to be spent under it, in micros; without a cap it is absent."""
    rows = Consent.objects.filter(pk__in=set(consent_ids), terms__spend_cap_micros__isnull=False)
    return {pk: cap for pk, cap in rows.values_list("pk", "terms__spend_cap_micros") if cap is not None}


def _stopped_at(row: Consent) -> datetime | None:
    """Return the instant from which on it carries no ads: of a revocation, of its notice's end, of being given back."""
    return min((at for at in (row.revoked_at, row.ending_at, row.released_at) if at is not None), default=None)


def _since(starts_at: datetime | None, spans: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return what of the spans lies after the instant at which the terms begin."""
    if starts_at is None:
        return spans
    return tuple((max(start, starts_at), end) for start, end in spans if end > starts_at)


def _extension(at: datetime, detail: Mapping[str, str]) -> Extension:
    return Extension(at, datetime.fromisoformat(detail["ended_at"]), datetime.fromisoformat(detail["ends_at"]))
