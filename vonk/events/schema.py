"""The JSON Schema of what travels between those who report events and the ad server, made from the structs themselves."""

import sys
from typing import Any, Final

import msgspec

from vonk.core.limits import EVENTS_PER_BATCH_MAX
from vonk.events.contract import VERSIONS, Batch, Verdicts
from vonk.events.conversions.contract import (
    IDENTIFIERS,
    NAME_PATTERN,
    STANDARD_NAMES,
    ConversionBatch,
    ConversionVerdicts,
)
from vonk.events.conversions.refusals import CONVERSION_REFUSALS
from vonk.events.kinds import KINDS
from vonk.events.records import ONCE_PER_SHOWING
from vonk.events.rules import INVALID_RULES
from vonk.events.validity import EVENT_REFUSALS, ID_CHARS_MAX, VALUE_MAX, DuplicateReason

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
BODIES: Final[dict[str, type]] = {
    "POST /v1/events": Batch,
    "POST /v1/events, the answer": Verdicts,
    "POST /v1/conversions": ConversionBatch,
    "POST /v1/conversions, the answer": ConversionVerdicts,
}
"""What travels, by where. Another door's struct is one more line."""


def build() -> dict[str, Any]:
    """Return the schema. A document is valid when it is one of the bodies."""
    bodies, parts = msgspec.json.schema_components(list(BODIES.values()), ref_template="#/$defs/{name}")
    for place, body in zip(BODIES, bodies, strict=True):
        parts[body["$ref"].rpartition("/")[2]]["$comment"] = place
    _sharpen(parts)
    _sharpen_conversions(parts)
    return {
        "$schema": DIALECT,
        "title": "Events of Vonk's ad server",
        "description": (
            "Version 2. Amounts of time are milliseconds. An event is acknowledged when it is durable; what got no answer"
            " is sent again with the same id. Late by up to seven days, in any order."
        ),
        "anyOf": bodies,
        "$defs": parts,
    }


def _sharpen(parts: dict[str, Any]) -> None:
    """Add what the structs leave to the judgement of each event, so that one wrong event spoils no batch."""
    report = parts["Report"]["properties"]
    report["id"] |= {"minLength": 1, "maxLength": ID_CHARS_MAX, "pattern": "^[!-~]+$"}
    report["value"] |= {"minimum": 0, "maximum": VALUE_MAX}
    report["kind"] = {
        "description": report["kind"]["description"],
        "oneOf": [
            {
                "const": kind.value,
                "description": entry.meaning,
                "x-sort": entry.sort.value,
                "x-once-per-showing": kind in ONCE_PER_SHOWING,
            }
            for kind, entry in KINDS.items()
        ],
    }
    parts["Batch"]["properties"]["events"] |= {"maxItems": EVENTS_PER_BATCH_MAX}
    parts["Batch"]["properties"]["version"] |= {"enum": sorted(VERSIONS)}
    verdict = parts["Verdict"]["properties"]
    verdict["verdict"] |= {"enum": ["accepted", "duplicate", "refused"]}
    reasons = [
        *({"const": rule.value, "description": f"accepted: {entry.meaning}"} for rule, entry in INVALID_RULES.items()),
        {"const": DuplicateReason.EVENT_REPEATED.value, "description": "duplicate: the id is known."},
        {
            "const": DuplicateReason.KIND_REPEATED.value,
            "description": "duplicate: another id for what counts once a showing.",
        },
        *(
            {"const": refusal.value, "description": f"refused: {entry.cause} {entry.remedy}"}
            for refusal, entry in EVENT_REFUSALS.items()
        ),
    ]
    verdict["reason"] = {
        "description": verdict["reason"]["description"],
        "default": None,
        "oneOf": [{"type": "null"}, *reasons],
    }


def _sharpen_conversions(parts: dict[str, Any]) -> None:
    """Likewise for conversions."""
    report = parts["ConversionReport"]["properties"]
    report["id"] |= {"minLength": 1, "maxLength": ID_CHARS_MAX, "pattern": "^[!-?A-~]+$"}
    report["pixel"] |= {"pattern": "^[0-9]{1,19}$"}
    report["name"] |= {"pattern": f"^{NAME_PATTERN}$", "examples": list(STANDARD_NAMES)}
    for identifier in IDENTIFIERS:
        report[identifier] |= {"pattern": "^([0-9a-fA-F]{64})?$"}
    parts["ConversionBatch"]["properties"]["conversions"] |= {"maxItems": EVENTS_PER_BATCH_MAX}
    verdict = parts["ConversionVerdict"]["properties"]
    verdict["verdict"] |= {"enum": ["accepted", "duplicate", "refused", "tested"]}
    reasons = [
        {"const": refusal.value, "description": f"{entry.cause} {entry.remedy}"}
        for refusal, entry in CONVERSION_REFUSALS.items()
    ]
    verdict["reason"] = {
        "description": verdict["reason"]["description"],
        "default": None,
        "oneOf": [{"type": "null"}, *reasons],
    }


TEXT: Final = msgspec.json.format(msgspec.json.encode(build()), indent=1) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(TEXT)  # For docs/events.schema.json, which a test holds in step.
