"""Who watches: a person, or a visitor without an account."""

from django.http import HttpRequest

from vonk.control.scope import Scope
from vonk.web.common.requests import person_scope


def viewer_scope(request: HttpRequest) -> Scope | None:
    """Return the person's scope, or None for a visitor, who sees what is public."""
    return person_scope(request) if request.user.is_authenticated else None
