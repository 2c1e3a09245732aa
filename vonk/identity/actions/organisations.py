"""Change what an organisation is called, and hold it while what belongs to it changes."""

from datetime import datetime

from django.db import connection, transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.actions import naming
from vonk.identity.models import Organisation


@transaction.atomic
def rename(scope: Scope, *, name: str, now: datetime) -> None:
    """Call the scope's organisation otherwise; FieldInvalid names what is wrong."""
    scope.require(Right.BUSINESS_EDIT)
    row = hold(scope.organisation)
    wanted = naming.checked("name", name)
    if wanted == row.name:
        return
    row.name = wanted
    row.save(update_fields=["name"])
    audit.record(scope, "organisation.renamed", "organisation", row.pk, at=now, detail={"name": wanted})


def hold(organisation_id: int) -> Organisation:
    """Lock the organisation until the transaction ends, so that its members stay what is counted of them; NotFound."""
    assert connection.in_atomic_block, "A lock outlives nothing but its transaction."
    row = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation_id).first()
    if row is None:
        raise NotFound(noun="organisation")
    return row
