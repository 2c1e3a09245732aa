"""Delete materials of an ad account's library that nothing of the account uses."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import TextField
from django.db.models.functions import Cast

from vonk.advertising.models import Portfolio
from vonk.advertising.rules import portfolios as rules
from vonk.content.actions import library_removals
from vonk.content.errors import MaterialInUse
from vonk.control.scope import Right, Scope
from vonk.core.errors import Phrase, Problem
from vonk.identity.actions import accounts


class Kept(msgspec.Struct, frozen=True):
    """A material that was not deleted, and why."""

    material_id: int
    problem: Problem


def remove(
    scope: Scope, *, video_ids: Sequence[int], images: Sequence[tuple[int, str]], now: datetime
) -> tuple[list[Kept], list[Kept]]:
    """Delete each material that can be; return the videos and the pictures that stay, with what is in the way.

    ``images`` are ids with the names that portfolios know them by. Raises RightMissing.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    videos_kept, images_kept = [], []
    for video_id in dict.fromkeys(video_ids):
        try:
            library_removals.remove_video(scope, video_id, now=now)
        except Problem as problem:
            videos_kept.append(Kept(video_id, problem))
    accounts.hold(scope.account)  # Nobody makes a portfolio of a picture while it goes.
    for image_id, name in dict(images).items():
        try:
            _require_unused(scope, image_id, name)
            library_removals.remove_image(scope, image_id, now=now)
        except Problem as problem:
            images_kept.append(Kept(image_id, problem))
    return videos_kept, images_kept


def _require_unused(scope: Scope, image_id: int, name: str) -> None:
    rows = Portfolio.objects.filter(account_id=scope.account, deleted_at=None)
    likely = rows.annotate(written=Cast("content", TextField())).filter(written__contains=f'"{name}"')
    for portfolio in likely:
        if name in rules.images(portfolio.content):
            raise MaterialInUse(
                material_id=image_id, user=Phrase("portfolio %(portfolio_id)s shows it", portfolio_id=portfolio.pk)
            )
