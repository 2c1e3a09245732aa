"""Where the business API lives. Importing the files below declares their operations."""

from typing import Final

from django.urls import path, re_path

from vonk.wire.business import (
    advertiser,
    blockedword,
    business,
    changelog,
    comment,
    comment_files,
    discovery,
    dispatch,
    event,
    identity,
    identity_video,
    oauth2,
    offline,
    pages,
    pixel,
    rf,
    split_test,
    term,
    tool,
    tool_checks,
    tool_targeting,
    tt_user,
    tt_video,
    user,
)
from vonk.wire.business.ad_groups import adgroup
from vonk.wire.business.ads import ad
from vonk.wire.business.ads import tools as ad_tools
from vonk.wire.business.audiences import dmp
from vonk.wire.business.audiences import lookalikes as dmp_lookalikes
from vonk.wire.business.audiences import saved as dmp_saved
from vonk.wire.business.campaigns import campaign
from vonk.wire.business.centers import asset_groups as bc_asset_groups
from vonk.wire.business.centers import asset_people as bc_asset_people
from vonk.wire.business.centers import assets as bc_assets
from vonk.wire.business.centers import bc
from vonk.wire.business.centers import links as bc_links
from vonk.wire.business.centers import money as bc_money
from vonk.wire.business.centers import partners as bc_partners
from vonk.wire.business.creatives import assets as creative_assets
from vonk.wire.business.creatives import creative
from vonk.wire.business.creatives import shares as creative_shares
from vonk.wire.business.creators import campaigns as tto_campaigns
from vonk.wire.business.creators import joining as tto_joining
from vonk.wire.business.creators import tcm, tto
from vonk.wire.business.files import file
from vonk.wire.business.files import images as file_images
from vonk.wire.business.files import waiting as file_waiting
from vonk.wire.business.reports import benchmarks as report_benchmarks
from vonk.wire.business.reports import creative as creative_report
from vonk.wire.business.reports import links as report_links
from vonk.wire.business.reports import report

PARTS: Final = (
    ad,
    ad_tools,
    adgroup,
    advertiser,
    bc,
    bc_asset_groups,
    bc_asset_people,
    bc_assets,
    bc_links,
    bc_money,
    bc_partners,
    blockedword,
    business,
    campaign,
    changelog,
    comment,
    creative,
    creative_assets,
    creative_report,
    creative_shares,
    discovery,
    dmp,
    dmp_lookalikes,
    dmp_saved,
    event,
    file,
    file_images,
    file_waiting,
    identity,
    identity_video,
    oauth2,
    offline,
    pixel,
    report,
    report_benchmarks,
    rf,
    split_test,
    tcm,
    term,
    tool,
    tool_checks,
    tool_targeting,
    tt_user,
    tt_video,
    tto,
    tto_campaigns,
    tto_joining,
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
