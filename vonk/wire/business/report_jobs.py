"""Work of reports that are made in the background, enqueued by name in the transaction that asks for it."""

from django_tasks import task

from vonk.control import clock
from vonk.wire.business.reports import making as report_making


@task(queue_name="lists")  # It takes seconds, for which no letter should wait.
def make_report(task_id: int) -> None:
    """Make the report that the task asks for."""
    report_making.make(task_id, now=clock.present().now())
