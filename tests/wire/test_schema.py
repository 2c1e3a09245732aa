"""Strange requests made from our own description of the API: every answer is one that the description names.

VONK_TEST_SCHEMA_EXAMPLES sets how many requests each operation gets. The same number makes the same requests.
"""

import os
import re
import traceback
import zlib
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.wire import appealing, hosting
from tests.wire.conftest import PREFIX, Town
from tests.wire.test_cast import ROWS, filled, may_call
from vonk.config.wsgi import application
from vonk.core.ids import new_id
from vonk.wire import dispatch
from vonk.wire.errors import CONTENT_TYPE, Envelope
from vonk.wire.operation import OPERATIONS, Operation

SHORT: Final = 2  # Requests of each operation in every run.
EXAMPLES: Final = int(os.environ.get("VONK_TEST_SCHEMA_EXAMPLES", SHORT))
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
MODES: Final = (GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CALLERS: Final = ("", "", "", "mallory", "anonymous")  # "": somebody who may call.


class Log:
    """What the dispatcher says of bugs, with their traces, to be shown with the failure."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def error(self, event: str, **values: object) -> None:
        self._lines.append(f"{event} {values}\n{traceback.format_exc()}")

    exception = error

    def said(self) -> str:
        """Return the last of it, and forget it."""
        said, self._lines = "".join(self._lines[-1:]), []
        return said


def test_whatever_is_asked_the_answer_is_one_that_is_described(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("KNOWN_PER_WINDOW_MAX", "UNKNOWN_PER_WINDOW_MAX"):
        monkeypatch.setattr(dispatch, bound, 10**9)
    for signal in (request_started, request_finished):  # As Django's own test client does: the test has the connection.
        monkeypatch.setattr(signal, "receivers", [])
        monkeypatch.setattr(signal, "sender_receivers_cache", {})
    hosting.settle(town.ids, town.tokens, monkeypatch)
    appealing.settle(town.scopes["ada"], town.ids)
    hosting.quick_worlds(monkeypatch)
    log = Log()
    monkeypatch.setattr(dispatch, "_log", log)
    described = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", application)
    failures: list[str] = []
    for operation in sorted(OPERATIONS, key=lambda one: (one.alone, one.name)):
        told = described[PREFIX + operation.path][operation.method.value]
        try_it = asked(operation, told, town)
        try:
            if operation.alone:  # It opens transactions of its own, which have to be outermost.
                try_it()
            else:
                with transaction.atomic():  # Each finds the town as it was.
                    try:
                        try_it()
                    finally:
                        transaction.set_rollback(True)
        except (AssertionError, Failure, FailureGroup) as failure:
            failures.append(f"{operation.name}: {explained(failure)}\n{log.said()}")
    assert not failures, f"{len(failures)}:\n" + "\n\n".join(failures)


def asked(operation: Operation, told: Any, town: Town) -> Callable[[], None]:
    """Return the trial of one operation: requests that fit the description and ones that do not, of several callers."""
    row = ROWS[operation.name]
    allowed = may_call(operation, row) or ("cleo",)
    # Strategies cost more than requests: a short run asks each operation in one mode, a long one in both.
    turn = zlib.crc32(operation.name.encode())
    modes = MODES if EXAMPLES > SHORT else MODES[turn % len(MODES) :][:1]
    cases = {mode: told.as_strategy(generation_mode=mode) for mode in set(modes)}
    real = {name: town.ids.get(row.ids.get(name, name), row.ids.get(name, "x")) for name in operation.parameters}

    @seed(zlib.crc32(f"{operation.name} {EXAMPLES}".encode()))
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def trial(data: st.DataObject) -> None:
        mode = data.draw(st.sampled_from(modes))
        who = data.draw(st.sampled_from(CALLERS)) or next(
            (name for name in ("cleo", "ada") if name in allowed), allowed[-1]
        )
        case: Case[Any] = data.draw(cases[mode])
        if mode is GenerationMode.POSITIVE:
            if data.draw(st.integers(0, 3)):
                case.path_parameters.update(real)
            if isinstance(case.body, dict) and isinstance(row.body, dict):
                case.body = mixed(case.body, filled(row.body, town, who), data)
        case.headers.pop("Authorization", None)
        if who != "anonymous":
            case.headers["Authorization"] = f"Bearer {town.tokens[who]}"
        if operation.keyed and mode is GenerationMode.POSITIVE:
            case.headers["Idempotency-Key"] = f"schema {new_id()}"
        response = case.call()
        case.validate_response(
            response, checks=CHECKS if mode is GenerationMode.NEGATIVE and not operation.uploads else CHECKS[:-1]
        )
        require_envelope(response)
        if who == "anonymous" and operation.may is not None:
            assert response.status_code == 401, response.text

    return trial


def mixed(generated: dict[str, Any], sound: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Return a body that works but for the fields that are drawn from the generated one."""
    strange = data.draw(st.sets(st.sampled_from(sorted(generated)), max_size=2)) if generated else set()
    return sound | {name: generated[name] for name in strange}


def require_envelope(response: Response) -> None:
    """Fail unless what is refused says so as all that is refused does, in whole sentences."""
    if response.status_code < 400:
        return
    assert response.headers["content-type"] == [CONTENT_TYPE]
    told = msgspec.json.decode(response.content, type=Envelope)
    assert (told.status, told.type) == (response.status_code, f"/problems/{told.code}")
    assert re.fullmatch(r"[a-z][a-z0-9_]+", told.code), told
    assert told.detail, told
    assert not re.search(r"%\(\w+\)[sd]", told.detail + told.cause + told.remedy + told.link), told


def explained(failure: BaseException) -> str:
    """Return everything a failure says, with the request that makes it happen."""
    parts = failure.exceptions if isinstance(failure, FailureGroup) else (failure,)
    notes = getattr(failure, "__notes__", [])
    return "\n".join(str(part) for part in (*parts, *notes))
