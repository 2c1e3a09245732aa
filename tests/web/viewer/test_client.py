"""``/vonk.js`` and ``/vonk.mjs``: small, for any page, and for machines alone."""

import gzip

import pytest
from django.test import Client

from vonk.web.viewer.views import client

SIZE_MAX = 8_000  # What a host's page pays for measuring.


def test_the_script_stays_small() -> None:
    assert len(client.load("vonk.js").compressed) < SIZE_MAX


@pytest.mark.parametrize("name", ["vonk.js", "vonk.mjs"])
def test_any_page_may_load_it(name: str) -> None:
    answer = Client().get(f"/{name}", headers={"Accept-Encoding": "br, gzip", "Origin": "https://host.example"})

    assert gzip.decompress(answer.content) == client.load(name).plain
    assert {field: answer.headers[field] for field in ("Content-Type", "Content-Encoding", "Cache-Control")} == {
        "Content-Type": "text/javascript; charset=utf-8",
        "Content-Encoding": "gzip",
        "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
    }
    assert (answer.headers["Access-Control-Allow-Origin"], answer.cookies) == ("*", {})
    assert "Cookie" not in answer.headers["Vary"]


def test_it_is_served_as_it_is() -> None:
    answer = Client().get("/vonk.js")

    assert answer.content == client.load("vonk.js").plain
    assert "Content-Encoding" not in answer.headers


def test_who_has_it_is_not_sent_it_again() -> None:
    tags = [Client().get("/vonk.js", headers=one).headers["ETag"] for one in ({}, {"Accept-Encoding": "gzip"})]
    again = Client().get("/vonk.js", headers={"If-None-Match": tags[0]})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tags[0])
    assert tags[0] != tags[1]
    assert Client().get("/vonk.js", headers={"If-None-Match": tags[1]}).status_code == 200


def test_it_is_only_read() -> None:
    assert Client().post("/vonk.js").status_code == 405
