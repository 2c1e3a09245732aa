"""What every template may use."""

from collections.abc import Callable
from functools import cache
from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest

from vonk.control.scope import Right, Via
from vonk.core.errors import Forbidden
from vonk.identity import access
from vonk.web.common import notifications


class PlatformContext(TypedDict):
    """``site_name`` is the operator's name for this installation; ``path`` the page being read, for the navigation.

    ``unseen_news`` is asked for by pages that have a bell, and looked up once.
    """

    site_name: str
    path: str
    is_operator: bool
    sandbox: bool
    unseen_news: Callable[[], str]


def platform(request: HttpRequest) -> PlatformContext:
    """Return what the layout needs; an error page outside any session gets it too."""
    return {
        "site_name": settings.VONK.platform_name,
        "path": request.path,
        "is_operator": _is_operator(request),
        "sandbox": settings.VONK.sandbox,
        "unseen_news": cache(lambda: notifications.unseen(request)),
    }


def _is_operator(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return False
    try:
        access.operator(access.Actor(person_id=user.pk, via=Via.WEB), may=Right.REVIEW)
    except Forbidden:
        return False
    return True
