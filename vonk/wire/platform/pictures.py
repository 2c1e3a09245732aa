"""Pictures: uploaded to be put into posts, or into an ad account's library."""

import msgspec

from vonk.content import queries
from vonk.content.actions import library_images, post_pictures
from vonk.content.queries import LibraryImage, PictureFacts
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class PictureName(Body, frozen=True):
    """The file's name, where the body is the file itself."""

    name: str | None = None


class PictureCreated(msgspec.Struct, frozen=True):
    id: int


@operation("POST", "/pictures", may=Right.CREATE, uploads=True, summary="Upload a picture")
def create_picture(call: Call[Nothing, PictureName]) -> PictureCreated:
    """JPEG, PNG, WebP or GIF, at most 50 MB and 40 megapixels; drawn anew, upright, without its metadata.

    It waits for a day to be put into a post.
    """
    assert call.upload is not None, "An upload operation has a file."
    return PictureCreated(post_pictures.add(call.scope, call.upload.file, now=call.now))


@operation("GET", "/pictures/{picture_id}", may=Right.CREATE, summary="Read a picture that waits")
def read_picture(call: Call[Nothing, Nothing]) -> PictureFacts:
    """One's own that is in no post yet."""
    return queries.picture(call.scope, call.id("picture_id"))


@operation("DELETE", "/pictures/{picture_id}", may=Right.CREATE, summary="Delete a picture that waits")
def delete_picture(call: Call[Nothing, Nothing]) -> None:
    """One's own that is in no post yet; those of a post go with it."""
    post_pictures.remove(call.scope, call.id("picture_id"), now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/images",
    may=Right.CAMPAIGN_EDIT,
    uploads=True,
    summary="Upload a picture to an account's library",
)
def create_image(call: Call[Nothing, PictureName]) -> PictureCreated:
    """For ads of pictures; called as its file, or nearly so where that name is taken."""
    assert call.upload is not None, "An upload operation has a file."
    upload = call.upload
    made = library_images.add(call.scope, upload.file, name=None, own_name=upload.name, md5=None, now=call.now)
    return PictureCreated(made)


@operation(
    "GET", "/accounts/{account_id}/images/{image_id}", may=Right.ACCOUNT_VIEW, summary="Read a picture of a library"
)
def read_image(call: Call[Nothing, Nothing]) -> LibraryImage:
    """As it is kept, and of what file it came."""
    return queries.library_image(call.scope, call.id("image_id"))
