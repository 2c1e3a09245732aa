"""Pixels, and how ad groups' conversions are attributed."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Min, QuerySet

from vonk.advertising.models import Ad, AdGroup, Campaign, Pixel
from vonk.advertising.queries.views import OfflineSetView, PixelView
from vonk.advertising.rules import Objective
from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.advertising.rules.pixels import Origin
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.events.conversions.codes import code_for_tests


def pixels(scope: Scope) -> tuple[PixelView, ...]:
    """Return all of the account's pixels, newest first (PIXELS_PER_ACCOUNT_MAX bounds them)."""
    scope.require(Right.ACCOUNT_VIEW)
    return tuple(_view(row) for row in _web().filter(account_id=scope.account).order_by("-pk"))


def offline_sets(scope: Scope) -> tuple[OfflineSetView, ...]:
    """Return the account's offline event sets that are not deleted, newest first (OFFLINE_SETS_MAX bounds them)."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Pixel.objects.filter(account_id=scope.account, origin=Origin.OFFLINE.value, deleted_at=None)
    return tuple(
        OfflineSetView(
            id=row.pk,
            name=row.name,
            description=row.description,
            kept=row.kept,
            created_at=row.created_at,
            modified_at=row.modified_at,
        )
        for row in rows.order_by("-pk")
    )


def pixels_of_accounts(scope: Scope, account_ids: Collection[int]) -> dict[int, tuple[PixelView, ...]]:
    """Return the pixels of each of the organisation's ad accounts that the caller found to be theirs, newest first."""
    scope.require(Right.BUSINESS_VIEW)
    found: dict[int, list[PixelView]] = {account_id: [] for account_id in account_ids if scope.reaches(account_id)}
    for row in _web().filter(account_id__in=list(found)).order_by("-pk"):
        found[row.account_id].append(_view(row))
    return {account_id: tuple(several) for account_id, several in found.items()}


def pixel(scope: Scope, pixel_id: int) -> PixelView:
    """Return the account's pixel; NotFound when there is none."""
    scope.require(Right.ACCOUNT_VIEW)
    row = _web().filter(pk=pixel_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="pixel")
    return _view(row)


def pixel_account(pixel_id: int, *, origins: Collection[Origin] = (Origin.WEB,)) -> int | None:
    """Return whose the pixel or offline event set is, for callers that make a scope of it; None when there is none."""
    rows = Pixel.objects.filter(pk=pixel_id, origin__in=[one.value for one in origins], deleted_at=None)
    return rows.values_list("account_id", flat=True).first()


def pixel_test_code(scope: Scope, pixel_id: int) -> str | None:
    """Return the code of the account's pixel for events that are tests; None of an offline event set, which has none."""
    secret_sha256 = _web().filter(pk=pixel_id, account_id=scope.account).values_list("secret_sha256", flat=True).first()
    return None if secret_sha256 is None else code_for_tests(secret_sha256)


def newest_landing_url(scope: Scope) -> str:
    """Return where the newest of the account's ads leads, "" while none leads anywhere."""
    scope.require(Right.ACCOUNT_VIEW)
    urls = (
        Ad.objects.filter(ad_group__campaign__account_id=scope.account, deleted_at=None)
        .exclude(landing_url="")
        .order_by("-pk")
    )
    return urls.values_list("landing_url", flat=True).first() or ""


def measured_since(account_ids: Collection[int]) -> dict[int, datetime]:
    """Return since when each of the accounts has had a pixel; those without any are absent."""
    rows = Pixel.objects.filter(account_id__in=account_ids).order_by().values_list("account_id")
    return {account_id: since for account_id, since in rows.annotate(since=Min("created_at")) if since is not None}


def attribution_settings(ad_group_ids: Collection[int]) -> dict[int, AttributionSettings]:
    """Return how each ad group's conversions are attributed."""
    return {row.pk: attribution_of(row) for row in AdGroup.objects.filter(pk__in=ad_group_ids)}


def objectives(campaign_ids: Collection[int]) -> dict[int, Objective]:
    """Return what each campaign wants to reach."""
    rows = Campaign.objects.filter(pk__in=campaign_ids).values_list("pk", "objective")
    return {campaign_id: Objective(objective) for campaign_id, objective in rows}


def attribution_of(row: AdGroup) -> AttributionSettings:
    """Return the attribution settings that the row keeps."""
    return AttributionSettings(row.click_days, row.engaged_view_days, row.view_days, Counting(row.counting))


def _web() -> QuerySet[Pixel]:
    return Pixel.objects.filter(origin=Origin.WEB.value)


def _view(row: Pixel) -> PixelView:
    return PixelView(
        id=row.pk,
        account_id=row.account_id,
        name=row.name,
        enabled=row.enabled,
        test_code=code_for_tests(row.secret_sha256),
        created_at=row.created_at,
        modified_at=row.modified_at,
    )
