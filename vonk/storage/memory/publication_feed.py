"""The publication feed's twin in memory, with the writer's side that the control plane has elsewhere."""

import threading

from vonk.delivery.snapshot import Document, DocumentKind, Publication


class MemoryPublicationFeed:
    """Keeps the newest publication of each object; ``publish`` and ``withdraw`` may come from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: dict[tuple[DocumentKind, int], Publication] = {}
        self._sequence = 0
        self._read_to = 0

    def publish(self, kind: DocumentKind, object_id: int, document: Document | None) -> int:
        """Replace the object's publication, return its sequence."""
        with self._changed:
            self._sequence += 1
            self._newest.pop((kind, object_id), None)  # The newest goes to the end: insertion order is the sequence.
            self._newest[kind, object_id] = Publication(self._sequence, kind, object_id, document)
            self._changed.notify_all()
            return self._sequence

    def withdraw(self, kind: DocumentKind, object_id: int) -> int:
        """Publish that the object may no longer be used, return the sequence."""
        return self.publish(kind, object_id, None)

    def read(self, after: int, limit: int) -> list[Publication]:
        with self._changed:
            found = [publication for publication in self._newest.values() if publication.sequence > after][:limit]
            self._read_to = max(self._read_to, after, *(publication.sequence for publication in found))
            return found

    def wait(self, timeout_seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._sequence > self._read_to, timeout_seconds)

    def close(self) -> None:
        """Nothing is held outside the process's memory."""
