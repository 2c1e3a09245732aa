"""The site as an app on a phone: its manifest, its service worker, and the page that it shows without a network."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

WORKER: Final = Path(__file__).parents[1] / "static/viewer/sw.js"
SHELL: Final = (
    "vendor/tabler-core-1.6.1/tabler.min.css",
    "common/vonk.css",
    "common/theme.js",
    "common/spark.svg",
    "vendor/tabler-icons-3.51.0/sprite.svg",
    "viewer/offline.js",
)  # What the page without a network is made of, and nothing of anybody.
ICONS: Final = (("192", "any"), ("512", "any"), ("512", "maskable"))
DARK: Final = "#0b0b0d"  # As the stage in viewer.css.


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view is given one.
    """Tell a browser how the site is installed."""
    told = {
        "id": "/",
        "name": settings.VONK.platform_name,
        "short_name": settings.VONK.platform_name[:12],
        "description": _("Short videos, and who made them."),
        "lang": get_language() or "en",
        "start_url": reverse("viewer:feed"),
        "scope": "/",
        "display": "standalone",
        "background_color": DARK,
        "theme_color": DARK,
        "icons": [
            {
                "src": static(f"viewer/icons/{purpose}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ICONS
        ],
        "shortcuts": [
            {"name": str(label), "url": reverse(name)}
            for name, label in (
                ("viewer:following", _("Following")),
                ("viewer:search", _("Search")),
                ("viewer:favourites", _("Favourites")),
            )
        ],
    }
    response = HttpResponse(json.dumps(told), content_type="application/manifest+json; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view is given one.
    """Serve the service worker at the root, so that it may see every page; a changed shell makes it a new one."""
    shell = [reverse("viewer:offline"), *map(static, SHELL)]
    head = f"const VERSION = {json.dumps(_version())};\nconst SHELL = {json.dumps(shell)};\n"
    response = HttpResponse(head + WORKER.read_text("utf-8"), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show what is shown without a network."""
    return render(request, "viewer/offline.html")


@cache
def _version() -> str:
    """Return a digest of the shell's files, read once a process."""
    digest = hashlib.sha256(WORKER.read_bytes())
    for name in SHELL:
        found = finders.find(name)
        assert isinstance(found, str), f"{name} is one of our files."
        digest.update(Path(found).read_bytes())
    return digest.hexdigest()[:16]
