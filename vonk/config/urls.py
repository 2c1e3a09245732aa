"""Every address of the site."""

from importlib.util import find_spec
from typing import Final

from allauth.account import views as accounts
from django.urls import URLPattern, URLResolver, include, path

from vonk.config import health
from vonk.web.common import media
from vonk.web.common.accounts import SignUpView

AUDIENCES: Final = ("creator", "advertiser", "operator", "viewer")  # The viewer's last: theirs are the shortest paths.


def _parts(module: str) -> list[URLResolver]:
    """Return the addresses that a part of the site declares, none while it has none."""
    return [path("", include(module))] if find_spec(module) is not None else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path("login/", accounts.login, name="login"),
    path("logout/", accounts.logout, name="logout"),
    path("signup/", SignUpView.as_view(), name="signup"),
    path("", include("allauth.account.urls")),
    path("media/<str:key>", media.serve, name="media"),
    *_parts("vonk.wire.platform.urls"),
]
for _audience in AUDIENCES:
    urlpatterns += _parts(f"vonk.web.{_audience}.urls")
