"""The public ad repository's addresses."""

from django.urls import path

from vonk.web.common import converters  # noqa: F401 - registers <id:…>.
from vonk.web.transparency import views

app_name = "transparency"

urlpatterns = [
    path("transparency/", views.search, name="search"),
    path("transparency/ads.csv", views.export, name="export"),
    path("transparency/ads/<id:ad_id>/", views.one, name="ad"),
]
