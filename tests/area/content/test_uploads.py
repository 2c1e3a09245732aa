"""A form's file is on disk and has no name."""

from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory


def test_a_forms_file_cannot_be_left_behind(folder: Path) -> None:
    body = b"bread" * 100_000
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("../loaf.mp4", body, "video/mp4")})
    file = request.FILES["file"]
    assert not isinstance(file, list)
    assert (file.name, file.size, file.read()) == ("loaf.mp4", len(body), body)
    assert not isinstance(file.file, BytesIO)
    assert list((folder / "scratch").iterdir()) == []
    request.close()
    assert file.closed
    assert settings.FILE_UPLOAD_HANDLERS == ["vonk.content.uploads.UnnamedFileUploadHandler"]
