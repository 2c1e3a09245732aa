"""Consents that stand on the consents of others: noted when taken up, suspended and brought back by themselves.

What one author does changes a consent to another one's post. Each profile's record has a lock of its own, so that is
never done in the first author's transaction: it follows the commit, and *work* finds whatever did not get that far. An
ad waits for neither: its grant names the grants it requires, and the ad servers look at all of them.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from vonk.authorisation import needs as reads
from vonk.authorisation import original_letters as letters
from vonk.authorisation import publish, reach
from vonk.authorisation.actions import records
from vonk.authorisation.models import Consent, ConsentChain, ConsentNeed
from vonk.authorisation.rules import Act
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.content.rules import Visibility
from vonk.control.scope import PLATFORM, Scope

PER_ROUND_MAX: Final = 200  # Consents that a round looks at: it stays short, and the rest follows a second later.


def needs(scope: Scope, chain: ConsentChain, consent: Consent, post: PostFacts, *, now: datetime) -> bool:
    """Note whose consents a consent that was just taken up needs beside its own; return whether it stands already.

    Call it before the grant is published. For every post of another profile that ``post`` answers or mentions there is
    one need, met by the account's own consent to that post, if it holds one; who is left is asked by *work*
    (``actions.originals``). The account's own creatives need nobody.
    """
    assert consent.account_id is not None, "Taken up by an account."
    originals = [original for original in reads.originals_of(post) if original.account_id != consent.account_id]
    if not originals:
        return True
    met_by = reads.meeting(consent.account_id, (original.id for original in originals), now)
    ConsentNeed.objects.bulk_create(
        ConsentNeed(
            consent=consent, original_id=original.id, profile_id=original.profile_id, met_by_id=met_by.get(original.id)
        )
        for original in originals
    )
    missing = [original for original in originals if original.id not in met_by]
    if missing:
        _record(chain, scope, Act.ORIGINAL_MISSING, consent, missing, now=now)
        letters.missing(consent, post, missing, now=now)
    return not missing


def met(account_id: int, post_id: int, now: datetime) -> None:
    """Say that a consent of the account to the post came to life or ended: what stands on it follows after the commit."""
    if ConsentNeed.objects.filter(original_id=post_id, consent__account_id=account_id).exists():
        follow = partial(_settle_all, Q(original_id=post_id, consent__account_id=account_id), now)
        transaction.on_commit(follow, robust=True)  # The act stands whatever becomes of this: *work* does it again.


def settle_due(now: datetime) -> int:
    """Suspend what lost an original author's consent, bring back what has one again; return how many changed.

    Called by *work* each round; safe to call as often as one likes and from several processes.
    """
    return _settle_all(Q(), now)


def _settle_all(condition: Q, now: datetime) -> int:
    """Look at the consents with a need that seems to have changed, each in its own transaction."""
    held = reads.in_force(now)
    shown = Q(
        post__deleted_at=None,
        post__removed_at=None,
        post__draft=False,
        profile__banned_at=None,
        profile__deleted_at=None,
    ) & (
        Q(post__ads_only=True) | Q(post__visibility=Visibility.PUBLIC.value, profile__private=False)
    )  # Mirrors content's own judgement to find candidates; content.post_facts decides.
    holding = Consent.objects.filter(held & shown)
    of_account = holding.filter(account_id=OuterRef("consent__account_id"), post_id=OuterRef("original_id"))
    changed = Q(met_by=None) & Exists(of_account) | Q(met_by__isnull=False) & ~Exists(
        holding.filter(pk=OuterRef("met_by_id"))
    )
    rows = ConsentNeed.objects.filter(condition).filter(changed).filter(consent__in=Consent.objects.filter(held))
    found = rows.order_by("consent_id").values_list("consent_id", F("consent__profile_id")).distinct()
    return sum(_settle(consent_id, profile_id, now) for consent_id, profile_id in list(found[:PER_ROUND_MAX]))


@transaction.atomic
def _settle(consent_id: int, profile_id: int, now: datetime) -> bool:
    """Have each need of the consent met by what is there now, or by nothing; tell both sides when that makes a difference."""
    chain = records.lock(profile_id)
    consent = Consent.objects.filter(reads.in_force(now), pk=consent_id).first()
    if consent is None or consent.account_id is None:
        return False
    rows = list(ConsentNeed.objects.filter(consent_id=consent_id).order_by("original_id"))
    there = reads.meeting(consent.account_id, (row.original_id for row in rows), now)
    changed = [row for row in rows if row.met_by_id != there.get(row.original_id)]
    if not changed:
        return False
    stood = all(row.met_by_id is not None for row in rows)
    for row in changed:
        row.met_by_id = there.get(row.original_id)
    ConsentNeed.objects.bulk_update(changed, ["met_by"])
    publish.publish_grant(consent, at=now)
    stands = all(row.met_by_id is not None for row in rows)
    if stands != stood:
        _announce(chain, consent, [row.original_id for row in changed], stands=stands, now=now)
    return True


def _announce(
    chain: ConsentChain, consent: Consent, original_ids: Sequence[int], *, stands: bool, now: datetime
) -> None:
    found = content.post_facts(original_ids)
    originals = [found[original_id] for original_id in original_ids]
    post = reach.post_of(consent)
    _record(chain, PLATFORM, Act.ORIGINAL_MET if stands else Act.ORIGINAL_MISSING, consent, originals, now=now)
    (letters.met if stands else letters.missing)(consent, post, originals, now=now)


def _record(
    chain: ConsentChain, scope: Scope, act: Act, consent: Consent, originals: Sequence[PostFacts], *, now: datetime
) -> None:
    detail = {"originals": ",".join(str(original.id) for original in originals)}
    records.append(chain, scope, act, at=now, consent=consent, detail=detail)
