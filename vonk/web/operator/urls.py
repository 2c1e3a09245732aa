"""The operator console's addresses."""

from django.urls import path

from vonk.web.common import converters  # noqa: F401 - registers <id:…>.
from vonk.web.operator.views import (
    books,
    clock,
    findings,
    home,
    invalid_events,
    moderation,
    money,
    money_event,
    money_of,
    revenue,
    review,
    review_queue,
    trail,
    transfers,
    validity,
)

app_name = "operator"

urlpatterns = [
    path("console/", home.page, name="home"),
    path("console/clock/", clock.move, name="clock"),
    path("console/reviews/", review_queue.page, name="reviews"),
    path("console/reviews/<id:review_id>/", review.page, name="review"),
    path("console/reviews/<id:review_id>/approve/", review.approve, name="review_approve"),
    path("console/reviews/<id:review_id>/reject/", review.reject, name="review_reject"),
    path("console/revenue/", revenue.page, name="revenue"),
    path("console/money/", money.page, name="money"),
    path("console/money/accounts/<id:account_id>/", money_of.account, name="account_money"),
    path("console/money/refunds/", money.refunds, name="refunds"),
    path("console/money/refunds/<id:refund_id>/", money_of.refund, name="refund"),
    path("console/money/invoices/", money.invoices, name="invoices"),
    path("console/money/invoices/<id:invoice_id>/", money_of.invoice, name="invoice"),
    path("console/money/credit-notes/", money.credit_notes, name="credit_notes"),
    path("console/money/holds/", money.holds, name="holds"),
    path("console/money/events/", money_event.page, name="event_money"),
    path("console/money/taxes/", money.taxes, name="taxes"),
    path("console/transfers/", transfers.page, name="transfers"),
    path("console/transfers/<id:transfer_id>/", transfers.followed, name="transfer"),
    path("console/validity/", validity.page, name="validity"),
    path("console/validity/events/", invalid_events.page, name="invalid_events"),
    path("console/validity/findings/", findings.page, name="findings"),
    path("console/validity/findings/preview/", findings.preview, name="finding_preview"),
    path("console/validity/findings/make/", findings.make, name="finding_make"),
    path("console/validity/findings/<id:finding_id>/", findings.one, name="finding"),
    path("console/validity/rules/<slug:name>/", validity.rule, name="validity_rule"),
    path("console/validity/rules/<slug:name>/set/", validity.put, name="validity_set"),
    path("console/validity/rules/<slug:name>/reset/", validity.reset, name="validity_reset"),
    path("console/trail/", trail.page, name="trail"),
    path("console/posts/", moderation.page, name="posts"),
    path("console/posts/<id:post_id>/", moderation.post, name="post"),
    path("console/posts/<id:post_id>/remove/", moderation.remove, name="post_remove"),
    path("console/posts/<id:post_id>/restore/", moderation.restore, name="post_restore"),
    path("console/books/", books.page, name="books"),
]
