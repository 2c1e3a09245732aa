"""What an ad account is called, and whom to reach at its advertiser's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import naming
from vonk.identity.models import AdAccount
from vonk.identity.rules.contacts import Contact, wrong_contact


@transaction.atomic
def set_details(
    scope: Scope,
    *,
    name: str | None = None,
    contact: Mapping[str, str] | None = None,
    kept: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Change the scope's ad account: its name, fields of its contact, and what is kept of what was sent with it.

    What is None or absent stays; a field of the contact set to "" is gone. Raises FieldInvalid with the contact's field.
    """
    scope.require(Right.ACCOUNT_EDIT)
    account = AdAccount.objects.select_for_update(no_key=True).filter(pk=scope.account).first()
    if account is None:
        raise NotFound(noun="ad account")
    before = (account.name, account.contact, account.kept)
    if name is not None:
        account.name = naming.checked("name", name)
    changed = Contact(**{**account.contact, **{key: " ".join(text.split()) for key, text in (contact or {}).items()}})
    wrong = wrong_contact(changed)
    if wrong is not None:
        raise FieldInvalid(wrong[0], wrong[1])
    account.contact = msgspec.to_builtins(changed)
    account.kept = {**account.kept, **(kept or {})}
    if (account.name, account.contact, account.kept) == before:
        return
    account.save(update_fields=["name", "contact", "kept"])
    fields = sorted({*(() if name is None else ("name",)), *(contact or ()), *(kept or ())})
    audit.record(scope, "account.details_changed", "ad_account", account.pk, at=now, detail={"fields": fields})
