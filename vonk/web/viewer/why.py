"""Which of an ad's parameters decided that this viewer sees it. Pure."""

from collections.abc import Iterable

import msgspec
from django.utils.translation import gettext as _

from vonk.core import places
from vonk.delivery.snapshot import Targeting
from vonk.events.tokens import ViewerClaims
from vonk.web.common.choices import AGE_BAND_CHOICES, DEVICE_CHOICES, GENDER_CHOICES, INTEREST_CHOICES


class Parameter(msgspec.Struct, frozen=True):
    """One criterion and the values that matched. ``names`` is the browser's list of names for codes, "" for texts."""

    label: str
    values: tuple[str, ...]
    names: str = ""


class Why(msgspec.Struct, frozen=True):
    """Everything that decided; ``personalised`` says whether the viewer's profile was used."""

    parameters: tuple[Parameter, ...]
    personalised: bool


def explain(targeting: Targeting, viewer: ViewerClaims) -> Why:
    """Return the criteria that the ad group set, each with what of it this viewer meets.

    Age, gender, interests, audiences and what was done count only with consent to personalised ads; without it such an ad is not shown.
    """
    met = [Parameter(_("Country"), _meets(targeting.countries, viewer.country), "region")]
    here = set(places.keys_of(viewer.country, viewer.region, viewer.city)) & set(targeting.limits.places)
    known = [place for place in map(places.of_key, sorted(here)) if place is not None]
    met.append(Parameter(_("Region or city"), tuple(place.name for place in known)))
    met.append(Parameter(_("Language"), _meets(targeting.languages, viewer.language), "language"))
    met.append(Parameter(_("Device"), _texts(targeting.devices, dict(DEVICE_CHOICES))))
    profile = [
        Parameter(_("Age"), _texts(_meets(targeting.age_bands, viewer.age_band or ""), dict(AGE_BAND_CHOICES))),
        Parameter(_("Gender"), _texts(_meets(targeting.genders, viewer.gender or ""), dict(GENDER_CHOICES))),
        Parameter(
            _("Interests"),
            _texts([name for name in targeting.interests if name in viewer.interests], dict(INTEREST_CHOICES)),
        ),
    ]
    limits, told = targeting.limits, set(map(str, viewer.audiences or ()))
    if told & set(limits.audiences):
        profile.append(Parameter(_("Audience"), (_("You are in one of the advertiser's audiences."),)))
    if limits.audiences_out:
        profile.append(Parameter(_("Audience"), (_("You are in none of those whom the advertiser leaves out."),)))
    done = {one.split(":")[1] for one in set(limits.behaviours) & set(viewer.behaviours)}
    profile.append(Parameter(_("What you did with posts of late"), _texts(sorted(done), dict(INTEREST_CHOICES))))
    used = [parameter for parameter in profile if parameter.values and viewer.personalised]
    return Why(tuple([parameter for parameter in met if parameter.values] + used), bool(used))


def _meets(wanted: Iterable[str], own: str) -> tuple[str, ...]:
    return tuple(value for value in wanted if value == own)


def _texts(values: Iterable[str], texts: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(texts.get(value, value)) for value in values)
