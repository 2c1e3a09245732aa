"""What switching off would end, said before it happens."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vonk.advertising import queries as advertising
from vonk.authorisation import queries as authorisation
from vonk.control.scope import Scope


def off_ends(scope: Scope, post_id: int | None, now: datetime) -> str:
    """Return in words what switching off ends for the post, or for every post (None); "" when nothing."""
    ends = authorisation.switching_off_ends(scope, post_id, now)
    told: list[str] = []
    if ends.held_consents:
        ads = advertising.count_of_consents(ends.consent_ids)
        stops = ngettext("%(count)d ad stops within a second", "%(count)d ads stop within a second", ads)
        told.append(
            _("%(stops)s (%(names)s).") % {"stops": stops % {"count": ads}, "names": ", ".join(ends.account_names)}
        )
    if ends.unused_codes:
        codes = ngettext("%(count)d unused code ends.", "%(count)d unused codes end.", ends.unused_codes)
        told.append(codes % {"count": ends.unused_codes})
    if told:
        told.append(_("This cannot be taken back; new codes can be made."))
    return " ".join(told)
