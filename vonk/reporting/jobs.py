"""Work of this area that follows an action or an hour, after its commit."""

from django_tasks import task

from vonk.control import clock
from vonk.reporting.saved import sending


@task(queue_name="lists")  # It takes seconds, for which no letter should wait.
def send_report(run_id: int) -> None:
    """Send the report that was due."""
    sending.send(run_id, now=clock.present().now())
