"""Who is shown the way to asking a creator: people who run campaigns in an ad account."""

from typing import Final
from urllib.parse import urlencode

from vonk.control.scope import Scope
from vonk.identity import queries as identity
from vonk.identity.rules import AccountRole
from vonk.web.common.templatetags.vonk import optional_url

_RUNNING: Final = frozenset(
    {AccountRole.ADMIN.value, AccountRole.OPERATOR.value}
)  # The page itself asks for the right.


def way(scope: Scope | None, wanted: str) -> str:
    """Return where somebody asks for the post or creator ``wanted``; "" for whoever runs no campaigns."""
    if scope is None or not any(account.role in _RUNNING for account in identity.accounts_of(scope)):
        return ""
    address = optional_url("advertiser:request_new")
    return f"{address}?{urlencode({'post': wanted})}" if address else ""
