"""Every address of the site."""

from allauth.account import views as accounts
from django.urls import URLPattern, URLResolver, include, path

from vonk.config import health
from vonk.web.common import media, notifications, receipts
from vonk.web.common.accounts import SignUpView

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path(".well-known/vonk-receipt-key", receipts.keys, name="receipt_keys"),
    path("login/", accounts.login, name="login"),
    path("logout/", accounts.logout, name="logout"),
    path("signup/", SignUpView.as_view(), name="signup"),
    path("", include("allauth.account.urls")),
    path("notifications/", notifications.page, name="notifications"),
    path("notifications/seen/", notifications.seen, name="notifications_seen"),
    path("media/<str:key>", media.serve, name="media"),
    path("", include("vonk.wire.platform.urls")),
    path("", include("vonk.wire.business.urls")),
    path("", include("vonk.web.creator.urls")),
    path("", include("vonk.web.advertiser.urls")),
    path("", include("vonk.web.operator.urls")),
    path("", include("vonk.web.viewer.urls")),  # Last: theirs are the shortest paths.
]
