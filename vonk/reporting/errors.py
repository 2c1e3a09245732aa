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
