from http import HTTPMethod, HTTPStatus

import pytest

from vonk.wire.errors import MethodMissing, RouteMissing
from vonk.wire.operation import Call, Nothing, Operation
from vonk.wire.routes import Routes


def nothing(_call: Call[Nothing, Nothing]) -> None:
    """Do nothing."""


def declared(method: str, path: str) -> Operation:
    return Operation(
        method=HTTPMethod(method),
        path=path,
        may=None,
        summary=path,
        description="",
        handler=nothing,
        body=Nothing,
        query=Nothing,
        answer=None,
        status=HTTPStatus.NO_CONTENT,
        uploads=False,
        alone=False,
        example=None,
    )


ROUTES = Routes([
    declared("GET", "/posts/{post_id}"),
    declared("DELETE", "/posts/{post_id}"),
    declared("GET", "/posts/newest"),
    declared("GET", "/posts/{post_id}/comments"),
])  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "summary", "named"),
    [
        ("GET", "/posts/7", "/posts/{post_id}", {"post_id": "7"}),
        ("HEAD", "/posts/7/", "/posts/{post_id}", {"post_id": "7"}),
        ("DELETE", "/posts/7", "/posts/{post_id}", {"post_id": "7"}),
        ("GET", "/posts/newest", "/posts/newest", {}),
        ("GET", "/posts/7/comments", "/posts/{post_id}/comments", {"post_id": "7"}),
    ],
)
def test_a_path_means_one_operation(method: str, path: str, summary: str, named: dict[str, str]) -> None:
    operation, found = ROUTES.match(method, path)
    assert (operation.summary, found) == (summary, named)


@pytest.mark.parametrize("path", ["/", "/posts", "/posts//comments", "/posts/7/likes", "/" + "a/" * 500])
def test_what_no_operation_has_is_missing(path: str) -> None:
    with pytest.raises(RouteMissing):
        ROUTES.match("GET", path)


def test_a_path_tells_its_methods() -> None:
    with pytest.raises(MethodMissing) as refusal:
        ROUTES.match("PATCH", "/posts/7")
    assert refusal.value.values["allowed"] == "DELETE, GET"
