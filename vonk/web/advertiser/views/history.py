"""What was done to a campaign, ad group or ad: who, when, what from and to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.queries.reported import Noun
from vonk.control import audit
from vonk.control.audit import EntryView
from vonk.core.money import format_micros
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.identity.queries.details import colleagues
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.views.lists import noun_of
from vonk.web.common.requests import paging_of

_ACTS: Final = {
    "created": gettext_lazy("Created"),
    "changed": gettext_lazy("Changed"),
    "switched_on": gettext_lazy("Switched on"),
    "switched_off": gettext_lazy("Switched off"),
    "deleted": gettext_lazy("Deleted"),
}
_VIAS: Final = {
    "web": gettext_lazy("on this site"),
    "platform_api": gettext_lazy("by the platform API"),
    "business_api": gettext_lazy("by the business API"),
    "command": gettext_lazy("by a command"),
    "work": gettext_lazy("in the background"),
}
_FIELDS: Final = {
    "name": gettext_lazy("Name"),
    "budget": gettext_lazy("Budget"),
    "bid_micros": gettext_lazy("Bid"),
    "maximum_delivery": gettext_lazy("Maximum delivery"),
    "cost_cap": gettext_lazy("Cost cap"),
    "pacing": gettext_lazy("Spends"),
    "starts_at": gettext_lazy("Start"),
    "ends_at": gettext_lazy("End"),
    "targeting": gettext_lazy("Audience"),
    "cap": gettext_lazy("Frequency"),
    "call_to_action": gettext_lazy("Button"),
    "landing_url": gettext_lazy("Landing page"),
    "category": gettext_lazy("What is advertised"),
    "consent_id": gettext_lazy("Authorisation"),
    "post_id": gettext_lazy("Post"),
    "identity_id": gettext_lazy("Speaks as"),
}
"""What an act may change, by its name in the trail. What business API clients keep is nothing that anybody reads."""


class Change(msgspec.Struct, frozen=True):
    """One thing that an act changed. ``before`` is "" of acts from before the trail told it."""

    label: str
    before: str
    after: str


class Entry(msgspec.Struct, frozen=True):
    """One act."""

    at: datetime
    who: str
    via: str
    act: str
    changes: tuple[Change, ...]


class HistoryPage(msgspec.Struct, frozen=True):
    """The page."""

    title: str
    name: str
    back_url: str
    entries: tuple[Entry, ...]
    next_cursor: str | None


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk, noun: str, object_id: int) -> HttpResponse:
    """Show the acts on one object, newest first."""
    of = noun_of(noun)
    name = _name(desk, of, object_id)
    found = audit.entries(desk.scope, paging_of(request), noun=of, object_id=object_id)
    people = colleagues(desk.scope)
    record = HistoryPage(
        title=_("Change history"),
        name=name,
        back_url=reverse(f"advertiser:{of}", args=[object_id]),
        entries=tuple(_entry(desk, one, people) for one in found.items),
        next_cursor=found.next_cursor,
    )
    return answer(request, desk, "history.html", record)


def _name(desk: Desk, noun: Noun, object_id: int) -> str:
    views: dict[str, Any] = {"campaign": advertising.campaign, "ad_group": advertising.ad_group, "ad": advertising.ad}
    name: str = views[noun](desk.scope, object_id).name
    return name


def _entry(desk: Desk, entry: EntryView, people: Mapping[int, str]) -> Entry:
    act = entry.action.rpartition(".")[2]
    if entry.person_id is None:
        who = _("The platform")
    else:
        who = people.get(entry.person_id) or _("Somebody who does not work here")
    return Entry(
        at=entry.at,
        who=who,
        via=str(_VIAS.get(entry.via, entry.via)),
        act=str(_ACTS.get(act, act.replace("_", " "))),
        changes=tuple(_changes(desk, entry.detail)) if act == "changed" else (),
    )


def _changes(desk: Desk, detail: Mapping[str, Any]) -> list[Change]:
    was = detail.get("was") or {}
    currency = desk.account.currency
    return [
        Change(
            str(label), _value(name, was[name], currency) if name in was else "", _value(name, detail[name], currency)
        )
        for name, label in _FIELDS.items()
        if name in detail
    ]


def _value(name: str, value: Any, currency: str) -> str:
    """Return a value of the trail as it is read."""
    if name == "budget":
        mode, micros = value if isinstance(value, list) else (value["mode"], value["micros"])
        return words.budget_words(Budget(BudgetMode(mode), int(micros)), currency)
    if name == "bid_micros":
        return f"{format_micros(int(value), currency)} {currency}"
    if name in {"starts_at", "ends_at"}:
        return words.plain_instant(datetime.fromisoformat(value)) if value else _("no end")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "targeting":
        return ", ".join(value.get("countries", ())) or _("everybody")
    if name == "cap":
        return _("none") if not value or value[0] is None else _("%(times)s times") % {"times": value[0]}
    return str(value) if value is not None and value != "" else _("none")
