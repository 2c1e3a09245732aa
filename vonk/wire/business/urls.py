"""Where the business API lives. Importing the files below declares their operations."""

from typing import Final

from django.urls import re_path

from vonk.wire.business import dispatch, user

PARTS: Final = (user,)

urlpatterns = [
    re_path(r"^open_api/v1\.3/(?P<rest>(?s:.*))\Z", dispatch.business, name="business"),
]
