"""Verify a receipt, offline: needs the file and nothing of the platform."""

from pathlib import Path
from typing import Final

import typer

from vonk.authorisation import receipts
from vonk.cli.start import refuse
from vonk.core.errors import Problem

EXIT_WRONG: Final = 1  # It can be read, and is not what the platform signed.


def verify(file: Path, key: str | None) -> int:
    """Say what of the receipt is verified and what is not; return the exit code, 0 only when nothing is wrong.

    Ends the command with EXIT_REFUSED when the file or the key cannot be read, by the error's name.
    """
    try:
        receipt = receipts.decode(_read(file, receipts.RECEIPT_BYTES_MAX))
        known = None if key is None else _key(key, receipt.signed.platform.key_id)
    except Problem as problem:
        refuse(f"{problem.code}: {problem} {problem.fill(problem.remedy)}")
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}")
    verdict = receipts.verify(receipt, known)
    signed = receipt.signed
    typer.echo(
        _plain(
            f"Receipt of {signed.object.kind} {signed.object.id}, made by {signed.platform.name} at {signed.issued_at}."
        )
    )
    for name, lines in (("Wrong", verdict.wrong), ("Verified", verdict.right), ("Not verified", verdict.unseen)):
        for line in lines:
            typer.echo(_plain(f"{name}: {line}"))
    return EXIT_WRONG if verdict.wrong else 0


def _key(text: str, wanted: str) -> bytes:
    path = Path(text)
    try:
        is_file = path.is_file()
    except OSError:  # Too long to be a path.
        is_file = False
    return receipts.key_in(_read(path, receipts.RECEIPT_BYTES_MAX) if is_file else text.encode(), wanted=wanted)


def _read(path: Path, bytes_max: int) -> bytes:
    """Return the file's bytes, and never many more than a receipt has."""
    with path.open("rb") as file:
        return file.read(bytes_max + 1)


def _plain(line: str) -> str:
    """Return the line without what a terminal would act on: it is a stranger's text."""
    return "".join(character if character.isprintable() else "�" for character in line)
