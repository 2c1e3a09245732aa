"""Half-filled forms, kept in the session while their writer redeems a post or uploads a video for them."""

from typing import Final

from django.http import HttpRequest, QueryDict

SESSION_KEY: Final = "advertiser.kept"
CHARS_MAX: Final = 20_000  # A form at its fullest, all countries chosen, has a tenth of it.
LEFT_OUT: Final = ("csrfmiddlewaretoken", "keep")


def keep(request: HttpRequest) -> None:
    """Keep what was typed into the form at this path."""
    typed = request.POST.copy()
    for name in LEFT_OUT:
        typed.pop(name, None)
    text = typed.urlencode()
    request.session[SESSION_KEY] = {"path": request.path, "typed": text if len(text) <= CHARS_MAX else ""}


def kept(request: HttpRequest) -> QueryDict | None:
    """Return what was kept of the form at this path, None when nothing was. It stays until the form is sent."""
    found = request.session.get(SESSION_KEY)
    if "kept" not in request.GET or not found or found["path"] != request.path or not found["typed"]:
        return None
    return QueryDict(found["typed"], mutable=True)


def forget(request: HttpRequest) -> None:
    """Forget what was kept."""
    request.session.pop(SESSION_KEY, None)


def way_back(request: HttpRequest) -> str:
    """Return the address of the form that waits, "" when none does."""
    found = request.session.get(SESSION_KEY)
    return f"{found['path']}?kept=1" if found else ""
