"""The two switches of a creator: ad settings for the whole profile, ad authorisation for one post."""

from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import reach
from vonk.authorisation.actions import records, revocations
from vonk.authorisation.errors.consents import ERRORS, AdSettingsOff, PostAuthorisationOff
from vonk.authorisation.models import AdSettings, ConsentChain, PostAuthorisation
from vonk.authorisation.rules import Act, Road, promotion_refusal
from vonk.control import audit
from vonk.control.scope import Scope


class Switched(msgspec.Struct, frozen=True):
    """What switching did: whether anything changed, and which consents it revoked."""

    on: bool
    changed: bool
    revoked_ids: tuple[int, ...] = ()


@transaction.atomic
def set_ad_settings(scope: Scope, on: bool, now: datetime) -> Switched:  # noqa: FBT001 - a switch's position is what the call is about.
    """Switch the acting creator's ad settings on or off; the same position again changes nothing.

    Switching off is always accepted and revokes every live consent of the profile (reference §3, rule (b)).
    """
    profile_id = reach.own_profile(scope)
    chain = records.lock(profile_id)
    switch, _ = AdSettings.objects.get_or_create(profile_id=profile_id, defaults={"changed_at": now})
    if switch.on == on:
        return Switched(on, changed=False)
    switch.on, switch.changed_at = on, now
    switch.save(update_fields=["on", "changed_at"])
    records.append(chain, scope, Act.AD_SETTINGS_ON if on else Act.AD_SETTINGS_OFF, at=now)
    audit.record(scope, "ad_settings.switched", "profile", profile_id, at=now, detail={"on": on})
    if on:
        return Switched(on, changed=True)
    return Switched(on, changed=True, revoked_ids=revocations.revoke_live(scope, chain, post_id=None, now=now))


@transaction.atomic
def set_post_authorisation(scope: Scope, post_id: int, *, on: bool, now: datetime) -> Switched:
    """Switch one post's ad authorisation on or off; the same position again changes nothing.

    Switching on raises AdSettingsOff, or why the post can never be an ad. Switching off is always accepted and revokes
    every live consent for the post (reference §3, rule (b)).
    """
    post = reach.own_post(scope, post_id)
    chain = records.lock(post.profile_id)
    if on:
        require_ad_settings(chain)
        refusal = promotion_refusal(reach.to_promote(post), ads_only=True, make_public=False)
        if refusal is not None:
            raise ERRORS[refusal]
    elif not PostAuthorisation.objects.filter(post_id=post_id).exists():
        return Switched(on, changed=False)
    switch, _ = PostAuthorisation.objects.get_or_create(post_id=post_id, defaults={"changed_at": now})
    if switch.on == on:
        return Switched(on, changed=False)
    switch.on, switch.changed_at = on, now
    switch.save(update_fields=["on", "changed_at"])
    records.append(
        chain, scope, Act.POST_AUTHORISATION_ON if on else Act.POST_AUTHORISATION_OFF, at=now, post_id=post_id
    )
    audit.record(scope, "post_authorisation.switched", "post", post_id, at=now, detail={"on": on})
    if on:
        return Switched(on, changed=True)
    return Switched(on, changed=True, revoked_ids=revocations.revoke_live(scope, chain, post_id=post_id, now=now))


def require_ad_settings(chain: ConsentChain) -> None:
    """Raise AdSettingsOff unless the profile's switch is on."""
    if not AdSettings.objects.filter(profile_id=chain.profile_id, on=True).exists():
        raise AdSettingsOff


def require_on(chain: ConsentChain, post_id: int) -> None:
    """Raise AdSettingsOff or PostAuthorisationOff unless both switches are on."""
    require_ad_settings(chain)
    if not PostAuthorisation.objects.filter(post_id=post_id, on=True).exists():
        raise PostAuthorisationOff


def require_not_off(scope: Scope, chain: ConsentChain, post_id: int, road: Road, *, now: datetime) -> None:
    """Raise AdSettingsOff, or PostAuthorisationOff where the creator switched the post off, unless it may be taken.

    A post whose switch was never touched is covered by what the creator said for all posts. The creator's yes to a
    request is about this one post: it switches it on.
    """
    require_ad_settings(chain)
    if road in {Road.REQUEST, Road.CHAIN}:
        switch_post_on(scope, chain, post_id, now=now)
    elif PostAuthorisation.objects.filter(post_id=post_id, on=False).exists():
        raise PostAuthorisationOff


def switch_on(scope: Scope, chain: ConsentChain, post_id: int, *, now: datetime) -> None:
    """Switch on what is off, for a creator who says so together with their yes to a request for the post."""
    switch_settings_on(scope, chain, now=now)
    switch_post_on(scope, chain, post_id, now=now)


def switch_settings_on(scope: Scope, chain: ConsentChain, *, now: datetime) -> None:
    """Switch the profile's ad settings on where they are off, for a creator who says so together with another act."""
    settings, _ = AdSettings.objects.get_or_create(profile_id=chain.profile_id, defaults={"changed_at": now})
    if not settings.on:
        settings.on, settings.changed_at = True, now
        settings.save(update_fields=["on", "changed_at"])
        records.append(chain, scope, Act.AD_SETTINGS_ON, at=now)
        audit.record(scope, "ad_settings.switched", "profile", chain.profile_id, at=now, detail={"on": True})


def switch_post_on(scope: Scope, chain: ConsentChain, post_id: int, *, now: datetime) -> None:
    """Switch the post's ad authorisation on where it is not, because of a yes that is about this one post."""
    switch, _ = PostAuthorisation.objects.get_or_create(post_id=post_id, defaults={"changed_at": now})
    if switch.on:
        return
    switch.on, switch.changed_at = True, now
    switch.save(update_fields=["on", "changed_at"])
    records.append(chain, scope, Act.POST_AUTHORISATION_ON, at=now, post_id=post_id)
    audit.record(scope, "post_authorisation.switched", "post", post_id, at=now, detail={"on": True})
