"""Regions and cities are too many to list: the ad group's form searches for them."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.control.scope import Right
from vonk.core import places
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.places import FoundPlaces, choice, place_choices
from vonk.web.advertiser.rows import AD_GROUP

FOUND_MAX: Final = 12
FIELD: Final = f"{AD_GROUP}-places"


@require_safe
@at_desk(Right.CAMPAIGN_EDIT)
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Answer with a list to tick: what is ticked already, then what is found."""
    del desk  # The table is the same for everybody.
    asked = request.GET.get("place", "").strip()[: places.SEARCHED_MAX]
    chosen = place_choices(request.GET.getlist(FIELD))
    keys = {one.key for one in chosen}
    found = [choice(one) for one in places.search(asked, most=FOUND_MAX) if one.key not in keys]
    return render(request, "advertiser/parts/places_list.html", {"page": FoundPlaces(FIELD, chosen, found, asked)})
