"""What reporting refuses."""

from django.utils.translation import gettext_noop as _

from vonk.core.errors import Invalid


class SpanInvalid(Invalid):
    """A report has a beginning, an end after it, and a bounded length."""

    code = "report_span_invalid"
    field = "end_date"
    message = _("A report by %(by)s spans 1 to %(days_max)s days.")
    cause = _("The end lies before the beginning, too far after it, or in another age.")
    remedy = _("Choose a shorter span, or coarser steps.")


class SpanUnkept(Invalid):
    """What became of ads by hour is kept for a month."""

    code = "fates_span_invalid"
    field = "end_date"
    message = _("What became of ads in slots is told for 1 to 30 days at once.")
    cause = _("The end lies before the beginning, or too far after it.")
    remedy = _("Choose a shorter span; what is older than 30 days is not kept.")
