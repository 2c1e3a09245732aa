"""What an address says of a post to be: the post it answers and the sound it uses, carried from page to page."""

from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest

from vonk.web.common.requests import id_of


class Carried(msgspec.Struct, frozen=True):
    """``?duet=…&stitch=…&sound=…``, each an id or absent."""

    duet: int | None = None
    stitch: int | None = None
    sound: int | None = None

    @property
    def query(self) -> str:
        """The same as a query string, with its question mark, "" when there is nothing to carry."""
        said = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
        return f"?{urlencode(said)}" if said else ""


def carried_of(request: HttpRequest) -> Carried:
    """Return what the address says; FieldInvalid when one of them is no id."""
    return Carried(
        **{name: id_of(request.GET[name], name) for name in Carried.__struct_fields__ if request.GET.get(name)}
    )
