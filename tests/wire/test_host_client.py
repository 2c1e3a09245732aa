"""The host's Python client at the platform API: batches, verdicts, repeats and reconciliations."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.conf import LazySettings
from django.test import Client
from vonk_client import Film, ItemInvalid, Refused, Sync, Unreachable, syncing

from tests.wire import hosting
from tests.wire.business.test_file import server, whole
from tests.wire.conftest import Town
from vonk.content.actions import processing
from vonk.content.models import HostItem, Post
from vonk.control import clock
from vonk.control.models import WebhookDelivery


class Line:
    """Stands for the network between client and site; ``cuts`` answers are lost on the way back."""

    def __init__(self) -> None:
        self.cuts = 0
        self.sizes: list[int] = []

    def post(self, path: str, body: bytes, *, bearer: str, headers: Mapping[str, str], **_: Any) -> Any:
        self.sizes.append(len(json.loads(body).get("items", ())))
        sent = {"Authorization": f"Bearer {bearer}", **headers}
        response = Client().post(path, body, content_type="application/json", headers=sent)
        return self._answer(response.status_code, response.content)

    def get(self, path: str, *, bearer: str, **_: Any) -> Any:
        response = Client().get(path, headers={"Authorization": f"Bearer {bearer}"})
        return self._answer(response.status_code, response.content)

    def _answer(self, status: int, content: bytes) -> Any:
        if self.cuts:
            self.cuts -= 1
            raise Unreachable("cut")
        answer = json.loads(content)
        if status not in {200, 201}:
            raise Refused(status, answer["code"], answer["title"], answer["remedy"])
        return answer


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def sync(town: Town, line: Line, monkeypatch: pytest.MonkeyPatch) -> Sync:
    hosting.settle(town.ids, town.tokens, monkeypatch)
    monkeypatch.setattr(syncing, "_WAIT", 0.0)
    client = Sync("http://localhost", town.tokens["host"])
    monkeypatch.setattr(client, "_transport", line)
    return client


def test_items_go_out_in_batches_and_come_back_in_order(
    sync: Sync, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "BATCH_MAX", 2)

    told = sync.posts([hosting.post("p-2", 1), hosting.post("p-3", 1, account="nobody"), hosting.post("p-4", 1)])

    assert [(one.external_id, one.verdict) for one in told] == [
        ("p-2", "applied"),
        ("p-3", "refused"),
        ("p-4", "applied"),
    ]
    assert (told[1].refused, told[1].code, line.sizes) == (True, "sync_account_unknown", [2, 1])
    with pytest.raises(ItemInvalid):
        sync.accounts([{"external_id": "u-9"}])


def test_an_answer_that_was_lost_is_asked_for_again(sync: Sync, line: Line) -> None:
    line.cuts = 2

    assert [one.verdict for one in sync.accounts([hosting.account("u-2", 1)])] == ["applied"]
    assert HostItem.objects.filter(external_id="u-2").count() == 1
    line.cuts = syncing.ATTEMPTS_MAX
    with pytest.raises(Unreachable):
        sync.accounts([hosting.account("u-3", 1)])


def test_what_the_host_has_no_more_is_deleted_when_it_says_so(sync: Sync) -> None:
    sync.posts([hosting.post(f"p-{number}", 1) for number in (2, 3)])
    HostItem.objects.update(synced_at=clock.present().now() - timedelta(hours=1))

    found = sync.reconcile("post", ["p-1", "p-77"])

    assert (found.missing, found.extra) == (("p-77",), 2)
    assert Post.objects.filter(external_id__in=["p-2", "p-3"], deleted_at=None).count() == 2
    assert [one.verdict for one in found.delete_extra()] == ["applied", "applied"]
    assert Post.objects.filter(external_id__in=["p-2", "p-3"], deleted_at=None).count() == 0


def test_people_are_let_in_and_watch(sync: Sync) -> None:
    assert sync.let_in("u-1", post="p-1").startswith("/enter/#")
    assert sync.viewer_token("u-1")
    with pytest.raises(Refused, match="not_found"):
        sync.let_in("nobody")


def test_films_are_fetched_from_where_the_host_says(sync: Sync, settings: LazySettings) -> None:
    with pytest.raises(Refused) as refused:
        sync.fetch_video("u-1", "http://127.0.0.1/inside.mp4")
    assert refused.value.code == "url_invalid"
    settings.VONK = msgspec.structs.replace(settings.VONK, fetch_networks=("127.0.0.0/8",))
    with server(whole(b"not yet looked at")) as url:
        video_id = sync.fetch_video("u-1", url)
    assert sync.videos("u-1")[0] == Film(video_id, "uploaded", None)
    (told,) = sync.posts([hosting.post("p-9", 1, media=None, video_id=video_id)])
    assert (told.verdict, told.code) == ("refused", "video_not_ready")
    processing.process(int(video_id), now_source=clock.present().now)
    assert sync.videos("u-1")[0] == Film(video_id, "failed", "video_missing")
    delivery = WebhookDelivery.objects.select_related("event", "endpoint").get(event__topic="video.failed")
    assert (delivery.endpoint.owner_kind, json.loads(delivery.event.payload)) == ("host", {
        "video_id": video_id, "account": "u-1", "state": "failed", "failure": "video_missing", "width": 0, "height": 0,
        "duration_ms": 0,
    })  # fmt: skip
    with server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as url, pytest.raises(Refused) as refused:
        sync.fetch_video("u-1", url)
    assert refused.value.code == "url_unavailable"
    with pytest.raises(Refused) as refused:
        sync.fetch_video("nobody", "https://media.example.org/p.mp4")
    assert refused.value.status == 404
