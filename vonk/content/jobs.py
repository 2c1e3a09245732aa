"""Work that takes long, enqueued by name in the transaction that needs it."""

from datetime import UTC, datetime

from django_tasks import task

from vonk.content.actions import processing


@task(queue_name="media")
def process_video(video_id: int) -> None:
    """Make an upload playable."""
    # The machine's clock: that a worker lives is told by its claim's age, and a sandbox's clock may jump.
    processing.process(video_id, now_source=lambda: datetime.now(UTC))
