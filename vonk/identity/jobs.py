"""Work that follows an action of this area, after its commit."""

from django.utils import timezone
from django_tasks import task

from vonk.control import clock
from vonk.identity.actions import postbox, webhook_letters


@task()
def send_letter(letter_id: int) -> None:
    """Send a letter, or put the job back for later."""
    wait = postbox.send(letter_id)
    if wait is not None:
        send_letter.using(run_after=timezone.now() + wait).enqueue(letter_id)


@task()
def tell_of_paused_webhook(endpoint_id: int) -> None:
    """Write to the endpoint's owner."""
    webhook_letters.paused(endpoint_id, now=clock.present().now())
