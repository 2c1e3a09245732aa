"""Where a form's sender goes afterwards."""

from urllib.parse import urlsplit

from django.http import HttpRequest


def back_from(request: HttpRequest, *, otherwise: str) -> str:
    """Return the path of the page of ours that the form stood on, or another where the browser does not say."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    ours = came_from.netloc == request.get_host() and came_from.path.startswith("/")
    return "/" + came_from.path.lstrip("/") if ours else otherwise  # Never "//host", which leads elsewhere.
