"""Numbers without gaps: invoices and credit notes, counted by year."""

from datetime import datetime

from django.db.models import F

from vonk.billing.models import Sequence


def take(series: str, at: datetime) -> str:
    """Return the next number of a series ("INV", "CN") in the year of ``at``, as "INV-2026-000001".

    The row is held until commit: a transaction that comes to nothing leaves no gap.
    """
    name = f"{series}-{at.year}"
    Sequence.objects.bulk_create([Sequence(name=name)], ignore_conflicts=True)
    Sequence.objects.filter(name=name).update(last=F("last") + 1)
    return f"{name}-{Sequence.objects.values_list('last', flat=True).get(name=name):06}"
