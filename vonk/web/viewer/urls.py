"""The viewer's addresses."""

from django.urls import path

from vonk.web.common import converters as _ids  # noqa: F401 - registers <id:…>.
from vonk.web.viewer import converters as _handles  # noqa: F401 - registers <handle:…>.
from vonk.web.viewer.views import (
    ads,
    app,
    client,
    comments,
    deletion,
    engagement,
    favourites,
    feed,
    mixing,
    overlays,
    post,
    preferences,
    profile,
    put_away,
    search,
    sound,
    tag,
)

app_name = "viewer"

urlpatterns = [
    path("", feed.feed, name="feed"),
    path("vonk.js", client.script, {"name": "vonk.js"}, name="script"),
    path("vonk.mjs", client.script, {"name": "vonk.mjs"}, name="module"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("sw.js", app.worker, name="worker"),
    path("offline/", app.offline, name="offline"),
    path("following/", feed.following, name="following"),
    path("search/", search.search, name="search"),
    path("favourites/", favourites.favourites, {"kind": "favourite"}, name="favourites"),
    path("favourites/likes/", favourites.favourites, {"kind": "like"}, name="likes"),
    path("feed/next", feed.feed_next, name="feed_next"),
    path("feed/state", feed.feed_state, name="feed_state"),
    path("ads/why", ads.why, name="why"),
    path("posts/<id:post_id>/", post.post, name="post"),
    path("posts/<id:post_id>/why", feed.why, name="post_why"),
    path("posts/<id:post_id>/like", engagement.like, name="like"),
    path("posts/<id:post_id>/favourite", engagement.favourite, name="favourite"),
    path("posts/<id:post_id>/share", engagement.share, name="share"),
    path("posts/<id:post_id>/subtitles/<str:language>.vtt", overlays.subtitles, name="subtitles"),
    path("stickers/<id:sticker_id>/vote", overlays.vote, name="vote"),
    path("posts/<id:post_id>/duet/", mixing.page, {"kind": "duet"}, name="duet"),
    path("posts/<id:post_id>/stitch/", mixing.page, {"kind": "stitch"}, name="stitch"),
    path("posts/<id:post_id>/comments", comments.comments, name="comments"),
    path("comments/<id:comment_id>/reply", comments.reply, name="comment_reply"),
    path("comments/<id:comment_id>/delete", comments.delete, name="comment_delete"),
    path("profiles/<id:profile_id>/follow", engagement.follow, name="follow"),
    path("@<handle:handle>/", profile.profile, name="profile"),
    path("tag/<str:name>/", tag.tag, name="hashtag"),
    path("sounds/<id:sound_id>/", sound.sound, name="sound"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/interests/<str:name>/remove", preferences.remove_interest, name="interest_remove"),
    path("preferences/forget-watched", preferences.forget_watched, name="forget_watched"),
    path("preferences/not-interested/", put_away.put_away, name="put_away"),
    path("preferences/not-interested/<id:post_id>/bring-back", put_away.bring_back, name="bring_back"),
    path("preferences/delete-account/", deletion.delete_account, name="delete_account"),
]
