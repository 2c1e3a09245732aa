"""What an ad account advertises, as its ads say."""

from django.db.models import Count

from vonk.advertising.models import Ad
from vonk.control.scope import Right, Scope


def advertised(scope: Scope) -> tuple[str, ...]:
    """Return the categories of the account's ads that are not deleted, those of most ads first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Ad.objects.filter(ad_group__campaign__account_id=scope.account, deleted_at=None).exclude(category="")
    counted = rows.values_list("category").annotate(ads=Count("pk")).order_by("-ads", "category")
    return tuple(category for category, _ in counted)
