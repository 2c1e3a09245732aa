"""One served sandbox for all clients: Cleo's codes, Ada's ad account, Olu who reviews, Mallory who has no part in it."""

from collections.abc import Iterator

import msgspec
import pytest

from tests.wire.serving import Platform, serving, wait_for
from tests.wire.test_spine import Person, clip, code_for, opened_account, operator

CODES: int = 3


class Coded(msgspec.Struct, frozen=True):
    """A post of Cleo's, and a code for it."""

    post_id: str
    code: str
    consent_id: str


class Stage(msgspec.Struct, frozen=True):
    """What a client is given."""

    platform: Platform
    ada: Person
    olu: Person
    vik: Person
    advertiser_id: str
    token: str
    mallorys_token: str
    cleo: Person
    posts: tuple[Coded, ...]
    clip: bytes

    @property
    def site(self) -> str:
        return self.platform.url("site")


def posted(cleo: Person, video_id: str) -> str:
    """Wait until the video is processed, and post it."""
    wait_for(lambda: cleo.does("GET", f"/videos/{video_id}")["state"] == "ready", "the video is not processed")
    post_id: str = cleo.does(
        "POST", "/posts", {"video_id": video_id, "caption": "Bread, slowly #bread", "visibility": "public"}
    )["id"]
    return post_id


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("sdk")
    with serving(folder / "data", "--sandbox") as platform:
        cleo, ada, vik, mallory = (Person(platform, name) for name in ("cleo", "ada", "vik", "mallory"))
        for person in (cleo, ada, vik, mallory):
            person.sign_up()
            person.sign_in()
        film = clip(folder)  # Drawn once; the three are processed while the others wait.
        video_ids = [cleo.does("POST", "/videos?name=clip.mp4", raw=film)["id"] for _ in range(CODES)]
        posts = []
        for video_id in video_ids:
            post_id = posted(cleo, video_id)
            issued = code_for(cleo, post_id)
            posts.append(Coded(post_id, issued["code"], issued["id"]))
        tokens = {
            person.name: person.does("POST", "/tokens", {"label": "clients"})["token"] for person in (ada, mallory)
        }
        yield Stage(
            platform,
            ada,
            operator(platform),
            vik,
            opened_account(ada),
            tokens["ada"],
            tokens["mallory"],
            cleo,
            tuple(posts),
            film,
        )
