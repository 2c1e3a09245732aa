"""A picture of an ad account's library, drawn anew in another size."""

import hashlib
from datetime import datetime

from vonk.content import library, media, pictures
from vonk.content.actions import library_images
from vonk.content.errors import MaterialNameTaken
from vonk.content.models import Image
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, Phrase
from vonk.core.ids import new_id


def edit(
    scope: Scope, image_id: int, how: pictures.Edit, *, width: int, height: int, name: str | None, now: datetime
) -> int:
    """Keep another picture in the account's library, in exactly this size; return its id. The first one stays as it is.

    ``name`` None: it is called like the first, with a mark. Raises NotFound, FieldInvalid (width, height),
    MaterialNameTaken, ImageDamaged; then nothing is kept.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    for field, side in (("width", width), ("height", height)):
        if not pictures.EDITED_SIDE_MIN <= side <= pictures.EDITED_SIDE_MAX:
            raise FieldInvalid(
                field, "%(least)s to %(most)s pixels", least=pictures.EDITED_SIDE_MIN, most=pictures.EDITED_SIDE_MAX
            )
    asked = None if name is None else library.asked_name(name)
    if asked is not None and library_images.is_named(scope.account, asked):
        raise MaterialNameTaken(noun=Phrase("image"), name=asked)
    source = Image.objects.filter(pk=image_id, account_id=scope.account).first()
    if source is None:
        raise NotFound(noun="image")
    own = library.told_apart(source.name or f"cover.{source.format}", new_id())
    with media.scratch("image") as folder:
        target = folder / "image"
        with media.store().local(source.key) as file:
            drawn = pictures.reshape(file, target, how, width=width, height=height)
        body = target.read_bytes()
        return library_images.keep(
            scope, target, drawn, source_bytes=len(body),
            source_md5=hashlib.md5(body, usedforsecurity=False).hexdigest(), asked=asked, own=own, now=now,
        )  # fmt: skip
