"""The cast at the business API, in the town of ``tests.wire``."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.wire.conftest import Town

PREFIX = "/open_api/v1.3/"


class Said(msgspec.Struct, frozen=True):
    """What came back: the envelope, and beside it what clients do not read."""

    code: int
    message: str
    data: Any
    request_id: str
    status: int
    headers: Mapping[str, str]


class Business:
    """Calls the business API as one of the cast; "anonymous" sends no token."""

    def __init__(self, token_of: Mapping[str, str]) -> None:
        self.token_of = dict(token_of)
        self.client = Client(enforce_csrf_checks=True)

    def get(self, who: str, path: str, /, headers: Mapping[str, str] | None = None, **asked: Any) -> Said:
        """Call as the SDKs do: lists and objects as JSON text in one parameter."""
        query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in asked.items()}
        return self.raw(who, "GET", f"{PREFIX}{path}/", query=query, headers=headers)

    def post(
        self,
        who: str,
        path: str,
        /,
        headers: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        **asked: Any,
    ) -> Said:
        """Call with a JSON body, or with a form when there are files."""
        if files:
            form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in asked.items()}
            parts = {name: SimpleUploadedFile(f"{name}.bin", content) for name, content in files.items()}
            response = self.client.post(
                f"{PREFIX}{path}/", {**form, **parts}, headers={**self._token(who), **(headers or {})}
            )
            return _said(response)
        return self.raw(who, "POST", f"{PREFIX}{path}/", json.dumps(asked).encode(), headers=headers)

    def raw(
        self,
        who: str,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Said:
        """Call exactly so."""
        response = self.client.generic(
            method,
            path,
            body,
            content_type=content_type,
            headers={**self._token(who), **(headers or {})},
            query_params=dict(query or {}),
        )
        return _said(response)

    def _token(self, who: str) -> dict[str, str]:
        return {} if who == "anonymous" else {"Access-Token": self.token_of[who]}


def _said(response: Any) -> Said:
    body = json.loads(response.content)
    assert list(body) == ["code", "message", "request_id", "data"]
    assert (body["code"] == 0) == (body["message"] == "OK")
    return Said(
        body["code"], body["message"], body["data"], body["request_id"], response.status_code, dict(response.headers)
    )


@pytest.fixture
def business(town: Town) -> Business:
    """The caller."""
    return Business(town.tokens)
