"""The person who calls, and what they say of themselves."""

from vonk.content import queries as content
from vonk.content.actions import profiles
from vonk.content.queries import ProfileBrief
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid
from vonk.identity import queries as identity
from vonk.identity.actions import people
from vonk.identity.queries import PersonView
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class Preferences(Body, frozen=True):
    """What may be known of a person, and whether ads may be chosen by it."""

    language: str
    country: str
    gender: str | None = None
    interests: tuple[str, ...] = ()
    personalised: bool = False


class ProfileChanges(Body, frozen=True):
    """The profile as it shall be; the handle stays unless one is given."""

    display_name: str
    bio: str = ""
    handle: str | None = None


AVATAR_BYTES_MAX = 5_242_880


@operation("GET", "/me", may=Right.VIEW, summary="Read oneself")
def read_me(call: Call[Nothing, Nothing]) -> PersonView:
    """Everything that the platform keeps of the caller as a person."""
    return identity.person(call.scope)


@operation(
    "PUT",
    "/me/preferences",
    may=Right.VIEW,
    summary="Set preferences",
    example={"language": "nl", "country": "NL", "interests": ["food"], "personalised": True},
)
def set_preferences(call: Call[Preferences, Nothing]) -> None:
    """Without ``personalised`` ads are chosen by context alone, as they always are for minors."""
    asked = call.body
    people.set_preferences(
        call.scope,
        language=asked.language,
        country=asked.country,
        gender=asked.gender,
        interests=asked.interests,
        personalised=asked.personalised,
        now=call.now,
    )


@operation("GET", "/me/profile", may=Right.CREATE, summary="Read one's profile")
def read_profile(call: Call[Nothing, Nothing]) -> ProfileBrief | None:
    """Null before there is one."""
    return content.own_profile(call.scope)


@operation(
    "PUT", "/me/profile", may=Right.CREATE, summary="Change one's profile", example={"display_name": "Cleo creates"}
)
def set_profile(call: Call[ProfileChanges, Nothing]) -> None:
    """Replaces name and description."""
    asked = call.body
    profiles.update(call.scope, display_name=asked.display_name, bio=asked.bio, handle=asked.handle, now=call.now)


class ProfilePrivacy(Body, frozen=True):
    private: bool


@operation(
    "PUT", "/me/profile/privacy", may=Right.CREATE, summary="Make one's profile private", example={"private": True}
)
def set_privacy(call: Call[ProfilePrivacy, Nothing]) -> None:
    """Only followers see its posts then. Never refused: ads with posts that are not ads-only stop at once."""
    profiles.set_private(call.scope, call.body.private, now=call.now)


@operation("PUT", "/me/profile/avatar", may=Right.CREATE, uploads=True, summary="Set the profile's picture")
def set_avatar(call: Call[Nothing, Nothing]) -> None:
    """Send the picture as the body, or as the part ``file`` of a form."""
    assert call.upload is not None, "An upload operation has a file."
    picture = call.upload.file.read(AVATAR_BYTES_MAX + 1)
    if len(picture) > AVATAR_BYTES_MAX:
        raise FieldInvalid("file", "at most %(most)s bytes", most=AVATAR_BYTES_MAX)
    profiles.set_avatar(call.scope, picture, now=call.now)
