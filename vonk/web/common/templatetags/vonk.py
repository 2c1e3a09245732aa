"""Filters for values and tags for components. Each component's template is in ``templates/components``."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from vonk.core.money import Money
from vonk.web.common import formats
from vonk.web.common.records import Badge, Chart

register = template.Library()

ICONS = "vendor/tabler-icons-3.51.0/sprite.svg"


@register.filter
def money(value: int | Money | None, currency: str = "") -> str:
    """``{{ spend_micros|money:currency }}`` or ``{{ amount|money }}``: rounded for reading."""
    if value is None:
        return formats.NO_VALUE
    return formats.money(value.micros, value.currency) if isinstance(value, Money) else formats.money(value, currency)


@register.filter
def money_exact(value: int | Money | None, currency: str = "") -> str:
    """As ``money``, with every decimal."""
    if value is None:
        return formats.NO_VALUE
    amount = value if isinstance(value, Money) else Money(currency, value)
    return formats.money_exact(amount.micros, amount.currency)


@register.filter
def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """``{{ impressions|number }}``, ``{{ frequency|number:2 }}``."""
    return formats.NO_VALUE if value is None else formats.number(value, decimals)


@register.filter
def compact(value: int) -> str:
    """``{{ likes|compact }}``: 1.2K."""
    return formats.compact(value)


@register.filter
def percent(value: float | Decimal | None, decimals: int = 2) -> str:
    """``{{ ctr|percent }}``: a ratio as a percentage."""
    return formats.percent(value, decimals)


@register.filter
def duration(milliseconds: int) -> str:
    """``{{ duration_ms|duration }}``: 0:07."""
    return formats.duration(milliseconds)


@register.filter
def instant(at: datetime | None) -> str:
    """``{{ created_at|instant }}``: date and time in the active time zone, UTC on hover."""
    return formats.NO_VALUE if at is None else formats.instant(at)


@register.filter
def day(at: datetime | None) -> str:
    """``{{ created_at|day }}``: the date in the active time zone."""
    return formats.NO_VALUE if at is None else formats.day(at)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """``{% icon "heart" %}``: from the sprite; decoration only, so the text beside it or a label must say the same."""
    return format_html(
        '<svg class="v-icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        static(ICONS),
        name,
    )


@register.simple_tag
def optional_url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a page, or "" where this installation has no such page.

    An operator may leave out an audience's whole site (host mode has no feed); the layout then leaves out the link.
    """
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(
    context: Context, url: str, label: str, icon_name: str, *, exact: bool = False, count: int | str = 0
) -> dict[str, Any]:
    """``{% nav_link url label "icon" %}``: one row of the navigation, marked when its page or one below it is open."""
    path: str = context.get("path") or ""
    return {
        "url": url,
        "label": label,
        "icon": icon_name,
        "count": count,
        "active": path == url if exact else path.startswith(url),
    }


@register.inclusion_tag("components/badge.html")
def badge(state: Badge, *, causes: str = "headline") -> dict[str, Any]:
    """``{% badge state %}``; ``causes`` is "headline" (the first, the rest on demand), "all" or "none"."""
    return {"state": state, "causes": causes}


@register.inclusion_tag("components/chart.html")
def chart(record: Chart, *, height: str = "md") -> dict[str, Any]:
    """``{% chart record %}``: drawn by ECharts, with its numbers as a table below."""
    rows = [
        (label, [series.texts[position] for series in record.series]) for position, label in enumerate(record.labels)
    ]
    return {"chart": record, "json": msgspec.to_builtins(record), "rows": rows, "height": height}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, prefix: str = "", suffix: str = "", help_text: str = "") -> dict[str, Any]:
    """``{% field form.name %}``: label, control, help and errors, tied together for screen readers."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        kind, classes = "check", "form-check-input"
    elif isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        kind, classes = "choices", "form-check-input"
    else:
        kind = "file" if isinstance(widget, FileInput) else "plain"
        classes = "form-select" if isinstance(widget, Select) else "form-control"
    if bound.errors:
        classes += " is-invalid"
    attributes: dict[str, str | bool] = {"class": f"{classes} {widget.attrs.get('class', '')}".strip()}
    return {
        "field": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attributes),
        "classes": classes,
        "prefix": prefix,
        "suffix": suffix,
        "help": help_text or bound.help_text,
    }


@register.simple_block_tag(takes_context=True)
def page_header(
    context: Context, content: str, title: str, *, subtitle: str = "", back_url: str = "", back: str = ""
) -> SafeString:
    """``{% page_header title subtitle=… back_url=… back=… %}actions{% endpage_header %}``: the top of a page."""
    return _component(
        context, "page_header", content=content, title=title, subtitle=subtitle, back_url=back_url, back=back
    )


@register.simple_block_tag(takes_context=True)
def card(context: Context, content: str, title: str = "", *, subtitle: str = "", flush: bool = False) -> SafeString:
    """``{% card title %}…{% endcard %}``: a surface; ``flush=True`` for a table that touches its edges."""
    return _component(context, "card", content=content, title=title, subtitle=subtitle, flush=flush)


@register.simple_block_tag(takes_context=True)
def data_table(context: Context, content: str, caption: str) -> SafeString:
    """``{% data_table caption %}<thead>…<tbody>…{% enddata_table %}``.

    On a phone each row becomes a card: give every ``td`` a ``data-label``; numbers get the class ``v-num``.
    """
    return _component(context, "table", content=content, caption=caption)


@register.simple_block_tag(takes_context=True)
def empty_state(context: Context, content: str, title: str, icon_name: str, *, text: str = "") -> SafeString:
    """``{% empty_state title "icon" text=… %}first step{% endempty_state %}``: a list without rows says what to do."""
    return _component(context, "empty_state", content=content, title=title, icon=icon_name, text=text)


def _component(context: Context, name: str, **values: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", values, request=context.get("request"))
