"""Which handles there may be; pure."""

import re
from typing import Final

from vonk.content.errors import HandleInvalid, HandleReserved
from vonk.core.limits import HANDLE_MAX

_HANDLE: Final = re.compile(rf"[a-z0-9._]{{1,{HANDLE_MAX - 1}}}[a-z0-9_]")

RESERVED: Final = frozenset(
    "about account accounts ad admin administrator ads advertise advertiser advertisers api app apps assets audit auth "
    "billing blog brand business contact creator creators deleted developer developers discover docs everyone explore "
    "feed follow followers following friends help here home inbox legal live login logout marketplace me media "
    "moderator money music news nobody null official operator operators ops owner password payments platform post "
    "posts privacy profile reports root safety sandbox search security settings signup sound sounds spark sponsored "
    "staff static status studio support system tag tags team terms test tests trending undefined unknown upload user "
    "users verified video videos viewer vonk web webmaster work www".split()
)
"""Names of the platform's own pages and people; dots and underscores do not make them others."""


def parse(text: str) -> str:
    """Return the handle as it is kept (lower case, without “@”); HandleInvalid or HandleReserved otherwise."""
    handle = text.strip().removeprefix("@").lower()
    if not _HANDLE.fullmatch(handle):
        raise HandleInvalid
    if handle.replace(".", "").replace("_", "") in RESERVED | {""}:
        raise HandleReserved(handle=handle)
    return handle
