"""The OpenAPI 3.1 document of the business API, made from the operations' declarations."""

from collections.abc import Iterable
from functools import cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

import msgspec

from vonk.authorisation.errors.table import TABLE
from vonk.wire.business import errors
from vonk.wire.business.asked import readings
from vonk.wire.business.operation import OPERATIONS, Operation, Over, Partly, Plain
from vonk.wire.codec import ID_SCHEMA, schema_hook

PREFIX: Final = "/open_api/v1.3"
JSON: Final = "application/json"
_REF: Final = "#/components/schemas/{name}"
_REQUEST_ID: Final[dict[str, Any]] = {"type": "string", "minLength": 32, "maxLength": 34}
_CHOOSING: Final = frozenset({"fields", "exclude_field_types_in_response"})
_SUFFIX: Final = "Chosen"


@cache
def document() -> bytes:
    """Return the document as JSON."""
    return msgspec.json.encode(_Writer(OPERATIONS).document())


@cache
def _fields() -> dict[str, dict[str, Any]]:
    writer = _Writer(OPERATIONS)
    return {one.name: writer.fields(one) for one in OPERATIONS}


def described(one: Operation) -> dict[str, Any]:
    """Return the schema of what an operation is asked, resolved."""
    return _fields()[one.name]


def example_of(one: Operation) -> dict[str, Any]:
    """Return the declared example, or one of what must be sent."""
    if one.example is not None:
        return one.example
    asked = described(one)
    return {name: _sample(asked["properties"][name]) for name in asked.get("required", ())}


def _sample(schema: dict[str, Any]) -> Any:
    """Return a value of a required parameter's type."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [_sample(schema.get("items") or {})]
    if schema.get("pattern") == ID_SCHEMA["pattern"]:
        return ID_SCHEMA["examples"][0]
    return {"string": "bread", "integer": 1, "number": 1.0, "boolean": True}.get(schema.get("type", ""), {})


class _Writer:
    """Writes one document: keeps the schemas of all types, so that each is told once."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = sorted(operations, key=lambda one: (one.path, one.method.value))
        types: dict[str, Any] = {}
        for one in self._operations:
            for kind in (one.asked, *answers_of(one)):
                types[repr(kind)] = kind
        schemas, self._components = msgspec.json.schema_components(
            list(types.values()), schema_hook=schema_hook, ref_template=_REF
        )
        self._schema_of = dict(zip(types, schemas, strict=True))

    def document(self) -> dict[str, Any]:
        """Return the whole document."""
        paths: dict[str, dict[str, Any]] = {}
        for one in self._operations:
            paths.setdefault(f"{PREFIX}/{one.path}/", {})[one.method.value.lower()] = self._operation(one)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Vonk business API",
                "version": "1.3",
                "description": (
                    "TikTok's Business API v1.3 as this platform serves it: published clients work against it with "
                    "another address. Every answer is HTTP 200 with an envelope; code 0 is success. Send "
                    "'Prefer: http-status' for real statuses."
                ),
            },
            "servers": [{"url": "/"}],
            "security": [{"token": []}],
            "tags": [{"name": group} for group in sorted({one.group for one in self._operations})],
            "paths": paths,
            "x-consent-errors": [{"name": row.code, "message": row.message, "remedy": row.remedy} for row in TABLE],
            "components": {
                "schemas": {**self._components, "Refused": refused()},
                "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Access-Token"}},
            },
        }

    def _operation(self, one: Operation) -> dict[str, Any]:
        told: dict[str, Any] = {
            "operationId": one.name,
            "tags": [one.group],
            "summary": one.summary,
            "description": _described(one),
            "responses": {"200": self._response(one)},
        }
        if one.over is Over.APP:
            told["security"] = [{}, {"token": []}]
        if one.writes:
            told["requestBody"] = {"required": True, "content": self._bodies(one)}
        else:
            told["parameters"] = self._parameters(one)
        return told

    def _parameters(self, one: Operation) -> list[dict[str, Any]]:
        """Return the parameters of a query: lists and objects are JSON in one parameter (reference API §1)."""
        asked = self.fields(one)
        how = readings(one.asked)
        required = asked.get("required", ())
        example = one.example or {}
        told = []
        for name, schema in asked.get("properties", {}).items():
            parameter: dict[str, Any] = {"name": name, "in": "query", "required": name in required}
            if how[name] == "text":
                parameter["schema"] = _never_null(schema)
            else:
                parameter["content"] = {JSON: {"schema": _never_null(schema)}}
            if name in example:
                parameter["example"] = example[name]
            told.append(parameter)
        return told

    def _bodies(self, one: Operation) -> dict[str, Any]:
        body: dict[str, Any] = {"schema": self._schema_of[repr(one.asked)]}
        if one.example is not None:
            body["example"] = one.example
        if not one.files:
            return {JSON: body}
        asked = self.fields(one)
        how = readings(one.asked)
        form: dict[str, Any] = {
            "type": "object",
            "required": list(asked.get("required", ())),
            "properties": {
                **{name: _never_null(schema) for name, schema in asked.get("properties", {}).items()},
                **{name: {"type": "string", "contentMediaType": "application/octet-stream"} for name in one.files},
            },
        }
        in_json = {name: {"contentType": JSON} for name, reading in how.items() if reading != "text"}
        return {JSON: body, "multipart/form-data": {"schema": form, **({"encoding": in_json} if in_json else {})}}

    def fields(self, one: Operation) -> dict[str, Any]:
        """Return the schema of what an operation is asked, resolved."""
        schema = self._schema_of[repr(one.asked)]
        found: dict[str, Any] = self._components[schema["$ref"].rpartition("/")[2]]
        return found

    def _response(self, one: Operation) -> dict[str, Any]:
        kinds = answers_of(one)
        told = [self._schema_of[repr(kind)] for kind in kinds]
        if _CHOOSING & set(one.asked.__struct_fields__):  # Rows hold what was asked for: nothing in them is certain.
            told = [self._loosened(schema) for schema in told]
        data = told[0] if len(told) == 1 else {"anyOf": told} if told else {"type": "object"}
        parts = _parts(one.answer)
        envelopes = [_envelope(errors.OK, data)]
        if Partly in parts:
            envelopes.append(_envelope(errors.PARTLY, {"type": "object"}))
        schema = {"anyOf": [*envelopes, {"$ref": "#/components/schemas/Refused"}]}
        content: dict[str, Any] = {JSON: {"schema": schema}}
        if Plain in parts:
            content["text/csv"] = {}
        return {"description": "The envelope; code 0 is success.", "content": content}

    def _loosened(self, schema: Any) -> Any:
        """Return the schema with nothing required in the rows it holds."""
        if isinstance(schema, list):
            return [self._loosened(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        reference = schema.get("$ref")
        if reference is None:
            return {name: self._loosened(part) for name, part in schema.items() if name != "required"}
        name = reference.rpartition("/")[2]
        if name.endswith(_SUFFIX):
            return schema
        loose = name + _SUFFIX
        if loose not in self._components:
            self._components[loose] = {}  # Ends a circle.
            self._components[loose] = self._loosened(self._components[name])
        return {"$ref": _REF.format(name=loose)}


def answers_of(one: Operation) -> tuple[Any, ...]:
    """Return the types of ``data`` that an operation answers in the envelope."""
    return tuple(part for part in _parts(one.answer) if part not in (Partly, Plain, type(None)))


def _parts(answer: Any) -> tuple[Any, ...]:
    if answer is None:
        return ()
    return get_args(answer) if get_origin(answer) in (Union, UnionType) else (answer,)


def refused() -> dict[str, Any]:
    """Return the schema of every refusal."""
    return {
        "type": "object",
        "required": ["code", "message", "request_id", "data"],
        "properties": {
            "code": {"type": "integer", "enum": refusal_codes()},
            "message": {"type": "string", "minLength": 1},
            "request_id": _REQUEST_ID,
            "data": {"type": "object", "maxProperties": 0},
        },
    }


def refusal_codes() -> list[int]:
    """Return every code that a refusal may have."""
    return sorted({*errors.CODE_OF_KIND.values(), *errors.CODES.values(), errors.SYSTEM})


def _envelope(code: int, data: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["code", "message", "request_id", "data"],
        "properties": {
            "code": {"type": "integer", "const": code},
            "message": {"type": "string"} if code else {"type": "string", "const": "OK"},
            "request_id": _REQUEST_ID,
            "data": data,
        },
    }


def _described(one: Operation) -> str:
    told = [one.description, _needed(one)]
    if one.also:
        told.append("Also at " + ", ".join(f"`{path}/`" for path in one.also) + ".")
    if one.also_method is not None:
        told.append(f"Clients may also use {one.also_method.value}.")
    if one.per_minute is not None:
        told.append(f"At most {one.per_minute} calls a minute.")
    return "\n\n".join(part for part in told if part)


def _needed(one: Operation) -> str:
    if one.over is Over.APP:
        return "Needs no token."
    if one.allows is not None:
        return f"Needs a creator's token with `{one.allows.value}`, or a creator's own."
    return f"Needs the right `{one.may.value}`."


def _never_null(schema: Any) -> Any:
    """Return the schema of a parameter that is left away where a body would hold null."""
    if not isinstance(schema, dict) or "anyOf" not in schema:
        return schema
    rest = [part for part in schema["anyOf"] if part != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name != "anyOf" and value is not None}
    return {**kept, **rest[0]} if len(rest) == 1 else {**kept, "anyOf": rest}
