"""Files that wait for a day to become pictures or videos: sent at once, by an address, or in pieces one after the other."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from vonk.content import library, media
from vonk.content.errors import (
    FileEmpty,
    FileExpired,
    FileFinished,
    FileKindWrong,
    FileMissing,
    FilesWaiting,
    FileTooLarge,
    FileUnfinished,
    PieceOutOfPlace,
    SignatureWrong,
)
from vonk.content.library import FILE_BYTES_MAX, PIECE_BYTES, FileKind
from vonk.content.models import LibraryFile, LibraryPiece
from vonk.control import audit, fetching
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid
from vonk.core.ids import new_id

KEPT: Final = timedelta(hours=24)
REMEMBERED: Final = timedelta(days=30)  # After its bytes are gone, that it expired; then nothing.
WAITING_MAX: Final = 100  # Files of one account, finished or not.
SENT_BYTES_MAX: Final = 10_000_000_000  # Of a file in pieces where the operator sets no ceiling.
CHUNK_BYTES: Final = 1_048_576


class NextPiece(msgspec.Struct, frozen=True):
    """Where the next piece begins and before which byte it must end; both are the end once everything has come."""

    file_id: int
    name: str
    start: int
    end: int


class Whole(msgspec.Struct, frozen=True):
    """A file that is there in full."""

    file_id: int
    name: str
    bytes: int
    md5: str
    finished_at: datetime


class Waiting(msgspec.Struct, frozen=True):
    """A waiting file, opened to be read."""

    file: IO[bytes]
    path: Path
    name: str


def put(
    scope: Scope, file: IO[bytes], kind: FileKind, *, name: str | None, own_name: str, md5: str | None, now: datetime
) -> Whole:
    """Keep a file of at most FILE_BYTES_MAX for a day.

    Raises FileEmpty, FileTooLarge, SignatureWrong, FilesWaiting or FieldInvalid; then nothing is kept.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    called = library.found_name(own_name, kind) if name is None else library.asked_name(name, "name")
    with media.scratch("file") as folder:
        draft = folder / "file"
        size, found = _write(file, draft, FILE_BYTES_MAX)
        _compare(md5, found)
        return _keep(scope, draft, LibraryFile(kind=kind.value, name=called, bytes=size, md5=found), now)


def put_from_url(scope: Scope, url: str, kind: FileKind, *, name: str | None, now: datetime) -> Whole:
    """Fetch a file and keep it for a day, as ``put``. Raises what ``fetching.fetch`` raises, too."""
    scope.require(Right.CAMPAIGN_EDIT)
    with media.scratch("file") as folder:
        fetched = folder / "fetched"
        fetching.fetch(url, fetched, bytes_max=FILE_BYTES_MAX, field="url")
        with fetched.open("rb") as file:
            return put(scope, file, kind, name=name, own_name=library.name_in_url(url), md5=None, now=now)


@transaction.atomic
def start(scope: Scope, kind: FileKind, *, name: str | None, size: int, now: datetime) -> NextPiece:
    """Begin to take a file in pieces. Raises FieldInvalid (size, name) or FilesWaiting."""
    scope.require(Right.CAMPAIGN_EDIT)
    most = settings.VONK.upload_bytes_max or SENT_BYTES_MAX
    if not 1 <= size <= most:
        raise FieldInvalid("size", "a number from 1 to %(most)s", most=most)
    called = kind.value if name is None else library.asked_name(name, "name")
    _require_room(scope, now)
    made = LibraryFile.objects.create(
        account_id=scope.account, kind=kind.value, name=called, bytes=size, expires_at=now + KEPT, created_at=now
    )
    audit.record(scope, "library_file.started", "library_file", made.pk, at=now, detail={"bytes": size})
    return _next(made)


def transfer(scope: Scope, file_id: int, file: IO[bytes], *, first_byte: int, md5: str, now: datetime) -> NextPiece:
    """Take the next piece; return where the one after it begins. The same piece again changes nothing.

    Raises PieceOutOfPlace, FileEmpty, FileTooLarge, SignatureWrong, FileMissing, FileExpired or FileFinished; then
    nothing is kept.
    """
    known = _found(scope, file_id, now)
    with media.scratch("piece") as folder:
        draft = folder / "piece"
        size, found = _write(file, draft, PIECE_BYTES)
        _compare(md5, found)
        if known.pieces.filter(first_byte=first_byte, bytes=size, md5=found).exists():
            return _next(known)
        if known.finished_at is not None:
            raise FileFinished(field="upload_id")
        _require_place(known, first_byte, size)
        key = media.new_key("src")
        media.store().put(key, draft)
        try:
            return _take(known, LibraryPiece(first_byte=first_byte, bytes=size, md5=found, key=key))
        except BaseException:
            media.store().delete(key)
            raise


@transaction.atomic
def _take(known: LibraryFile, piece: LibraryPiece) -> NextPiece:
    after = piece.first_byte + piece.bytes
    same = LibraryFile.objects.filter(pk=known.pk, received_bytes=piece.first_byte, finished_at=None)
    if not same.update(received_bytes=after):  # Another piece was quicker.
        now_there = LibraryFile.objects.filter(pk=known.pk).values_list("received_bytes", flat=True).first()
        raise PieceOutOfPlace(expected=now_there or 0, given=piece.first_byte, field="start_offset")
    piece.file_id = known.pk
    piece.save(force_insert=True)
    known.received_bytes = after
    return _next(known)


def finish(scope: Scope, file_id: int, *, now: datetime) -> Whole:
    """Put the pieces together; the file waits for a day from now. Again: the same answer.

    Raises FileUnfinished while bytes are missing, FileMissing or FileExpired.
    """
    known = _found(scope, file_id, now)
    if known.finished_at is not None:
        return _whole(known)
    if known.received_bytes != known.bytes:
        raise FileUnfinished(received=known.received_bytes, announced=known.bytes, field="upload_id")
    pieces = list(known.pieces.order_by("first_byte"))
    with media.scratch("file") as folder:
        draft = folder / "file"
        md5 = _join([piece.key for piece in pieces], draft)
        key = media.new_key("src")
        media.store().put(key, draft)
    with transaction.atomic():
        unfinished = LibraryFile.objects.filter(pk=known.pk, finished_at=None)
        if unfinished.update(md5=md5, key=key, finished_at=now, expires_at=now + KEPT):
            LibraryPiece.objects.filter(file=known).delete()
            detail = {"bytes": known.bytes, "md5": md5}
            audit.record(scope, "library_file.received", "library_file", known.pk, at=now, detail=detail)
            dropped = [piece.key for piece in pieces]
        else:
            dropped = [key]  # Finished by another call meanwhile.
    for one in dropped:
        media.store().delete(one)
    known.refresh_from_db()
    return _whole(known)


@contextmanager
def opened(scope: Scope, file_id: int, kind: FileKind, *, now: datetime) -> Iterator[Waiting]:
    """Lend a waiting file. Raises FileMissing, FileExpired, FileUnfinished, or FileKindWrong when it is of another kind."""
    scope.require(Right.CAMPAIGN_EDIT)
    known = _found(scope, file_id, now)
    if known.kind != kind.value:
        raise FileKindWrong(announced=known.kind, wanted=kind.value, field="file_id")
    if known.key is None:
        raise FileUnfinished(received=known.received_bytes, announced=known.bytes, field="file_id")
    with media.store().local(known.key) as path, path.open("rb") as file:
        yield Waiting(file, path, known.name)


def tidy(now: datetime) -> int:
    """Free what waited for its day; return how many files that was. That they expired is remembered for a while."""
    freed = 0
    over = LibraryFile.objects.filter(expires_at__lte=now, expires_at__gt=now - REMEMBERED)
    for file in over.filter(Q(key__isnull=False) | Q(pieces__isnull=False)).distinct():
        keys = [*file.pieces.values_list("key", flat=True), *([file.key] if file.key is not None else [])]
        with transaction.atomic():
            LibraryPiece.objects.filter(file=file).delete()
            LibraryFile.objects.filter(pk=file.pk).update(key=None)
        for key in keys:
            media.store().delete(key)  # What a crash leaves here, ``videos.sweep`` finds.
        freed += 1
    LibraryFile.objects.filter(expires_at__lte=now - REMEMBERED).delete()
    return freed


def _found(scope: Scope, file_id: int, now: datetime) -> LibraryFile:
    scope.require(Right.CAMPAIGN_EDIT)
    known = LibraryFile.objects.filter(pk=file_id, account_id=scope.account).first()
    if known is None:
        raise FileMissing
    if known.expires_at <= now:
        raise FileExpired
    return known


def _require_room(scope: Scope, now: datetime) -> None:
    waiting = Q(key__isnull=False) | Q(finished_at=None, expires_at__gt=now)
    if LibraryFile.objects.filter(waiting, account_id=scope.account).count() >= WAITING_MAX:
        raise FilesWaiting(most=WAITING_MAX)


def _keep(scope: Scope, draft: Path, made: LibraryFile, now: datetime) -> Whole:
    key = media.new_key("src")
    media.store().put(key, draft)
    try:
        with transaction.atomic():
            _require_room(scope, now)
            made.id = new_id()
            made.account_id, made.key, made.received_bytes = scope.account, key, made.bytes
            made.created_at = made.finished_at = now
            made.expires_at = now + KEPT
            made.save(force_insert=True)
            detail = {"bytes": made.bytes, "md5": made.md5}
            audit.record(scope, "library_file.received", "library_file", made.pk, at=now, detail=detail)
    except BaseException:
        media.store().delete(key)
        raise
    return _whole(made)


def _require_place(known: LibraryFile, first_byte: int, size: int) -> None:
    if first_byte != known.received_bytes or first_byte + size > known.bytes:
        raise PieceOutOfPlace(expected=known.received_bytes, given=first_byte, field="start_offset")


def _write(file: IO[bytes], draft: Path, bytes_max: int) -> tuple[int, str]:
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    with draft.open("wb") as target:
        while chunk := file.read(CHUNK_BYTES):
            size += len(chunk)
            if size > bytes_max:
                raise FileTooLarge(bytes_max=bytes_max, field="file")
            digest.update(chunk)
            target.write(chunk)
    if size == 0:
        raise FileEmpty(field="file")
    return size, digest.hexdigest()


def _join(keys: list[str], draft: Path) -> str:
    with draft.open("wb") as target:
        for key in keys:
            with media.store().local(key) as piece, piece.open("rb") as file:
                shutil.copyfileobj(file, target, CHUNK_BYTES)
    with draft.open("rb") as whole:
        return hashlib.file_digest(whole, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _compare(announced: str | None, found: str) -> None:
    if announced is not None and announced.lower() != found:
        raise SignatureWrong(found=found, announced=announced[:40], field="signature")


def _next(known: LibraryFile) -> NextPiece:
    end = min(known.received_bytes + PIECE_BYTES, known.bytes)
    return NextPiece(known.pk, known.name, known.received_bytes, end)


def _whole(known: LibraryFile) -> Whole:
    assert known.finished_at is not None, "It is finished."
    return Whole(known.pk, known.name, known.bytes, known.md5, known.finished_at)
