"""The creator studio's addresses. Uploading begins at ``/create/``, where Duet, Stitch and "use this sound" lead."""

from django.urls import path

from vonk.web.common import converters  # noqa: F401 - registers <id:…>.
from vonk.web.creator.views import (
    ad_settings,
    codes,
    comments,
    earnings,
    home,
    post,
    post_ads,
    post_create,
    profile,
    video,
)

app_name = "creator"

urlpatterns = [
    path("create/", post_create.page, name="post_create"),
    path("studio/", home.page, name="home"),
    path("studio/videos/<id:video_id>/", video.page, name="video"),
    path("studio/videos/<id:video_id>/state/", video.state, name="video_state"),
    path("studio/posts/<id:post_id>/", post.page, name="post"),
    path("studio/posts/<id:post_id>/caption/", post.edit_caption, name="post_caption"),
    path("studio/posts/<id:post_id>/visibility/", post.set_visibility, name="post_visibility"),
    path("studio/posts/<id:post_id>/reuse/", post.set_reuse, name="post_reuse"),
    path("studio/posts/<id:post_id>/delete/", post.delete, name="post_delete"),
    path("studio/posts/<id:post_id>/comments/", comments.page, name="comments"),
    path("studio/posts/<id:post_id>/comments/<id:comment_id>/", comments.set_hidden, name="comment_hidden"),
    path("studio/posts/<id:post_id>/ads/", post_ads.page, name="post_ads"),
    path("studio/posts/<id:post_id>/ads/switch/", post_ads.switch, name="post_ads_switch"),
    path("studio/posts/<id:post_id>/ads/codes/", post_ads.issue, name="code_issue"),
    path("studio/posts/<id:post_id>/ads/codes/<id:consent_id>/extend/", codes.extend, name="code_extend"),
    path("studio/posts/<id:post_id>/ads/codes/<id:consent_id>/revoke/", codes.revoke, name="code_revoke"),
    path("studio/posts/<id:post_id>/ads/codes/<id:consent_id>/delete/", codes.delete, name="code_delete"),
    path("studio/ad-settings/", ad_settings.page, name="ad_settings"),
    path("studio/earnings/", earnings.page, name="earnings"),
    path("studio/profile/", profile.page, name="profile"),
    path("studio/profile/picture/", profile.set_picture, name="profile_picture"),
    path("studio/start/", profile.start, name="start"),
]
