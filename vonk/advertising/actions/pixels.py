"""Create, rename, switch and re-key pixels: what an advertiser's pages and servers report conversions as.

A pixel's id is public, for it stands in pages. Its secret is for the advertiser's servers: shown once, kept as a SHA-256
(it is 256 random bits, so a plain digest is enough), published as that to the ad servers.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.advertising import publish
from vonk.advertising.errors import PixelQuotaExceeded
from vonk.advertising.models import Pixel
from vonk.advertising.rules import pixels as rules
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.actions import accounts

_NOUN: Final = "pixel"
WEB: Final = rules.Origin.WEB.value


class IssuedPixel(msgspec.Struct, frozen=True):
    """A pixel and the text of its secret, which nobody can see again."""

    id: int
    secret: str


@transaction.atomic
def create(scope: Scope, name: str, *, now: datetime) -> IssuedPixel:
    """Make a pixel that may report at once. Raises FieldInvalid, PixelQuotaExceeded."""
    scope.require(Right.CAMPAIGN_EDIT)
    clean = rules.name(name)
    accounts.hold(scope.account)  # Two who create at once do not pass the quota together.
    if Pixel.objects.filter(account_id=scope.account, origin=WEB).count() >= rules.PIXELS_PER_ACCOUNT_MAX:
        raise PixelQuotaExceeded(pixels_max=rules.PIXELS_PER_ACCOUNT_MAX)
    secret = secrets.token_urlsafe(32)
    pixel = Pixel.objects.create(
        account_id=scope.account, name=clean, secret_sha256=_digest(secret), created_at=now, modified_at=now
    )
    audit.record(scope, "pixel.created", _NOUN, pixel.pk, at=now)
    publish.publish_pixels([pixel.pk], at=now)
    return IssuedPixel(pixel.pk, secret)


@transaction.atomic
def rename(scope: Scope, pixel_id: int, name: str, *, now: datetime) -> None:
    """Give the pixel another name. Raises NotFound, FieldInvalid."""
    pixel = _hold(scope, pixel_id)
    clean = rules.name(name)
    if clean != pixel.name:
        pixel.name, pixel.modified_at = clean, now
        pixel.save(update_fields=["name", "modified_at"])
        audit.record(scope, "pixel.renamed", _NOUN, pixel.pk, at=now, detail={"name": clean})


@transaction.atomic
def rotate_secret(scope: Scope, pixel_id: int, *, now: datetime) -> IssuedPixel:
    """Give the pixel a new secret; the former one is refused within a second. Raises NotFound."""
    pixel = _hold(scope, pixel_id)
    secret = secrets.token_urlsafe(32)
    pixel.secret_sha256, pixel.modified_at = _digest(secret), now
    pixel.save(update_fields=["secret_sha256", "modified_at"])
    audit.record(scope, "pixel.secret_rotated", _NOUN, pixel.pk, at=now)
    publish.publish_pixels([pixel.pk], at=now)
    return IssuedPixel(pixel.pk, secret)


@transaction.atomic
def set_enabled(scope: Scope, pixel_id: int, enabled: bool, *, now: datetime) -> None:  # noqa: FBT001 - the state itself, not a mode
    """Let the pixel report, or refuse what it reports within a second; what it reported stays. Raises NotFound."""
    pixel = _hold(scope, pixel_id)
    if pixel.enabled != enabled:
        pixel.enabled, pixel.modified_at = enabled, now
        pixel.save(update_fields=["enabled", "modified_at"])
        audit.record(scope, "pixel.switched_on" if enabled else "pixel.switched_off", _NOUN, pixel.pk, at=now)
        publish.publish_pixels([pixel.pk], at=now)


def _hold(scope: Scope, pixel_id: int) -> Pixel:
    scope.require(Right.CAMPAIGN_EDIT)
    rows = Pixel.objects.select_for_update(no_key=True).filter(pk=pixel_id, account_id=scope.account, origin=WEB)
    pixel = rows.first()
    if pixel is None:
        raise NotFound(noun="pixel")
    return pixel


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
