"""Where the platform API lives. Importing the files below declares their operations."""

from typing import Final

from django.urls import path, re_path

from vonk.wire import dispatch, docs_page
from vonk.wire.platform import (
    accounts,
    ad_groups,
    ad_settings,
    ads,
    campaigns,
    consents,
    creative_library,
    engagement,
    erasures,
    event_log,
    feed,
    findings,
    funding,
    identities,
    me,
    money,
    operating,
    pixels,
    posts,
    reports,
    reviews,
    sign_ups,
    sounds,
    tokens,
    treasury,
    validity,
    videos,
)

PARTS: Final = (
    sign_ups,
    tokens,
    me,
    erasures,
    videos,
    sounds,
    posts,
    feed,
    engagement,
    ad_settings,
    consents,
    accounts,
    creative_library,
    identities,
    campaigns,
    ad_groups,
    ads,
    pixels,
    reports,
    reviews,
    money,
    funding,
    treasury,
    findings,
    event_log,
    validity,
    operating,
)

urlpatterns = [
    path("platform/v1/openapi.json", docs_page.document, name="platform-openapi"),
    path("platform/v1/docs", docs_page.docs, name="platform-docs"),
    re_path(r"^platform/v1/(?P<rest>(?s:.*))\Z", dispatch.platform, name="platform"),
]
