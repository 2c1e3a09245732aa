"""How handles look in an address: ``<handle:handle>``."""

from django.urls import register_converter

from vonk.core.limits import HANDLE_MAX


class HandleConverter:
    """A handle, in any case."""

    regex = f"[A-Za-z0-9._]{{2,{HANDLE_MAX}}}"

    def to_python(self, value: str) -> str:
        return value.lower()

    def to_url(self, value: str) -> str:
        return value


register_converter(HandleConverter, "handle")
