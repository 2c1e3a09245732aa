"""How ids look in an address: ``<id:post_id>``. Registered by importing this module, once for every audience."""

from django.urls import register_converter

from vonk.core.ids import parse_id


class IdConverter:
    """An id in decimal digits; what does not fit 64 bits matches no address."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        return parse_id(value)

    def to_url(self, value: int | str) -> str:
        return str(value)


register_converter(IdConverter, "id")
