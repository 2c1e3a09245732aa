"""Who may enter the console: the platform's own people, each as far as their role goes."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from vonk.control.scope import Right, Scope
from vonk.identity import access
from vonk.web.common.requests import actor_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_platform(
    may: Right,
) -> Callable[[Callable[Concatenate[HttpRequest, Scope, P], HttpResponse]], View[P]]:
    """Hand the view its scope; SignInRequired for nobody, RightMissing for everybody without the right."""

    def decorate(view: Callable[Concatenate[HttpRequest, Scope, P], HttpResponse]) -> View[P]:
        @wraps(view)
        def entered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            return view(request, access.operator(actor_of(request), may=may), *args, **kwargs)

        return entered

    return decorate
