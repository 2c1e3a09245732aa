"""Payments that were made before collections were written down have one each, so that the audit finds them all."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def write_down(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Make a paid collection of each payment that a provider collected."""
    payments, collections = apps.get_model("billing", "Payment"), apps.get_model("billing", "Collection")
    rows = (
        collections(
            id=payment.pk,
            account_id=payment.account_id,
            provider=payment.provider,
            reference=payment.provider_reference,
            amount_micros=payment.amount_micros,
            tax_micros=payment.tax_micros,
            currency=payment.currency,
            invoice_id=payment.invoice_id,
            person_id=payment.person_id,
            via="web" if payment.person_id is not None else "work",
            state="paid",
            begun_at=payment.paid_at,
            ended_at=payment.paid_at,
        )
        for payment in payments.objects.exclude(provider="bank_transfer").order_by("pk").iterator()
    )
    collections.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_collections")]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
