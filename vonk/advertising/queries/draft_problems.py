"""What would keep an ad that is being written from being created: all of it at once, where creating names the first."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from vonk.advertising import creatives
from vonk.advertising.drafts import AdDraft
from vonk.advertising.rules import Objective, grants, objectives, texts
from vonk.control.scope import Right, Scope
from vonk.core.errors import Problem
from vonk.identity.queries import account_facts


def problems_of_ad(
    scope: Scope,
    draft: AdDraft,
    *,
    objective: Objective | None,
    countries: Collection[str],
    billed: Mapping[int, int],
    now: datetime,
) -> tuple[Problem, ...]:
    """Return what ``actions.ads.create_one`` would refuse of the draft, apart from quotas; the fields as it names them.

    ``objective`` None, or no countries, are not chosen yet: what depends on them is not judged.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    found: list[Problem] = []

    def judge(rule: Callable[[], object]) -> None:
        try:
            rule()
        except Problem as problem:
            found.append(problem)

    judge(lambda: texts.category(draft.category))
    if draft.name is not None:
        name = draft.name
        judge(lambda: texts.name(name))
    if objective is not None:
        judge(lambda: objectives.call_to_action(draft.call_to_action, objective))
    shown = _shown(scope, draft, found, now)
    if shown is None or objective is None:
        if draft.landing_url.strip():
            judge(lambda: texts.landing_url(draft.landing_url))
    else:
        judge(lambda: creatives.address(draft.landing_url, objective, shown))
    if shown is not None and shown.held is not None and shown.consent_id is not None:
        held, consent_id, sound_countries = shown.held, shown.consent_id, shown.post.sound_countries
        judge(
            lambda: grants.check(
                held.limits,
                category=draft.category,
                countries=sorted(countries),
                sound_countries=sound_countries,
                billed_micros=billed.get(consent_id, 0),
                currency=account_facts(scope.account).currency,
            )
        )
    return tuple(found)


def _shown(scope: Scope, draft: AdDraft, found: list[Problem], now: datetime) -> creatives.Creative | None:
    if draft.consent_id is None and draft.post_id is None:
        return None  # Not chosen yet, which the form says itself.
    try:
        return creatives.creative(scope, draft, creatives.choices([draft], now))
    except Problem as problem:
        found.append(problem)
        return None
