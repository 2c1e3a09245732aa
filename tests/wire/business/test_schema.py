"""Strange calls made from our own description of the business API: every answer is one that the description names.

VONK_TEST_SCHEMA_EXAMPLES sets how many calls each operation gets. The same number makes the same calls.
"""

import json
import os
import zlib
from collections.abc import Callable
from typing import Any, Final

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.wire.business.rows import Row
from tests.wire.business.test_cast import ROWS, filled
from tests.wire.conftest import Town
from tests.wire.test_schema import Log, explained
from vonk.config.wsgi import application
from vonk.wire.business import dispatch, limits
from vonk.wire.business.openapi import PREFIX
from vonk.wire.business.operation import OPERATIONS, Operation, Over

SHORT: Final = 2  # Calls of each operation in every run.
EXAMPLES: Final = int(os.environ.get("VONK_TEST_SCHEMA_EXAMPLES", SHORT))
CHECKS: Final = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Of what does not fit, v1.3 ignores much and reads more than it says: no check that it is refused.
MODES: Final = (GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CALLERS: Final = ("", "", "", "mallory", "anonymous")  # "": somebody who may call.


def test_whatever_is_asked_the_answer_is_one_that_is_described(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.take, "__kwdefaults__", {"most": 10**9})
    for signal in (request_started, request_finished):  # As Django's own test client does: the test has the connection.
        monkeypatch.setattr(signal, "receivers", [])
        monkeypatch.setattr(signal, "sender_receivers_cache", {})
    log = Log()
    monkeypatch.setattr(dispatch, "_log", log)
    described = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", closing)
    failures: list[str] = []
    for operation in sorted(OPERATIONS, key=lambda one: (one.alone, one.name)):
        told = described[f"{PREFIX}/{operation.path}/"][operation.method.value]
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


def closing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as servers do, which close what they have sent: files that came with a request end with it."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        getattr(answer, "close", lambda: None)()


def asked(operation: Operation, told: Any, town: Town) -> Callable[[], None]:
    """Return the trial of one operation: calls that fit the description and ones that do not, of several callers."""
    row = ROWS[operation.name]
    # Strategies cost more than calls: a short run asks each operation in one mode, a long one in both.
    turn = zlib.crc32(operation.name.encode())
    modes = MODES if EXAMPLES > SHORT else MODES[turn % len(MODES) :][:1]
    cases = {mode: told.as_strategy(generation_mode=mode) for mode in set(modes)}

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
        who = data.draw(st.sampled_from(CALLERS)) or row.may[0]
        case: Case[Any] = data.draw(cases[mode])
        if mode is GenerationMode.POSITIVE:
            mix(case, operation, row, town, who, data)
        for header in [name for name in case.headers if name.lower() == "access-token"]:
            del case.headers[header]
        if who != "anonymous":
            case.headers["Access-Token"] = town.tokens[who]
        response = case.call()
        case.validate_response(response, checks=CHECKS)
        code = envelope_code(response)
        assert code not in {50000, 50002}, response.text
        if who == "anonymous" and operation.over is not Over.APP:
            assert code == 40104, response.text

    return trial


def mix(case: Case[Any], operation: Operation, row: Row, town: Town, who: str, data: st.DataObject) -> None:
    """Make the case a call that works, but for some parameters that are drawn from the generated ones."""
    sound: dict[str, Any] = {
        name: filled(value, {**town.ids, "code": town.code, "fresh_code": town.fresh_code, "who": who})
        for name, value in row.asked.items()
    }
    held = case.body if operation.writes else case.query
    if not isinstance(held, dict):
        return
    strange = data.draw(st.sets(st.sampled_from(sorted(held)), max_size=2)) if held else set()
    mixed: dict[str, Any] = {**sound, **{name: held[name] for name in strange}}
    if operation.writes:
        case.body = mixed
    else:
        case.query = {
            name: value if name in strange or isinstance(value, str) else json.dumps(value)
            for name, value in mixed.items()
        }


def envelope_code(response: Any) -> int | None:
    """Return the envelope's code; None for an answer outside of it."""
    if not response.headers["content-type"][0].startswith("application/json"):
        return None
    told = json.loads(response.content)
    assert list(told) == ["code", "message", "request_id", "data"]
    code: int = told["code"]
    return code
