"""Lists of codes that an ad account redeems in one go."""

import msgspec

from vonk.authorisation import code_lists, queries
from vonk.authorisation.actions import imports
from vonk.authorisation.queries import ImportView, LineView
from vonk.authorisation.rules.imports import FILE_BYTES_MAX
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform.videos import UploadName


class CodeTexts(Body, frozen=True):
    """Up to 10,000 codes; a line of the result for each, what is no code among them."""

    codes: tuple[str, ...]


class ImportCreated(msgspec.Struct, frozen=True):
    id: int


class LinesQuery(Paged, frozen=True):
    """``outcome`` is a result ("redeemed", "again", "duplicate", or the code of an error), or "failed" for every error."""

    outcome: str | None = None


class Retried(msgspec.Struct, frozen=True):
    """How many lines are worked off once more."""

    lines: int


@operation(
    "POST",
    "/accounts/{account_id}/code_imports",
    may=Right.CAMPAIGN_EDIT,
    summary="Redeem a list of codes",
    example={"codes": ["#…", "#…"]},
)
def create_code_import(call: Call[CodeTexts, Nothing]) -> ImportCreated:
    """Each line gets the result that its code alone would have got. Read the list until ``finished_at`` is set."""
    return ImportCreated(imports.start(call.scope, code_lists.given(call.body.codes), now=call.now))


@operation(
    "POST",
    "/accounts/{account_id}/code_imports/file",
    may=Right.CAMPAIGN_EDIT,
    uploads=True,
    summary="Redeem a file of codes",
)
def create_code_import_of_file(call: Call[Nothing, UploadName]) -> ImportCreated:
    """CSV or XLSX, up to 4 MB, as the body (with ``?name=``) or as the part ``file`` of a form; codes in any column."""
    assert call.upload is not None, "An upload operation has a file."
    found = code_lists.in_file(call.upload.file.read(FILE_BYTES_MAX + 1))
    return ImportCreated(imports.start(call.scope, found, file_name=call.upload.name, now=call.now))


@operation(
    "GET", "/accounts/{account_id}/code_imports", may=Right.ACCOUNT_VIEW, summary="List an account's lists of codes"
)
def list_code_imports(call: Call[Nothing, Paged]) -> Page[ImportView]:
    """Newest first, each with its progress and its results by name."""
    return queries.imports(call.scope, call.query.paging())


@operation(
    "GET",
    "/accounts/{account_id}/code_imports/{import_id}",
    may=Right.ACCOUNT_VIEW,
    summary="Read a list's progress",
)
def read_code_import(call: Call[Nothing, Nothing]) -> ImportView:
    """``done`` of ``lines`` have their result."""
    return queries.code_import(call.scope, call.id("import_id"))


@operation(
    "GET",
    "/accounts/{account_id}/code_imports/{import_id}/lines",
    may=Right.ACCOUNT_VIEW,
    summary="Read the results of a list",
)
def list_code_import_lines(call: Call[Nothing, LinesQuery]) -> Page[LineView]:
    """In the list's order. Of a code only the last characters are ever told."""
    return queries.import_lines(call.scope, call.id("import_id"), call.query.paging(), outcome=call.query.outcome)


@operation(
    "POST",
    "/accounts/{account_id}/code_imports/{import_id}/retry",
    may=Right.CAMPAIGN_EDIT,
    summary="Try the failed lines of a list again",
)
def retry_code_import(call: Call[Nothing, Nothing]) -> Retried:
    """Those that may pass now: extended since, terms agreed to, the hour of wrong guesses over."""
    return Retried(imports.retry(call.scope, call.id("import_id"), now=call.now))
