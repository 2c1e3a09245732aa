"""One served sandbox for all clients: Cleo's codes, Ada's ad account, Olu who reviews, Mallory who has no part in it."""

from collections.abc import Iterator

import msgspec
import pytest

from tests.wire.serving import Platform, serving
from tests.wire.test_spine import Person, clip, code_for, opened_account, operator, published

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


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("sdk")
    with serving(folder / "data", "--sandbox") as platform:
        cleo, ada, vik, mallory = (Person(platform, name) for name in ("cleo", "ada", "vik", "mallory"))
        for person in (cleo, ada, vik, mallory):
            person.sign_up()
            person.sign_in()
        posts = []
        for number in range(CODES):
            of_one = folder / str(number)
            of_one.mkdir()
            post_id = published(cleo, of_one)
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
            clip(folder),
        )
