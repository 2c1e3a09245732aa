"""The phone that shows an ad as its viewers will see it, for whoever makes or judges it."""

from typing import Final
from urllib.parse import urlsplit

import msgspec
from django.utils.translation import gettext as _

from vonk.advertising.queries import Preview
from vonk.web.common.disclosures import words_of

NO_PAGE_YET: Final = "https://landing.invalid/"  # Stands in while no valid landing page is written; never shown.
_FILLS: Final = 0.7  # Of width to height: a wider video is shown whole, as the feed does.


class Phone(msgspec.Struct, frozen=True):
    """An ad as the feed shows it; ``empty`` says instead what is still to be chosen."""

    preview: Preview | None
    name: str = ""
    call_to_action: str = ""
    host: str = ""
    empty: str = ""
    wide: bool = False  # Too wide to fill the screen.
    disclosed: str = ""  # What stands above the caption.


def phone_of(preview: Preview) -> Phone:
    """Return the ad with its words in the reader's language."""
    host = urlsplit(preview.landing_url).hostname or ""
    return Phone(
        preview=preview,
        name=f"@{preview.handle}" if preview.handle else preview.display_name,
        call_to_action=_(preview.call_to_action_text),  # noqa: INT001 - texts come from the closed list.
        host="" if preview.landing_url == NO_PAGE_YET else host,
        wide=preview.width > preview.height * _FILLS,
        disclosed=words_of(preview.disclosure),
    )
