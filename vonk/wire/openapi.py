"""The OpenAPI 3.1 document, made from the operations' declarations."""

from functools import cache
from http import HTTPStatus
from typing import Any, Final

import msgspec

from vonk.authorisation.errors.table import TABLE
from vonk.control.scope import Right
from vonk.wire.codec import ID_SCHEMA, is_id, schema_hook
from vonk.wire.errors import CONTENT_TYPE, STATUS_OF_KIND, Envelope
from vonk.wire.limits import KNOWN_PER_WINDOW_MAX, UNKNOWN_PER_WINDOW_MAX
from vonk.wire.operation import OPERATIONS, Nothing, Operation

PREFIX: Final = "/platform/v1"
_REF: Final = "#/components/schemas/{name}"
_RATE_LIMIT: Final[dict[str, Any]] = {
    "description": (
        f"How many requests the caller has left in the running minute: {KNOWN_PER_WINDOW_MAX} for somebody who is signed "
        f"in, {UNKNOWN_PER_WINDOW_MAX} for everybody else behind one address. Missing when the token is not valid."
    ),
    "schema": {"type": "string", "pattern": "^limit=[0-9]+, remaining=[0-9]+, reset=[0-9]+$"},
}
_RETRY_AFTER: Final[dict[str, Any]] = {
    "description": "In how many seconds to come back; missing where waiting does not help.",
    "schema": {"type": "integer", "minimum": 0},
}
_REPLAYED: Final[dict[str, Any]] = {
    "description": "The write was done before with this key; this is the answer that was kept.",
    "schema": {"type": "string", "const": "true"},
}


@cache
def document() -> bytes:
    """Return the document as JSON."""
    operations = sorted(OPERATIONS, key=lambda operation: (operation.path, operation.method.value))
    types = _types(operations)
    schemas, components = msgspec.json.schema_components(types, schema_hook=schema_hook, ref_template=_REF)
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.value.lower()] = _operation(
            operation, schema_of, components
        )
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": "Vonk platform API",
            "version": "1",
            "description": (
                "Everything that people do on the platform. Ids are strings of digits, amounts are integer micros, "
                "instants are RFC 3339. Every write takes an Idempotency-Key. What is refused answers a problem (RFC 9457) "
                "that says why, who can act and how."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "x-consent-errors": [
            {
                "code": row.code,
                "number": row.number,
                "status": int(STATUS_OF_KIND[row.kind]),
                "message": row.message,
                "cause": row.cause,
                "actor": row.actor.value,
                "remedy": row.remedy,
                "link": row.link,
            }
            for row in TABLE
        ],
        "components": {
            "schemas": _ids_as_strings(components),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.encode(told)


def _types(operations: list[Operation]) -> list[Any]:
    found: dict[str, Any] = {repr(Envelope): Envelope}
    for operation in operations:
        for kind in (operation.body, operation.query, operation.answer):
            if kind is not None:
                found[repr(kind)] = kind
    return list(found.values())


def _operation(operation: Operation, schema_of: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.handler.__module__.rpartition(".")[2]],
        "summary": operation.summary,
        "description": operation.description + _right(operation.may),
        "parameters": _parameters(operation, schema_of, components),
        "responses": {
            str(int(operation.status)): _answer(operation, schema_of),
            **{
                str(int(status)): _refusal(what, status, schema_of)
                for what, status in (
                    *((kind.__name__, status) for kind, status in STATUS_OF_KIND.items()),
                    ("A bug of ours; it is logged.", HTTPStatus.INTERNAL_SERVER_ERROR),
                )
            },
        },
    }
    if operation.may is None:
        told["security"] = [{}, {"token": []}]
    if operation.uploads:
        told["requestBody"] = {
            "required": True,
            "content": {
                "application/octet-stream": {},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                    }
                },
            },
        }
    elif operation.body is not Nothing:
        content: dict[str, Any] = {"schema": schema_of[repr(operation.body)]}
        if operation.example is not None:
            content["example"] = operation.example
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    return told


def _right(may: Right | None) -> str:
    return "\n\nOpen to everybody." if may is None else f"\n\nNeeds the right `{may.value}`."


def _answer(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": operation.status.phrase, "headers": {"RateLimit": _RATE_LIMIT}}
    if operation.keyed:
        told["headers"] = {**told["headers"], "Idempotency-Replayed": _REPLAYED}
    if operation.answer is not None:
        told["content"] = {"application/json": {"schema": schema_of[repr(operation.answer)]}}
    return told


def _refusal(what: str, status: HTTPStatus, schema_of: dict[str, Any]) -> dict[str, Any]:
    headers = {"RateLimit": _RATE_LIMIT}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = {"required": True, "schema": {"type": "string", "const": "Bearer"}}
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = _RETRY_AFTER
    return {
        "description": what,
        "headers": headers,
        "content": {CONTENT_TYPE: {"schema": schema_of[repr(Envelope)]}},
    }


def _parameters(operation: Operation, schema_of: dict[str, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": dict(ID_SCHEMA) if is_id(name) else {"type": "string"},
        }
        for name in operation.parameters
    ]
    query = components[schema_of[repr(operation.query)]["$ref"].rpartition("/")[2]]
    told += [
        {"name": name, "in": "query", "required": name in query.get("required", ()), "schema": schema}
        for name, schema in query.get("properties", {}).items()
    ]
    if operation.keyed:
        told.append({
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 64},
        })  # fmt: skip
    return told


def _ids_as_strings(components: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas with ids as the codec writes them."""
    for schema in components.values():
        properties = schema.get("properties", {})
        for name in properties:
            if is_id(name):
                properties[name] = _id_as_string(properties[name])
    return components


def _id_as_string(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_id_as_string(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "integer":
        return {**{key: value for key, value in schema.items() if key == "default"}, **ID_SCHEMA}
    return {key: _id_as_string(value) if key in {"anyOf", "items"} else value for key, value in schema.items()}
