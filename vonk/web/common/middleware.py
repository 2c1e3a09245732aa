"""What happens around every view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from vonk.core.errors import Problem
from vonk.web.common import problems


class PlatformMiddleware:
    """Answers the problems that a view lets rise; anything else stays an error of ours and answers 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a problem; None leaves the exception to Django."""
        return problems.answer(request, exception) if isinstance(exception, Problem) else None
