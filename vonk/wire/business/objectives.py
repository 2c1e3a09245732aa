"""What campaigns are for, as v1.3 names it, and as Vonk does."""

from collections.abc import Mapping
from typing import Final

from vonk.advertising.rules import Objective
from vonk.wire.business.errors import ParameterInvalid

OBJECTIVE_TYPES: Final[dict[str, Objective]] = {
    "REACH": Objective.REACH,
    "TRAFFIC": Objective.TRAFFIC,
    "VIDEO_VIEWS": Objective.VIDEO_VIEWS,
    "ENGAGEMENT": Objective.COMMUNITY_INTERACTION,
    "APP_PROMOTION": Objective.APP_INSTALLS,
    "WEB_CONVERSIONS": Objective.CONVERSIONS,
    "LEAD_GENERATION": Objective.LEAD_GENERATION,
    "PRODUCT_SALES": Objective.SHOP_PURCHASES,
    "APP_INSTALL": Objective.APP_INSTALLS,
    "CONVERSIONS": Objective.CONVERSIONS,
    "SHOP_PURCHASES": Objective.SHOP_PURCHASES,
}
"""What may be asked for; the first name of each is the present one, the last three are retired ones that still work."""

NOT_SOLD: Final[frozenset[str]] = frozenset({
    "BRAND_CONSIDERATION", "CATALOG_SALES", "RF_APP_INSTALL", "RF_ENGAGEMENT", "RF_REACH", "RF_TRAFFIC", "RF_VIDEO_VIEW",
    "TOPVIEW_REACH",
})  # fmt: skip
"""What v1.3 has and this platform does not sell by auction. As a filter each matches nothing."""

_NAMES: Final[dict[Objective, str]] = {objective: name for name, objective in reversed(OBJECTIVE_TYPES.items())}


def objective(objective_type: str) -> Objective:
    """Return the objective of this name; ParameterInvalid for one that is not sold here, or is unknown."""
    found = OBJECTIVE_TYPES.get(objective_type)
    if found is not None:
        return found
    if objective_type in NOT_SOLD:
        raise ParameterInvalid(field="objective_type", reason=f"{objective_type} is not sold by this platform")
    raise ParameterInvalid(field="objective_type", reason=f"one of {', '.join(OBJECTIVE_TYPES)}")


def objectives_sought(objective_type: str) -> frozenset[Objective]:
    """Return what a filter by this name matches; nothing for what is not sold here. ParameterInvalid for an unknown name."""
    if objective_type in NOT_SOLD:
        return frozenset()
    if objective_type not in OBJECTIVE_TYPES:
        allowed = ", ".join([*OBJECTIVE_TYPES, *sorted(NOT_SOLD)])
        raise ParameterInvalid(field="filtering.objective_type", reason=f"one of {allowed}")
    return frozenset({OBJECTIVE_TYPES[objective_type]})


def objective_type(made_for: Objective, kept: Mapping[str, object] | None = None) -> str:
    """Return v1.3's name: the one that the campaign was created by, where it was, otherwise the present one."""
    sent = (kept or {}).get("objective_type")
    return sent if isinstance(sent, str) and OBJECTIVE_TYPES.get(sent) is made_for else _NAMES[made_for]
