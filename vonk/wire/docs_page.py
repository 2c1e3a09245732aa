"""The platform API for people: one page, made from the operations' declarations."""

from collections import defaultdict

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from vonk.authorisation.errors.table import TABLE, Row
from vonk.wire import openapi
from vonk.wire.errors import STATUS_OF_KIND
from vonk.wire.operation import OPERATIONS, Operation

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }}
code, pre {{ font: 14px/1.4 ui-monospace, monospace }}
article {{ border-top: 1px solid #8884; padding: .5rem 0 }}
pre {{ overflow: auto; background: #8881; padding: .75rem; border-radius: .5rem }}
h3 {{ font-size: 1rem; margin: .5rem 0 }}
</style></head><body><main><h1>{title}</h1><p>{lead} <a href="{document}">OpenAPI 3.1</a></p>
<nav><ul>{contents}<li><a href="#errors">{errors_title}</a></li></ul></nav>{sections}
<section id="errors"><h2>{errors_title}</h2><p>{errors_lead}</p>{errors}</section></main></body></html>"""


@require_safe
def docs(_request: HttpRequest) -> HttpResponse:
    """Show every operation: what it does, who may, what it takes."""
    by_noun: dict[str, list[Operation]] = defaultdict(list)
    for operation in OPERATIONS:
        by_noun[operation.handler.__module__.rpartition(".")[2]].append(operation)
    return HttpResponse(
        format_html(
            _PAGE,
            language=get_language() or "en",
            title=gettext("Platform API"),
            lead=gettext(
                "Send your access token as “Authorization: Bearer …” and a new Idempotency-Key with every write."
            ),
            document=f"{openapi.PREFIX}/openapi.json",
            contents=format_html_join("", '<li><a href="#{}">{}</a></li>', ((noun, _title(noun)) for noun in by_noun)),
            sections=format_html_join(
                "",
                '<section id="{}"><h2>{}</h2>{}</section>',
                (
                    (noun, _title(noun), format_html_join("", "{}", ((_article(one),) for one in operations)))
                    for noun, operations in by_noun.items()
                ),
            ),
            errors_title=gettext("Errors of consent"),
            errors_lead=gettext(
                "Every answer that is no success carries such a code, and says why, who can act, how, and where that begins."
            ),
            errors=format_html_join("", "{}", ((_error(row),) for row in TABLE)),
        )
    )


@require_safe
def document(_request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document."""
    return HttpResponse(openapi.document(), content_type="application/json")


def _article(operation: Operation) -> SafeString:
    example = msgspec.json.format(msgspec.json.encode(operation.example)).decode() if operation.example else ""
    return format_html(
        '<article id="{}"><h3><code>{} {}</code></h3><p><b>{}.</b> {}</p><p>{}</p>{}</article>',
        operation.name,
        operation.method.value,
        openapi.PREFIX + operation.path,
        operation.summary,
        operation.description,
        gettext("Right: %(right)s") % {"right": operation.may.value}
        if operation.may is not None
        else gettext("Open to everybody."),
        format_html("<pre>{}</pre>", example) if example else "",
    )


def _error(row: Row) -> SafeString:
    return format_html(
        '<article id="error-{}"><h3><code>{}</code> {}{}</h3><p><b>{}</b> {}</p><p>{} ({})</p></article>',
        row.code,
        row.code,
        int(STATUS_OF_KIND[row.kind]),
        gettext(" · TikTok's %(number)d") % {"number": row.number} if row.number is not None else "",
        gettext(row.message),
        gettext(row.cause) if row.cause else "",
        gettext(row.remedy),
        row.actor.value,
    )


def _title(noun: str) -> str:
    return noun.replace("_", " ").capitalize()
