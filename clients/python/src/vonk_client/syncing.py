"""Tell the platform of the host's accounts, posts, sounds and follows, and hear what became of each."""

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from vonk_client.errors import ClientError, Refused, Unreachable
from vonk_client.transport import Transport

BATCH_MAX = 500
DELETIONS_MAX = 100
TIMEOUT = 60.0
ATTEMPTS_MAX = 5
_FILMS = 50
_WAIT = 0.5  # Seconds before the second attempt; then twice as long.
_BUSY = frozenset({409, 429, 500, 502, 503, 504})  # Worth another attempt with the same key.


class ItemInvalid(ClientError):
    """An item could never be taken: it has no external id or no version."""

    remedy = "Give each item its external_id (follows: follower and followed) and a version that only grows."


@dataclass(frozen=True)
class Verdict:
    """What became of one item: applied, unchanged, stale or refused, with ``code`` and ``reason``. ``id`` is its object here."""

    external_id: str
    verdict: str
    id: str
    code: str
    reason: str
    kept: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Say whether the item has to be corrected and sent again."""
        return self.verdict == "refused"


@dataclass(frozen=True)
class Film:
    """A film of one of the host's people. ``state`` is uploaded, processing, ready or failed; ``failure`` says why."""

    video_id: str
    state: str
    failure: str | None


class Sync:
    """The host's server at the platform's site, by the key that its operator made for the host.

    Any number of items a call: they go out in batches, in their order. A batch that is not answered is sent again with the
    same key, so that nothing happens twice. Raises Unreachable and Refused when that does not help; batches before it are done.
    """

    def __init__(self, site_url: str, key: str, *, timeout: float = TIMEOUT) -> None:
        self._transport, self._key, self._timeout = Transport(site_url), key, timeout

    def accounts(self, items: Iterable[Mapping[str, Any]]) -> list[Verdict]:
        """Tell of accounts: external_id, version, display_name, country, and what else /platform/v1/docs names."""
        return self._all("accounts", items, BATCH_MAX)

    def posts(self, items: Iterable[Mapping[str, Any]]) -> list[Verdict]:
        """Tell of posts: external_id, version, account, created_at, and media, video_id or pictures."""
        return self._all("posts", items, BATCH_MAX)

    def sounds(self, items: Iterable[Mapping[str, Any]]) -> list[Verdict]:
        """Tell of sounds: external_id, version, title, commercial."""
        return self._all("sounds", items, BATCH_MAX)

    def follows(self, items: Iterable[Mapping[str, Any]]) -> list[Verdict]:
        """Tell of follows: follower, followed, version; with following False they end."""
        return self._all("follows", items, BATCH_MAX)

    def deletions(self, items: Iterable[Mapping[str, Any]]) -> list[Verdict]:
        """Delete for good: kind (account, post or sound), external_id, version."""
        return self._all("deletions", items, DELETIONS_MAX)

    def fetch_video(self, account: str, url: str) -> str:
        """Have a film of this person fetched from a public address; return the video_id for posts, once it is processed.

        Raises Refused with the code url_…, video_… or uploads_waiting when it is not taken.
        """
        return str(self._post("/sync/videos/fetch", {"account": account, "url": url})["id"])

    def videos(self, account: str) -> list[Film]:
        """Return this person's newest films and how far they are, at most fifty."""
        asked = urlencode({"account": account, "page_size": _FILMS})
        answer = self._transport.get(
            f"/platform/v1/sync/videos?{asked}", bearer=self._key, timeout=self._timeout, now=time.time()
        )
        return [Film(str(one["id"]), one["state"], one["failure"]) for one in answer["items"]]

    def let_in(self, account: str, *, post: str | None = None) -> str:
        """Return a path of the site that lets this person in once, within five minutes; send their browser there."""
        asked = {"account": account} if post is None else {"account": account, "post": post}
        return str(self._post("/hosts/sessions", asked)["path"])

    def viewer_token(self, account: str) -> str:
        """Return the token with which ads are asked for on behalf of this viewer, for an hour."""
        return str(self._post("/hosts/viewer_tokens", {"account": account})["viewer_token"])

    def reconcile(self, kind: str, external_ids: Iterable[str]) -> "Reconciliation":
        """Name everything of a kind that the host has; return what is missing there, and how much is there that was not named."""
        path = f"/sync/reconciliations/{self._post('/sync/reconciliations', {'kind': kind})['id']}"
        missing: list[str] = []
        for page in _batches(list(external_ids), BATCH_MAX):
            missing += self._post(f"{path}/pages", {"external_ids": list(page)})["missing"]
        self._post(f"{path}/pages", {"external_ids": [], "last": True})
        answer = self._transport.get(f"/platform/v1{path}", bearer=self._key, timeout=self._timeout, now=time.time())
        return Reconciliation(self, path, tuple(missing), int(answer["extra"]))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _all(self, kind: str, items: Iterable[Mapping[str, Any]], most: int) -> list[Verdict]:
        told = [dict(item) for item in items]
        for item in told:
            if "version" not in item or not ("external_id" in item or {"follower", "followed"} <= item.keys()):
                raise ItemInvalid(f"{item!r} lacks its id or its version")
        found: list[Verdict] = []
        for batch in _batches(told, most):
            found += _verdicts(self._post(f"/sync/{kind}", {"items": list(batch)}))
        return found

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        sent, headers = json.dumps(body).encode(), {"Idempotency-Key": str(uuid.uuid4())}
        for attempt in range(1, ATTEMPTS_MAX + 1):
            wait = _WAIT * 2 ** (attempt - 1)
            try:
                return self._transport.post(
                    f"/platform/v1{path}",
                    sent,
                    bearer=self._key,
                    timeout=self._timeout,
                    now=time.time(),
                    headers=headers,
                )
            except Unreachable:
                if attempt == ATTEMPTS_MAX:
                    raise
            except Refused as refused:
                again = refused.status != 409 or refused.code == "idempotency_key_underway"
                if attempt == ATTEMPTS_MAX or refused.status not in _BUSY or not again:
                    raise
                wait = max(wait, refused.retry_after or 0.0)
            time.sleep(wait)
        raise AssertionError("The last attempt answers or raises.")


@dataclass(frozen=True)
class Reconciliation:
    """What a reconciliation found. Nothing is deleted until ``delete_extra`` is called."""

    sync: Sync
    path: str
    missing: tuple[str, ...]
    extra: int

    def delete_extra(self) -> list[Verdict]:
        """Delete there what the host did not name, for good; return the verdicts."""
        found: list[Verdict] = []
        left = self.extra
        while left:
            told = _verdicts(self.sync._post(f"{self.path}/confirmation", {"extra": left}))  # noqa: SLF001 - of this file.
            done = sum(not one.refused for one in told)
            found += told
            if not done:
                break  # What is left is refused, each by its reason.
            left -= done
        return found


def _verdicts(answer: Mapping[str, Any]) -> list[Verdict]:
    try:
        return [
            Verdict(one["external_id"], one["verdict"], one["id"], one["code"], one["reason"], tuple(one["kept"]))
            for one in answer["items"]
        ]
    except (KeyError, TypeError) as error:
        raise Refused(200, "unreadable", "The answer is no list of verdicts.", "Update this client.") from error


def _batches(items: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    return (items[at : at + most] for at in range(0, len(items), most))
