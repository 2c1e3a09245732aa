"""What an operation is asked, read from the request: query, JSON body or form."""

import hashlib
from collections.abc import Mapping
from typing import Final

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

from vonk.wire.business.asked import Asked, from_body, from_form, from_query
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.operation import File, Operation
from vonk.wire.requests import read_body

_NAME_CHARS_MAX: Final = 200
_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"


def read(operation: Operation, request: HttpRequest) -> tuple[Asked, Mapping[str, File], bytes]:
    """Return what is asked, the files that came with it, and the bytes that tell this request from another."""
    kind = request.content_type
    if request.method in ("GET", "HEAD"):
        return _from_get(operation, request)
    if operation.files and kind == _MULTIPART:
        return _from_multipart(operation, request)
    raw = read_body(request)
    if kind == _FORM and not raw.lstrip().startswith(b"{"):
        return from_form(operation.asked, _fields(raw)), {}, raw
    return from_body(operation.asked, raw), {}, raw


def _from_get(operation: Operation, request: HttpRequest) -> tuple[Asked, Mapping[str, File], bytes]:
    """Read the query, then a body: one client sends a form with its GET, and documentation shows JSON (reference §1)."""
    given = _fields(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))
    raw = read_body(request) if request.META.get("CONTENT_LENGTH") not in (None, "", "0") else b""
    if raw.lstrip().startswith(b"{"):
        return from_query(operation.asked, {**_as_text(raw), **given}), {}, raw
    if raw.strip():
        given = {**_fields(raw), **given}
    return from_query(operation.asked, given), {}, raw


def _as_text(raw: bytes) -> dict[str, str]:
    """Return a JSON body's fields as a query would hold them."""
    try:
        given = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ParameterInvalid(field="body", reason="it cannot be read as JSON") from error
    try:
        return {name: _unquoted(bytes(value)) for name, value in given.items()}
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:  # What a Raw holds was not looked into before.
        raise ParameterInvalid(field="body", reason="it cannot be read as JSON") from error


def _unquoted(value: bytes) -> str:
    return msgspec.json.decode(value, type=str) if value.startswith(b'"') else value.decode()


def _fields(raw: bytes) -> dict[str, str]:
    """Return the fields of a query or a form; of one that comes twice the last."""
    try:
        return _single(QueryDict(raw, encoding="utf-8"))
    except SuspiciousOperation as error:
        raise ParameterInvalid(field="body", reason="it has too many parameters") from error


def _from_multipart(operation: Operation, request: HttpRequest) -> tuple[Asked, Mapping[str, File], bytes]:
    try:
        parts, fields = request.FILES, request.POST
    except (MultiPartParserError, SuspiciousOperation, LookupError) as error:  # Of the charset: some are no texts'.
        raise ParameterInvalid(field="body", reason="it cannot be read as multipart/form-data") from error
    files = {
        name: File(part.file, (part.name or "")[:_NAME_CHARS_MAX], part.size or 0)
        for name, part in parts.items()
        if name in operation.files and isinstance(part, UploadedFile) and part.file is not None
    }
    return from_form(operation.asked, _single(fields)), files, msgspec.json.encode(_single(fields), order="sorted")


def with_files(sent: bytes, files: Mapping[str, File]) -> bytes:
    """Return what tells a request from another when files came with it: its fields, and what is in the files."""
    if not files:
        return sent
    told = {}
    for name, one in files.items():
        told[name] = (one.name, hashlib.file_digest(one.file, "sha256").hexdigest())  # type: ignore[arg-type]  # It reads.
        one.file.seek(0)
    return msgspec.json.encode([sent.decode(), told], order="sorted")


def _single(given: QueryDict) -> dict[str, str]:
    return {name: str(value) for name, value in given.items()}
