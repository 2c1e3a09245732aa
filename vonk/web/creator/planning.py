"""Moments that a creator chooses: typed in their own time zone, kept in UTC."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import formats as django_formats
from django.utils.translation import gettext as _

TYPED: Final = "%Y-%m-%dT%H:%M"  # What a browser's field of date and time sends.


def instant_of(text: str, zone: ZoneInfo) -> datetime:
    """Return the instant of a day and time as typed in the zone. Of an hour that comes twice, the first.

    Raises ValidationError for what is no such time, or falls into the hour that the clocks skip.
    """
    try:
        typed = datetime.strptime(text.strip()[:16], TYPED)  # noqa: DTZ007 - it is the zone's, on the next line.
        at = typed.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError(_("Choose a day and a time.")) from error
    if at.astimezone(zone).replace(tzinfo=None) != typed:
        raise ValidationError(_("On that day the clocks skip this hour. Choose another one."))
    return at


def typed(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as the field shows it."""
    return f"{at.astimezone(zone):{TYPED}}"


def words(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as a person reads it, with the name of its zone."""
    local = django_formats.date_format(at.astimezone(zone), "DATETIME_FORMAT")
    return _("%(moment)s (%(zone)s)") % {"moment": local, "zone": zone.key.replace("_", " ")}
