"""Where a form's file waits while the request is read: on disk, without a name, so that no kill leaves it behind."""

import tempfile
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from vonk.content import media


class UnnamedFileUploadHandler(FileUploadHandler):
    """Streams a form's file into the data directory's scratch folder, not into memory or a small /tmp."""

    file: "UploadedFile[bytes]"

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Open a file of no name."""
        super().new_file(*arguments, **named)
        media.scratch_root().mkdir(parents=True, exist_ok=True)
        unnamed = tempfile.TemporaryFile(dir=media.scratch_root())  # noqa: SIM115 - Django closes it with the request.
        self.file = UploadedFile(unnamed, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - chunks come in order.
        """Take the next bytes."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        """Return the file, ready to be read."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Let go of what came of a request that broke off."""
        if hasattr(self, "file"):
            self.file.close()
