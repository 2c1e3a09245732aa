"""Work that takes long, enqueued by name in the transaction that needs it."""

from django_tasks import task

from vonk.authorisation.actions import imports
from vonk.control import clock


@task(queue_name="lists")
def work_off_codes(import_id: int) -> None:
    """Redeem the next lines of a list of codes, and come back for the rest after the other lists had their turn."""
    if imports.work_off(import_id, now=clock.present().now()):
        work_off_codes.enqueue(import_id)
