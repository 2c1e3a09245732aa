"""The developers' pages: quick start, operations, errors, coverage, a console, and the OpenAPI document."""

from typing import Any, Final

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from vonk.authorisation.errors.table import TABLE
from vonk.core.errors import Problem
from vonk.wire.business import coverage, errors, openapi, texts
from vonk.wire.business.operation import OPERATIONS, Operation, Over

TITLES: Final = {
    "": "Business API",
    "differences": "Differences from TikTok",
    "errors": "Errors",
    "webhooks": "Webhooks",
    "sandbox": "The sandbox's clock",
    "hosts": "Host apps",
}


class Parameter(msgspec.Struct, frozen=True):
    """A row of an operation's table of parameters."""

    name: str
    kind: str
    note: str
    required: bool


class Shown(msgspec.Struct, frozen=True):
    """An operation as a page shows it."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    right: str
    parameters: tuple[Parameter, ...]
    curl: str


class CodeRow(msgspec.Struct, frozen=True):
    """A number of v1.3, and the problems that answer it."""

    number: int
    status: int
    problems: str


@require_safe
def text(request: HttpRequest, page: str = "") -> HttpResponse:
    """Show a page that is a text; errors and coverage add their tables."""
    context: dict[str, Any] = {
        "title": TITLES[page],
        "texts": [texts.html(one) for one in texts.PAGES[page]],
        "groups": _groups(),
    }
    if page == "errors":
        context |= {"codes": codes(), "consent_errors": TABLE}
    return render(request, "developers/text.html", context)


@require_safe
def operations(request: HttpRequest, group: str) -> HttpResponse:
    """Show the operations of one group, and what its text says of them."""
    found = [one for one in OPERATIONS if one.group == group]
    written = f"wire/{group}.md"
    if not found and not texts.exists(written):
        raise Http404
    shown = [_shown(one, request) for one in sorted(found, key=lambda one: one.path)]
    told: SafeString | None = texts.html(written) if texts.exists(written) else None
    return render(
        request, "developers/operations.html", {"group": group, "operations": shown, "text": told, "groups": _groups()}
    )


@require_safe
def covered(request: HttpRequest) -> HttpResponse:
    """Show every operation of v1.3, and whether this platform has it."""
    told = coverage.groups(OPERATIONS)
    lines = [line for group in told for line in group.lines]
    return render(
        request,
        "developers/coverage.html",
        {
            "coverage": told,
            "total": len(lines),
            "supported": sum(not line.why for line in lines),
            "groups": _groups(),
        },
    )


@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Show a form that calls an operation from the reader's browser, with a token of theirs."""
    told = [
        {
            "name": one.name,
            "method": one.method.value,
            "path": f"{openapi.PREFIX}/{one.path}/",
            "example": openapi.example_of(one),
            "files": one.files,
        }
        for one in sorted(OPERATIONS, key=lambda one: one.path)
    ]
    return render(request, "developers/console.html", {"operations": told, "groups": _groups()})


@require_safe
def document(_request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document."""
    return HttpResponse(openapi.document(), content_type="application/json")


def codes() -> list[CodeRow]:
    """Return every number that a call may answer, with the names of the problems that answer it."""
    named: dict[int, list[str]] = {}
    for name, number in errors.CODES.items():
        named.setdefault(number, []).append(name)
    for kind, number in errors.CODE_OF_KIND.items():
        named.setdefault(number, []).append(_kind(kind))
    named.setdefault(errors.SYSTEM, []).append("a fault of ours; it is logged")
    return [
        CodeRow(number, int(errors.STATUS_OF_CODE.get(number, 422)), ", ".join(sorted(names)))
        for number, names in sorted(named.items())
    ]


def _kind(kind: type[Problem]) -> str:
    return f"any other {kind.__name__}"


def _groups() -> list[str]:
    return sorted({one.group for one in OPERATIONS})


def _shown(one: Operation, request: HttpRequest) -> Shown:
    address = f"{request.scheme}://{request.get_host()}{openapi.PREFIX}/{one.path}/"
    return Shown(
        name=one.name,
        method=one.method.value,
        path=f"{openapi.PREFIX}/{one.path}/",
        summary=one.summary,
        description=one.description,
        right="" if one.over is Over.APP else (one.allows or one.may).value,
        parameters=_parameters(one),
        curl=_curl(one, address),
    )


def _curl(one: Operation, address: str) -> str:
    token = "" if one.over is Over.APP else " -H 'Access-Token: '$TOKEN"
    example = openapi.example_of(one)
    if not one.writes:
        asked = "".join(f" \\\n  --data-urlencode '{name}={_plain(value)}'" for name, value in example.items())
        return f"curl -G{token} '{address}'{asked}"
    if one.files:
        fields = "".join(f" \\\n  -F '{name}={_plain(value)}'" for name, value in example.items())
        return f"curl{token} '{address}'{fields}" + "".join(f" \\\n  -F {name}=@{name}" for name in one.files)
    body = msgspec.json.encode(example).decode()
    return f"curl{token} -H 'Content-Type: application/json' '{address}' \\\n  -d '{body}'"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _parameters(one: Operation) -> tuple[Parameter, ...]:
    asked = openapi.described(one)
    required = asked.get("required", ())
    rows = [Parameter(name, *_told(schema), name in required) for name, schema in asked.get("properties", {}).items()]
    rows += [Parameter(name, "file", "a part of a multipart body", False) for name in one.files]
    return tuple(sorted(rows, key=lambda row: not row.required))


def _told(schema: dict[str, Any]) -> tuple[str, str]:
    """Return a parameter's type and what is allowed, in a few words."""
    return _type(schema), _note(schema)


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(part) for part in schema["anyOf"] if part.get("type") != "null"))
    if "$ref" in schema:
        return "object"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items') or {})}"
    if "enum" in schema:
        return "one of"
    return str(schema.get("type", "anything"))


_NOTED: Final = 12


def _note(schema: dict[str, Any]) -> str:
    for part in (schema, *schema.get("anyOf", ())):
        for holder in (part, part.get("items") or {}):
            if "enum" in holder:
                values = [str(value) for value in holder["enum"]]
                return ", ".join(values[:_NOTED]) + (" …" if len(values) > _NOTED else "")
    return str(schema.get("description", ""))
