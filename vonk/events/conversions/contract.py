"""What travels between those who report conversions and the ad server: names, and structs for the JSON Schema."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from vonk.core.limits import EVENTS_PER_BATCH_MAX

STANDARD_NAMES: Final[dict[str, str]] = {
    "page_view": "Viewed a page",
    "view_content": "Viewed something for sale",
    "search": "Searched",
    "add_to_wishlist": "Added to a wish list",
    "add_to_cart": "Added to the basket",
    "initiate_checkout": "Began to check out",
    "add_payment_info": "Gave payment details",
    "purchase": "Bought",
    "subscribe": "Subscribed",
    "start_trial": "Began a trial",
    "sign_up": "Signed up",
    "submit_form": "Sent a form",
    "contact": "Made contact",
    "download": "Downloaded",
    "install": "Installed an app",
}
"""Names with a meaning that all advertisers share; any other name of the same form is the advertiser's own."""
STEPS: Final = frozenset({
    "page_view", "view_content", "search", "add_to_wishlist", "add_to_cart", "initiate_checkout", "add_payment_info",
})  # fmt: skip
"""Names of what leads to a conversion: attributed and shown by name, but not in the sum of conversions."""
assert STANDARD_NAMES.keys() >= STEPS, "Steps are standard names."

NAME_PATTERN: Final = "[a-z0-9_]{1,50}"
IDENTIFIERS: Final = ("email", "phone", "external")


class ConversionReport(msgspec.Struct, frozen=True, gc=False):
    """One conversion as a client sends it."""

    id: Annotated[
        str,
        Meta(
            description="Of your own, for example the order's number: 1 to 64 printable ASCII characters but space and @."
            " The same one from page and server, and when you send it again, is one conversion."
        ),
    ]
    pixel: Annotated[str, Meta(description="The pixel's id, in decimal digits.")]
    name: Annotated[str, Meta(description="What happened: a standard name, or one of your own of that form.")]
    at: Annotated[
        int | float | str | None,
        Meta(
            description="When it happened: milliseconds since 1970, or ISO 8601 with an offset; at most seven days ago."
            " Asked of servers only; from a browser, and when absent, it is the moment of receipt."
        ),
    ] = None
    value: Annotated[
        int | float | str | None, Meta(description="What it was worth, in units of the currency, for example 12.50.")
    ] = None
    currency: Annotated[str, Meta(description="Of the value, ISO 4217: the ad account's.")] = ""
    click: Annotated[str, Meta(description="vonk_click of the landing page's address, unchanged; empty if none.")] = ""
    email: Annotated[str, Meta(description="SHA-256 of the trimmed, lower-case address, in hexadecimal.")] = ""
    phone: Annotated[str, Meta(description="SHA-256 of the number in E.164, in hexadecimal.")] = ""
    external: Annotated[str, Meta(description="SHA-256 of your own id of the person, in hexadecimal.")] = ""
    page: Annotated[
        str, Meta(description="Address of the page. Shown in the pixel's live tester without its query; never kept.")
    ] = ""
    test: Annotated[
        str,
        Meta(description="The pixel's test code: the conversion is checked, shown in its live tester, not counted."),
    ] = ""


class ConversionBatch(msgspec.Struct, frozen=True):
    """The body of POST /v1/conversions."""

    conversions: Annotated[
        list[ConversionReport], Meta(description=f"Up to {EVENTS_PER_BATCH_MAX}; each gets its own verdict.")
    ]


class ConversionVerdict(msgspec.Struct, frozen=True, gc=False):
    """What became of one conversion of a batch."""

    id: Annotated[str | None, Meta(description="The conversion's; null when it could not be read or kept.")]
    verdict: Annotated[
        str,
        Meta(
            description="accepted, duplicate, refused; or tested, of what bore the test code. Only send again what got no"
            " answer."
        ),
    ]
    reason: Annotated[str | None, Meta(description="Why it was refused.")] = None


class ConversionVerdicts(msgspec.Struct, frozen=True):
    """The answer to POST /v1/conversions, when all that was accepted is durable: one verdict each, in their order."""

    verdicts: list[ConversionVerdict]
