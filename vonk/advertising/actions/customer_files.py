"""Take files of customers, keep their digests for a day, and forget them."""

import hashlib
from datetime import datetime
from typing import IO

from django.db import transaction

from vonk.advertising.errors import CustomerFilesWaiting
from vonk.advertising.models import CustomerFile
from vonk.advertising.rules import customer_files as rules
from vonk.advertising.rules.customer_files import DigestKind
from vonk.content.errors import SignatureWrong
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.identity.actions import accounts


def put(scope: Scope, file: IO[bytes], kind: DigestKind, *, md5: str, now: datetime) -> int:
    """Keep a file's digests for a day, to be made an audience of; return its id.

    Raises SignatureWrong, CustomerFilesWaiting and what ``rules.customer_files.packed_of`` raises; then nothing is kept.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    body = file.read(rules.BYTES_MAX + 1)
    found = hashlib.md5(body, usedforsecurity=False).hexdigest()
    if len(body) <= rules.BYTES_MAX and md5.strip().lower() != found:
        raise SignatureWrong(found=found, announced=md5[:40], field="file_signature")
    return _keep(scope, kind, rules.packed_of(body, kind), now=now)  # Read before anything is held.


@transaction.atomic
def _keep(scope: Scope, kind: DigestKind, packed: bytes, *, now: datetime) -> int:
    accounts.hold(scope.account)  # Two that come at once do not pass the bound together.
    waiting = CustomerFile.objects.filter(account_id=scope.account, expires_at__gt=now)
    if waiting.count() >= rules.WAITING_MAX:
        raise CustomerFilesWaiting(most=rules.WAITING_MAX)
    made = CustomerFile.objects.create(
        account_id=scope.account, kind=kind.value, digests=packed, created_at=now, expires_at=now + rules.KEPT
    )
    detail = {"kind": kind.value, "digests": rules.rows(packed, kind)}
    audit.record(scope, "customer_file.sent", "customer_file", made.pk, at=now, detail=detail)
    return made.pk


def tidy(now: datetime) -> int:
    """Forget files that waited for their day; return how many that was."""
    return CustomerFile.objects.filter(expires_at__lte=now).delete()[0]
