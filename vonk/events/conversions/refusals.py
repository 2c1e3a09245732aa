"""Why a conversion was not taken: every reason with its cause, who can act, and the remedy."""

from enum import StrEnum
from typing import Final

from vonk.core.errors import Actor, Explanation

BROWSER_PER_MINUTE_MAX: Final = 6_000  # Of one pixel: its id is public, and a shop's busiest minute is far below.
CUSTOM_NAMES_MAX: Final = 50  # Of one pixel in the days remembered: every name is a row of reports.
BROWSERS_PART: Final = (
    2  # Browsers use one in so many of what is bounded: whoever knows a public id shuts no server out.
)
VALUE_UNITS_MAX: Final = 1_000_000_000
VALUE_PER_DAY_UNITS_MAX: Final = 10_000_000_000  # Of one pixel on a UTC day: its sums fit 64 bits for years.


class ConversionRefusal(StrEnum):
    """Why a conversion was not taken."""

    MALFORMED = "malformed"
    ID_INVALID = "id_invalid"
    PIXEL_UNKNOWN = "pixel_unknown"
    SECRET_INVALID = "secret_invalid"  # noqa: S105 - a reason's name.
    SERVER_REQUIRED = "server_required"
    RATE_EXCEEDED = "rate_exceeded"
    NAME_INVALID = "name_invalid"
    NAMES_TOO_MANY = "names_too_many"
    AT_INVALID = "at_invalid"
    TOO_OLD = "too_old"
    VALUE_INVALID = "value_invalid"
    VALUE_EXCEEDED = "value_exceeded"
    CURRENCY_INVALID = "currency_invalid"
    CURRENCY_FOREIGN = "currency_foreign"
    IDENTIFIER_NOT_HASHED = "identifier_not_hashed"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a reason's name.
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a reason's name.
    TOKEN_FOREIGN = "token_foreign"  # noqa: S105 - a reason's name.
    TEST_CODE_UNKNOWN = "test_code_unknown"


_advertiser = Actor.ADVERTISER
CONVERSION_REFUSALS: Final[dict[ConversionRefusal, Explanation]] = {
    ConversionRefusal.MALFORMED: Explanation(
        "The conversion is no object with the fields id, pixel and name.", Actor.CALLER, "Correct the conversion."
    ),
    ConversionRefusal.ID_INVALID: Explanation(
        "The id is empty, longer than 64 characters, has other than printable ASCII characters, or has an @, as addresses"
        " have; it was not kept.",
        Actor.CALLER,
        "Use an id of your own, for example the order's number, and the same one from page and server.",
    ),
    ConversionRefusal.PIXEL_UNKNOWN: Explanation(
        "There is no such pixel, or it is switched off.", _advertiser, "Copy the pixel's id, or switch it on."
    ),
    ConversionRefusal.SECRET_INVALID: Explanation(
        "The bearer secret is not this pixel's: it was changed, or belongs to another one.",
        _advertiser,
        "Use the pixel's newest secret, or give the pixel a new one.",
    ),
    ConversionRefusal.SERVER_REQUIRED: Explanation(
        "It is an offline event set, for which no page may report.",
        _advertiser,
        "Report it from your server, or use a pixel in pages.",
    ),
    ConversionRefusal.RATE_EXCEEDED: Explanation(
        f"Browsers reported more than {BROWSER_PER_MINUTE_MAX:,} conversions for this pixel within a minute.",
        _advertiser,
        "Send them again after a minute, or from a server with the pixel's secret.",
    ),
    ConversionRefusal.NAME_INVALID: Explanation(
        "The name is not 1 to 50 of the characters a-z, 0-9 and _.",
        Actor.CALLER,
        "Use one of the standard names, or one of your own of that form.",
    ),
    ConversionRefusal.NAMES_TOO_MANY: Explanation(
        f"The pixel has used {CUSTOM_NAMES_MAX} names of its own within a week; half of them, where a page reports.",
        _advertiser,
        "Use fewer names: what differs from order to order belongs in the id.",
    ),
    ConversionRefusal.AT_INVALID: Explanation(
        "The instant is neither milliseconds since 1970 nor ISO 8601 with an offset.",
        Actor.CALLER,
        "Send milliseconds, or for example 2026-11-22T12:00:00Z.",
    ),
    ConversionRefusal.TOO_OLD: Explanation(
        "It happened more than seven days ago.", Actor.CALLER, "Report conversions within seven days."
    ),
    ConversionRefusal.VALUE_INVALID: Explanation(
        f"The value is no number from 0 to {VALUE_UNITS_MAX:,}.",
        Actor.CALLER,
        "Send the amount in units of the currency, for example 12.50.",
    ),
    ConversionRefusal.VALUE_EXCEEDED: Explanation(
        f"The pixel's conversions of this day are worth more than {VALUE_PER_DAY_UNITS_MAX:,} together; half of"
        " it, where a page reports.",
        _advertiser,
        "Look who reports such values; if they are true, send them without a value or tomorrow.",
    ),
    ConversionRefusal.CURRENCY_INVALID: Explanation(
        "A value came without a currency, or with one that is not known here.",
        Actor.CALLER,
        "Send the value's ISO 4217 code, for example EUR.",
    ),
    ConversionRefusal.CURRENCY_FOREIGN: Explanation(
        "The value is in another currency than the ad account, and amounts of two currencies are not added.",
        _advertiser,
        "Convert the value to the account's currency before sending it.",
    ),
    ConversionRefusal.IDENTIFIER_NOT_HASHED: Explanation(
        "An e-mail address, phone number or external id is not a SHA-256 in hexadecimal; it was not kept.",
        Actor.CALLER,
        "Send sha256(lower(trim(address))) as 64 hexadecimal digits; vonk-pixel.js does so by itself.",
    ),
    ConversionRefusal.TOKEN_INVALID: Explanation(
        "The click id was changed, cut, or made elsewhere.",
        Actor.CALLER,
        "Send vonk_click as it stood in the landing page's address, or leave it out.",
    ),
    ConversionRefusal.TOKEN_EXPIRED: Explanation(
        "The ad was shown more than 35 days ago.", Actor.CALLER, "Keep a click id for 28 days, then forget it."
    ),
    ConversionRefusal.TOKEN_FOREIGN: Explanation(
        "The click id belongs to another account's ad, or to no ad.",
        _advertiser,
        "Report the conversion with the pixel of the account whose ad was clicked.",
    ),
    ConversionRefusal.TEST_CODE_UNKNOWN: Explanation(
        "The test code is not this pixel's: it was mistyped, or the pixel has had a new secret since.",
        Actor.CALLER,
        "Copy the code from the pixel's live tester, or leave it out for the conversion to count.",
    ),
}
