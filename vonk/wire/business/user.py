"""The person whose token it is."""

from vonk.content import queries as content
from vonk.control.scope import Right
from vonk.identity import queries as identity
from vonk.wire.business.asked import Asked
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.operation import Call, Over, operation


class UserInfo(Given, frozen=True):
    """Who calls. ``create_time`` is in epoch seconds; the e-mail address is masked."""

    core_user_id: Digits
    display_name: str
    email: str
    create_time: int
    avatar_url: str


@operation("GET", "user/info", may=Right.VIEW, over=Over.PERSON, summary="Read who calls", example={})
def info(call: Call[Asked]) -> UserInfo:
    """The person who authorised the app, or whose own token it is."""
    person = identity.person(call.scope)
    profile = content.own_profile(call.scope)  # Whoever never posted may have none.
    return UserInfo(
        core_user_id=str(person.id),
        display_name=person.display_name,
        email=_masked(person.email),
        create_time=int(person.joined_at.timestamp()),
        avatar_url=call.link(profile.avatar_url) if profile is not None else "",
    )


def _masked(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[:1]}***{name[-1:]}@{host}"
