"""The ads manager's addresses. Remedies all over the platform lead to some of them."""

from django.urls import path

from vonk.web.advertiser.rows import AD, AD_GROUP, CAMPAIGN
from vonk.web.advertiser.views import (
    accounts,
    acts,
    conversions,
    creatives,
    edits,
    funds,
    home,
    launch,
    lists,
    objects,
    reports,
    spark_posts,
    terms,
)
from vonk.web.common import converters  # noqa: F401 - registers <id:…>.

app_name = "advertiser"

urlpatterns = [
    path("advertiser/", home.page, name="home"),
    path("advertiser/open/", accounts.open_account, name="open"),
    path("advertiser/accounts/", accounts.page, name="accounts"),
    path("advertiser/accounts/<id:account_id>/", accounts.choose, name="account_choose"),
    path("advertiser/terms/", terms.page, name="terms"),
    path("advertiser/spark-posts/", spark_posts.page, name="spark_posts"),
    path("advertiser/spark-posts/preview/", spark_posts.preview, name="spark_preview"),
    path("advertiser/spark-posts/redeem/", spark_posts.redeem, name="spark_redeem"),
    path("advertiser/spark-posts/<id:consent_id>/", spark_posts.post, name="spark_post"),
    path("advertiser/spark-posts/<id:consent_id>/release/", spark_posts.release, name="spark_release"),
    path("advertiser/videos/", creatives.page, name="creatives"),
    path("advertiser/videos/new/", creatives.upload, name="creative_new"),
    path("advertiser/videos/<id:video_id>/", creatives.video, name="creative_video"),
    path("advertiser/videos/<id:video_id>/state/", creatives.state, name="creative_state"),
    path("advertiser/campaigns/", lists.campaigns, name="campaigns"),
    path("advertiser/campaigns/new/", launch.campaign, name="campaign_new"),
    path("advertiser/campaigns/<id:campaign_id>/", objects.campaign, name=CAMPAIGN),
    path("advertiser/campaigns/<id:campaign_id>/edit/", edits.campaign, name="campaign_edit"),
    path("advertiser/campaigns/<id:campaign_id>/ad-groups/new/", launch.ad_group, name="ad_group_new"),
    path("advertiser/campaigns/<id:object_id>/switch/", acts.switch, {"noun": CAMPAIGN}, name="campaign_switch"),
    path("advertiser/campaigns/<id:object_id>/delete/", acts.delete, {"noun": CAMPAIGN}, name="campaign_delete"),
    path("advertiser/ad-groups/", lists.ad_groups, name="ad_groups"),
    path("advertiser/ad-groups/<id:ad_group_id>/", objects.ad_group, name=AD_GROUP),
    path("advertiser/ad-groups/<id:ad_group_id>/edit/", edits.ad_group, name="ad_group_edit"),
    path("advertiser/ad-groups/<id:ad_group_id>/ads/new/", launch.ad, name="ad_new"),
    path("advertiser/ad-groups/<id:object_id>/switch/", acts.switch, {"noun": AD_GROUP}, name="ad_group_switch"),
    path("advertiser/ad-groups/<id:object_id>/delete/", acts.delete, {"noun": AD_GROUP}, name="ad_group_delete"),
    path("advertiser/ads/", lists.ads, name="ads"),
    path("advertiser/ads/preview/", launch.preview, name="ad_preview"),
    path("advertiser/ads/<id:ad_id>/", objects.ad, name=AD),
    path("advertiser/ads/<id:ad_id>/edit/", edits.ad, name="ad_edit"),
    path("advertiser/ads/<id:object_id>/switch/", acts.switch, {"noun": AD}, name="ad_switch"),
    path("advertiser/ads/<id:object_id>/delete/", acts.delete, {"noun": AD}, name="ad_delete"),
    path("advertiser/conversions/", conversions.page, name="conversions"),
    path("advertiser/conversions/pixels/<id:pixel_id>/", conversions.pixel, name="pixel"),
    path("advertiser/conversions/pixels/<id:pixel_id>/secret/", conversions.secret, name="pixel_secret"),
    path("advertiser/conversions/pixels/<id:pixel_id>/switch/", conversions.switch, name="pixel_switch"),
    path("advertiser/conversions/pixels/<id:pixel_id>/events/", conversions.events, name="pixel_events"),
    path("advertiser/reports/", reports.page, name="reports"),
    path("advertiser/reports.csv", reports.download, name="reports_csv"),
    path("advertiser/funds/", funds.page, name="funds"),
]
