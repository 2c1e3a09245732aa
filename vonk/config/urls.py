"""Every address of the site."""

from allauth.account import views as accounts
from django.urls import URLPattern, URLResolver, include, path

from vonk.config import health
from vonk.web.common import (
    authorising,
    authorising_creators,
    developers,
    entering,
    languages,
    media,
    notification_switches,
    notifications,
    receipts,
    shared_previews,
)
from vonk.web.common import converters as _ids  # noqa: F401 - registers <id:…>.
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
    path("notifications/switches/", notification_switches.page, name="notification_switches"),
    path("language/", languages.choose, name="language"),
    path("enter/", entering.page, name="enter"),
    path("portal/auth", authorising.authorise, name="authorise"),
    path("v2/auth/authorize/", authorising_creators.authorise, name="authorise_creator"),
    path("preferences/apps/", authorising.connected, name="connected_apps"),
    path("preferences/apps/<id:app_id>/end/", authorising.disconnect, name="disconnect_app"),
    path("developers/apps/", developers.listed, name="developers_apps"),
    path("developers/apps/<id:app_id>/", developers.one, name="developers_app"),
    path("developers/apps/<id:app_id>/secret/", developers.secret, name="developers_app_secret"),
    path("developers/apps/<id:app_id>/revoke/", developers.revoke, name="developers_app_revoke"),
    path(
        "developers/apps/<id:app_id>/tokens/<id:token_id>/revoke/", developers.revoke_token, name="developers_app_token"
    ),
    path("media/<str:key>", media.serve, name="media"),
    path("preview/<id:preview_id>/<str:mark>/", shared_previews.page, name="shared_preview"),
    path("", include("vonk.wire.platform.urls")),
    path("", include("vonk.wire.business.urls")),
    path("", include("vonk.web.creator.urls")),
    path("", include("vonk.web.advertiser.urls")),
    path("", include("vonk.web.operator.urls")),
    path("", include("vonk.web.transparency.urls")),
    path("", include("vonk.web.viewer.urls")),  # Last: theirs are the shortest paths.
]
