"""Where the business API lives. Importing the files below declares their operations."""

from typing import Final

from django.urls import path, re_path

from vonk.wire.business import (
    ad,
    ad_tools,
    adgroup,
    advertiser,
    bc,
    bc_asset_people,
    bc_assets,
    bc_links,
    bc_money,
    bc_partners,
    blockedword,
    campaign,
    comment,
    comment_files,
    creative,
    dispatch,
    dmp,
    event,
    file,
    file_images,
    file_waiting,
    identity,
    identity_video,
    oauth2,
    pages,
    pixel,
    report,
    report_links,
    tcm,
    term,
    tool,
    tool_targeting,
    tt_video,
    tto,
    user,
)

PARTS: Final = (
    ad,
    ad_tools,
    adgroup,
    advertiser,
    bc,
    bc_asset_people,
    bc_assets,
    bc_links,
    bc_money,
    bc_partners,
    blockedword,
    campaign,
    comment,
    creative,
    dmp,
    event,
    file,
    file_images,
    file_waiting,
    identity,
    identity_video,
    oauth2,
    pixel,
    report,
    tcm,
    term,
    tool,
    tool_targeting,
    tt_video,
    tto,
    user,
)

urlpatterns = [
    path("developers/", pages.text, name="developers"),
    *(
        path(f"developers/{page}/", pages.text, {"page": page}, name=f"developers_{page}")
        for page in pages.TITLES
        if page
    ),
    path("developers/operations/<slug:group>/", pages.operations, name="developers_operations"),
    path("developers/coverage/", pages.covered, name="developers_coverage"),
    path("developers/console/", pages.console, name="developers_console"),
    path("open_api/v1.3/openapi.json", pages.document, name="business-openapi"),
    re_path(r"^open_api/report_files/(?P<ticket>[\w:.-]+)\Z", report_links.download, name="business-report-file"),
    re_path(r"^open_api/comment_files/(?P<ticket>[\w:.-]+)\Z", comment_files.download, name="business-comment-file"),
    re_path(r"^open_api/v1\.3/(?P<rest>(?s:.*))\Z", dispatch.business, name="business"),
]
