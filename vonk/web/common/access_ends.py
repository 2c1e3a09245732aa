"""What ending an access would stop, in words, for both sides' pages."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vonk.advertising import queries as advertising
from vonk.authorisation.queries.access import AccessEnds
from vonk.web.common.accesses import plain_day


def ends_words(ends: AccessEnds) -> str:
    """Return exactly what an act would stop, in words."""
    if not ends.consents:
        return _("No post is in use by it, so no ad stops.")
    ads = advertising.count_of_consents(ends.consent_ids)
    posts = ngettext("%(count)d post", "%(count)d posts", ends.consents) % {"count": ends.consents}
    stops = ngettext("%(count)d ad", "%(count)d ads", ads) % {"count": ads}
    values = {"posts": posts, "ads": stops, "names": ", ".join(ends.accounts)}
    if not ads:
        return _("No ad shows them now; %(posts)s can no longer be used (%(names)s).") % values
    if ends.ending_at is not None:
        values["day"] = plain_day(ends.ending_at)
        return _("%(ads)s with %(posts)s stop on %(day)s, when the notice is over (%(names)s).") % values
    return _("%(ads)s with %(posts)s stop within a second (%(names)s).") % values
