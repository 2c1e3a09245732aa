"""The lists of campaigns, ad groups and ads."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.web.advertiser import rows
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.rows import ObjectTable
from vonk.web.advertiser.spans import Span, span_of
from vonk.web.advertiser.views.home import today_of
from vonk.web.common.requests import paging_of


class Tab(msgspec.Struct, frozen=True):
    """One of the three lists."""

    label: str
    url: str
    active: bool


class ListPage(msgspec.Struct, frozen=True):
    """The page."""

    title: str
    tabs: tuple[Tab, ...]
    span: Span
    table: ObjectTable
    empty_title: str
    empty_words: str


@require_safe
@at_desk()
def campaigns(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the account's campaigns."""
    span = span_of(request, today_of(desk))
    found = advertising.campaigns(desk.scope, paging_of(request))
    table = rows.campaigns(desk, found.items, span, found.next_cursor)
    empty = _("No campaign yet"), _("A campaign says what for and for how much; its ads show a creator's post.")
    return answer(request, desk, "list.html", ListPage(_("Campaigns"), _tabs(0, span), span, table, *empty))


@require_safe
@at_desk()
def ad_groups(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the account's ad groups."""
    span = span_of(request, today_of(desk))
    found = advertising.ad_groups(desk.scope, paging_of(request))
    table = rows.ad_groups(desk, found.items, span, found.next_cursor)
    empty = _("No ad group yet"), _("An ad group says for whom, when, how often and for how much.")
    return answer(request, desk, "list.html", ListPage(_("Ad groups"), _tabs(1, span), span, table, *empty))


@require_safe
@at_desk()
def ads(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the account's ads."""
    span = span_of(request, today_of(desk))
    found = advertising.ads(desk.scope, paging_of(request))
    table = rows.ads(desk, found.items, span, found.next_cursor)
    empty = _("No ad yet"), _("An ad is a post with a button and a page that it leads to.")
    return answer(request, desk, "list.html", ListPage(_("Ads"), _tabs(2, span), span, table, *empty))


def _tabs(active: int, span: Span) -> tuple[Tab, ...]:
    pages = (
        (_("Campaigns"), "advertiser:campaigns"),
        (_("Ad groups"), "advertiser:ad_groups"),
        (_("Ads"), "advertiser:ads"),
    )
    return tuple(
        Tab(label, f"{reverse(name)}?{span.query}", position == active) for position, (label, name) in enumerate(pages)
    )
