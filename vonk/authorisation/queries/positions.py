"""The positions of a creator's switches, and what switching off would end."""

from datetime import datetime

import msgspec

from vonk.authorisation import reach
from vonk.authorisation.actions import endings
from vonk.authorisation.models import AdSettings, Consent, PostAuthorisation
from vonk.control.scope import Scope
from vonk.identity.queries import accounts_facts


class SwitchesView(msgspec.Struct, frozen=True):
    """The positions of both switches for one post."""

    ad_settings_on: bool
    post_authorisation_on: bool


class SwitchOffView(msgspec.Struct, frozen=True):
    """What switching off would end: unused codes, and consents that ad accounts hold."""

    unused_codes: int
    held_consents: int
    account_names: tuple[str, ...]
    consent_ids: tuple[int, ...]  # Of the held ones: advertising knows the ads.


def ad_settings(scope: Scope) -> bool:
    """Return whether the acting creator's ad settings are on."""
    return AdSettings.objects.filter(profile_id=reach.own_profile(scope), on=True).exists()


def switches(scope: Scope, post_id: int) -> SwitchesView:
    """Return the switches for one's own post."""
    post = reach.own_post(scope, post_id)
    return SwitchesView(
        ad_settings_on=AdSettings.objects.filter(profile_id=post.profile_id, on=True).exists(),
        post_authorisation_on=PostAuthorisation.objects.filter(post_id=post_id, on=True).exists(),
    )


def switching_off_ends(scope: Scope, post_id: int | None, now: datetime) -> SwitchOffView:
    """Return what switching the post's authorisation off would end, or, without a post, the profile's ad settings."""
    profile_id = reach.own_profile(scope) if post_id is None else reach.own_post(scope, post_id).profile_id
    rows = list(
        Consent.objects.filter(endings.live(profile_id, post_id=post_id, now=now))
        .order_by("pk")
        .values_list("pk", "account_id")
    )
    held = [(consent_id, account_id) for consent_id, account_id in rows if account_id is not None]
    accounts = accounts_facts(account_id for _, account_id in held)
    return SwitchOffView(
        unused_codes=len(rows) - len(held),
        held_consents=len(held),
        account_names=tuple(sorted(account.name for account in accounts.values())),
        consent_ids=tuple(consent_id for consent_id, _ in held),
    )
