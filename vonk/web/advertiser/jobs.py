"""Work of the ads manager that takes long, enqueued by name in the transaction that needs it."""

from django_tasks import task

from vonk.advertising.actions import bulk_edits
from vonk.control import clock
from vonk.web.advertiser.tables.billed import billed


@task(queue_name="lists")
def work_off_edit(edit_id: int) -> None:
    """Look at, or change, the next objects of an edit, and come back for the rest after others had their turn."""
    now = clock.present().now()
    if bulk_edits.work_off(edit_id, billed=billed(now), now=now):
        work_off_edit.enqueue(edit_id)
