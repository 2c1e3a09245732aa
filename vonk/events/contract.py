"""What travels between those who report events and the ad server: the structs from which the JSON Schema is made."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from vonk.core.limits import EVENTS_PER_BATCH_MAX

VERSIONS: Final = frozenset({1, 2})  # 2: context, replay, the reasons of duplicates, and verdicts of invalid traffic.
VERSION: Final = 2
USER_AGENT_CHARS_MAX: Final = 512
ADDRESS_CHARS_MAX: Final = 45  # The longest IPv6 address in text.


class Context(msgspec.Struct, frozen=True, gc=False):
    """Where a viewer's event came from, as a host app's server saw it. Judged and forgotten; never kept or logged."""

    user_agent: Annotated[
        str, Meta(max_length=USER_AGENT_CHARS_MAX, description="The viewer's user agent; empty when not known.")
    ] = ""
    address: Annotated[
        str, Meta(max_length=ADDRESS_CHARS_MAX, description="The viewer's IPv4 or IPv6 address; empty when not known.")
    ] = ""


class Report(msgspec.Struct, frozen=True, gc=False):
    """One event as a client sends it."""

    id: Annotated[
        str,
        Meta(
            description="Of your own, for example a UUID: 1 to 64 printable ASCII characters without space. The same"
            " one when you send the event again."
        ),
    ]
    kind: Annotated[str, Meta(description="What happened; one of the kinds below.")]
    token: Annotated[str, Meta(description="The showing's token, unchanged, from the decision or from the feed.")]
    at: Annotated[
        int | float | str,
        Meta(
            description="When it happened: milliseconds since 1970, or ISO 8601 with an offset. Held between the"
            " decision and the moment of receipt."
        ),
    ]
    value: Annotated[
        int | float, Meta(description="What the kind measures, 0 for kinds that measure nothing; at most a day in ms.")
    ] = 0
    context: Annotated[
        Context | None, Meta(description="Of this event alone, instead of the batch's. Only with a host key.")
    ] = None


class Batch(msgspec.Struct, frozen=True):
    """The body of POST /v1/events."""

    events: Annotated[list[Report], Meta(description=f"Up to {EVENTS_PER_BATCH_MAX}; each gets its own verdict.")]
    version: Annotated[int, Meta(description="Of this contract: 1 or 2. Both are taken alike.")] = VERSION
    context: Annotated[Context | None, Meta(description="Of all events. Only with a host key.")] = None


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What became of one event of a batch."""

    id: Annotated[str | None, Meta(description="The event's; null when it could not be read.")]
    verdict: Annotated[str, Meta(description="accepted, duplicate or refused. Only send again what got no answer.")]
    reason: Annotated[
        str | None,
        Meta(
            description="Why it was refused; which kind of duplicate it is; or, of an accepted event, the rule of"
            " invalid traffic that it breaks: it is kept, bills nothing and counts gross only."
        ),
    ] = None


class Verdicts(msgspec.Struct, frozen=True):
    """The answer to POST /v1/events, when all that was accepted is durable: one verdict an event, in their order."""

    verdicts: list[Verdict]
