"""Whom an ad group may want, and how often it may show itself to one viewer (reference §5)."""

from collections.abc import Collection, Iterable
from typing import Final

from vonk.advertising.errors import MinorsProtected
from vonk.advertising.rules import limits
from vonk.advertising.rules.objectives import Objective
from vonk.core.errors import FieldInvalid
from vonk.core.taxonomy import COUNTRIES, INTERESTS, LANGUAGES, AgeBand, Device, Gender
from vonk.delivery.limits import dayparting
from vonk.delivery.snapshot import FrequencyCap, Targeting

DAY_SECONDS: Final = 86_400
CAP_IMPRESSIONS_MAX: Final = 1_000
CAP_DAYS_MAX: Final = 30
_HEXADECIMAL: Final = frozenset("0123456789abcdef")

# Not for people under 18 (reference §5, under 18).
_OF_PROFILES: Final = ("behaviours", "audiences", "audiences_out", "carriers", "models", "prices")
_ADULT_OBJECTIVES: Final = frozenset({Objective.LEAD_GENERATION, Objective.SHOP_PURCHASES})


def targeting(wanted: Targeting, objective: Objective) -> Targeting:
    """Return the targeting with each list sorted and free of doubles.

    Raises FieldInvalid when no country is named, a value is unknown or the hours are none; MinorsProtected when the band 13–17 is combined
    with interests, genders, behaviours, audiences, what a device costs, or an objective for adults.
    """
    if not wanted.countries:
        raise FieldInvalid("countries", "choose at least one country")
    found = Targeting(
        countries=_known("countries", wanted.countries, COUNTRIES),
        languages=_known("languages", wanted.languages, LANGUAGES),
        age_bands=_known("age_bands", wanted.age_bands, frozenset(AgeBand)),
        genders=_known("genders", wanted.genders, frozenset(Gender)),
        interests=_known("interests", wanted.interests, INTERESTS.keys()),
        devices=_known("devices", wanted.devices, frozenset(Device)),
        dayparting=_hours(wanted.dayparting),
        unmet=tuple(sorted(set(wanted.unmet))),
        limits=limits.checked(wanted.limits),
    )
    outside = [place for place in found.limits.places if place.partition(":")[0] not in found.countries]
    if outside:
        raise FieldInvalid("places", "not in the countries chosen: %(places)s", places=", ".join(outside[:5]))
    if AgeBand.AGE_13_17 in found.age_bands:
        used = [word for word, values in (("interests", found.interests), ("genders", found.genders)) if values]
        used += [word for word in _OF_PROFILES if getattr(found.limits, word)]
        if objective in _ADULT_OBJECTIVES:
            used.append(objective.value)
        if used:
            raise MinorsProtected(used=", ".join(used))
    return found


def frequency_cap(wanted: FrequencyCap | None) -> FrequencyCap | None:
    """Return the cap; FieldInvalid unless it is 1–1,000 impressions per 1–30 whole days."""
    if wanted is None:
        return None
    if not 1 <= wanted.impressions <= CAP_IMPRESSIONS_MAX:
        raise FieldInvalid("cap_impressions", "from 1 to %(most)s", most=CAP_IMPRESSIONS_MAX)
    whole_days, rest = divmod(wanted.window_seconds, DAY_SECONDS)
    if rest or not 1 <= whole_days <= CAP_DAYS_MAX:
        raise FieldInvalid("cap_window_seconds", "from 1 to %(most)s whole days", most=CAP_DAYS_MAX)
    return wanted


def reopens_review(old: Targeting, new: Targeting) -> bool:
    """Return whether the change of targeting has to be reviewed: any but one of age alone (O23)."""
    return _without_age(old) != _without_age(new)


def _without_age(of: Targeting) -> tuple[object, ...]:
    return (of.countries, of.languages, of.genders, of.interests, of.devices, of.limits)


def _hours(packed: str) -> str:
    if packed and not (len(packed) == dayparting.DIGITS and set(packed) <= _HEXADECIMAL):
        raise FieldInvalid("dayparting", "%(count)s hexadecimal digits, or none", count=dayparting.DIGITS)
    return packed


def _known(field: str, values: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    unknown = sorted({value for value in values if value not in known})
    if unknown:
        raise FieldInvalid(field, "unknown: %(unknown)s", unknown=", ".join(value[:40] for value in unknown[:5]))
    return tuple(sorted({str(value) for value in values}))
