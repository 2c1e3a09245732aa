"""Work that takes long, enqueued by name in the transaction that needs it."""

from django_tasks import task

from vonk.content.actions import processing
from vonk.control import clock


@task(queue_name="media")
def process_video(video_id: int) -> None:
    """Make an upload playable."""
    processing.process(video_id, now_source=lambda: clock.present().now())
