"""The smallest valid documents, and an index, a runtime and an ASGI client to use them with."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from vonk.core.clock import FixedClock, to_ms
from vonk.delivery import snapshot
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.server.app import AdServer, make_app
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import Billing, Budget, Document, DocumentKind, Pacing, Publication, Targeting
from vonk.events.log import EventLog
from vonk.events.tokens import Signer, ViewerClaims
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.storage.memory.publication_feed import MemoryPublicationFeed

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NOW_MS = to_ms(NOW)
DAY_MS = 86_400_000
KEY = bytes(range(32))
ACCOUNT, CAMPAIGN, GROUP, AD, GRANT, POST = 1, 10, 100, 1_000, 2_000, 3_000
VIK = Viewer("vik", "NL", "nl", "25_34", "male", "android", ("food",))
USER_AGENT = "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"
Made = TypeVar("Made")


def make(document: Made, changes: dict[str, Any]) -> Made:
    return msgspec.structs.replace(document, **changes)  # type: ignore[type-var]  # Every document is a Struct.


def campaign(**changes: Any) -> snapshot.CampaignDocument:
    return make(snapshot.CampaignDocument(CAMPAIGN, ACCOUNT, "EUR", "Europe/Amsterdam", "traffic", Budget()), changes)


def ad_group(**changes: Any) -> snapshot.AdGroupDocument:
    return make(
        snapshot.AdGroupDocument(
            GROUP, CAMPAIGN, Billing.CPM, 5_000_000, Budget(), Pacing.FAST, NOW_MS - DAY_MS, None, Targeting(), None
        ),
        changes,
    )


def ad(**changes: Any) -> snapshot.AdDocument:
    return make(
        snapshot.AdDocument(
            AD, GROUP, CAMPAIGN, ACCOUNT, GRANT, POST, "learn_more", "https://shop.example/", "Ada's shop", "Ada"
        ),
        changes,
    )


def grant(**changes: Any) -> snapshot.GrantDocument:
    return make(snapshot.GrantDocument(GRANT, POST, ACCOUNT, NOW_MS - DAY_MS, NOW_MS + DAY_MS), changes)


def post(**changes: Any) -> snapshot.PostDocument:
    return make(
        snapshot.PostDocument(
            POST, 7, "cleo", "Cleo", "/a.webp", "Bread", 1, "Sound", "/v.mp4", "/p.jpg", 5_000, 360, 640, True, True
        ),
        changes,
    )


def funds(**changes: Any) -> snapshot.FundsDocument:
    return make(snapshot.FundsDocument(ACCOUNT, "EUR", 10**12, 0), changes)


def kind_of(document: Document) -> DocumentKind:
    return next(kind for kind, made in snapshot.DOCUMENT_TYPES.items() if type(document) is made)


def id_of(document: Document) -> int:
    if isinstance(document, snapshot.FundsDocument):
        return document.account_id
    return 1 if isinstance(document, snapshot.ClockDocument | snapshot.ValidityDocument) else document.id


def one_ad(**changed: Document) -> list[Document]:
    """Everything that one Spark Ad needs; name a kind to replace its document."""
    documents: dict[str, Document] = {
        "campaign": campaign(),
        "ad_group": ad_group(),
        "ad": ad(),
        "grant": grant(),
        "post": post(),
        "funds": funds(),
    }
    return list((documents | changed).values())


def rival(number: int, **group: Any) -> list[Document]:
    """Another advertiser's ad, complete, with ids of its own. Keywords change its ad group."""
    account, own, group_id, ad_id = ACCOUNT + number, CAMPAIGN + number, GROUP + number, AD + number
    grant_id, post_id = GRANT + number, POST + number
    return [
        campaign(id=own, account_id=account),
        ad_group(id=group_id, campaign_id=own, **group),
        ad(id=ad_id, ad_group_id=group_id, campaign_id=own, account_id=account, grant_id=grant_id, post_id=post_id),
        grant(id=grant_id, post_id=post_id, account_id=account),
        post(id=post_id),
        funds(account_id=account),
    ]


def publish(index: Index, *documents: Document) -> None:
    for document in documents:
        index.apply(Publication(index.sequence + 1, kind_of(document), id_of(document), document))


def withdraw(index: Index, document: Document) -> None:
    index.apply(Publication(index.sequence + 1, kind_of(document), id_of(document), None))


def index_of(*documents: Document, counters: MemoryCounters | None = None) -> tuple[Index, MemoryCounters]:
    counters = counters or MemoryCounters()
    index = Index(counters)
    publish(index, *documents)
    counters.caps_known()
    return index, counters


class Ads:
    """An ad server in this process, asked through its ASGI door."""

    def __init__(self, app: AdServer, feed: MemoryPublicationFeed, clock: FixedClock) -> None:
        self.app = app
        self.feed = feed
        self.clock = clock
        self.signer = Signer([KEY])
        self.headers: dict[str, str] = {}
        self.address = "192.0.2.7"

    def viewer(self, viewer_id: str = "vik", **claims: Any) -> str:
        return self.signer.sign_viewer(make(ViewerClaims(viewer_id, NOW_MS + 100 * DAY_MS, "NL", "nl"), claims))

    async def call(
        self, method: str, path: str, body: bytes | Any = b"", headers: Mapping[str, str | None] | None = None
    ) -> tuple[int, Any]:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        sent: list[Any] = []
        shown: dict[str, str | None] = {"user-agent": USER_AGENT, **(headers or {})}
        asked = iter([{"type": "http.request", "body": content, "more_body": False}])
        scope = {
            "type": "http",
            "method": method,
            "path": path.partition("?")[0],
            "query_string": path.partition("?")[2].encode(),
            "client": (self.address, 50_000),
            "headers": [(name.encode(), value.encode()) for name, value in shown.items() if value is not None],
        }

        async def receive() -> Any:
            return next(asked)

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        names = [name for name, _ in sent[0]["headers"]]
        assert len(names) == len(set(names)), f"A browser refuses a header that comes twice: {names}"
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        answer = sent[1]["body"]
        return sent[0]["status"], msgspec.json.decode(answer) if "json" in self.headers.get(
            "content-type", ""
        ) else answer

    async def slot(self, viewer: str | None = None, **slot: Any) -> Any:
        status, answer = await self.call(
            "POST", "/v1/decisions", {"viewer": viewer or self.viewer(), "slots": [{"position": 4, **slot}]}
        )
        assert status == 200, answer
        return answer["slots"][0]

    async def report(self, token: str, *kinds: str, salt: str = "") -> list[tuple[str, str | None]]:
        events = [{"id": f"{salt}{kind}", "kind": kind, "token": token, "at": NOW_MS} for kind in kinds]
        status, answer = await self.call("POST", "/v1/events", {"events": events})
        assert status == 200, answer
        return [(verdict["verdict"], verdict["reason"]) for verdict in answer["verdicts"]]

    async def publish(self, *documents: Document) -> None:
        for document in documents:
            await self._applied(self.feed.publish(kind_of(document), id_of(document), document))

    async def withdraw(self, document: Document) -> None:
        await self._applied(self.feed.withdraw(kind_of(document), id_of(document)))

    async def _applied(self, sequence: int) -> None:
        while self.app.runtime.index.sequence < sequence:  # noqa: ASYNC110 - the server needs no event for it.
            await asyncio.sleep(0.001)


def with_ads(
    story: Callable[[Ads], Awaitable[Made]],
    *documents: Document,
    log: EventLog | None = None,
    options: Options | None = None,
    clock: FixedClock | None = None,
) -> Made:
    """Start an ad server on the documents, let the story happen, stop it."""
    feed, clock = MemoryPublicationFeed(), clock or FixedClock(NOW)
    for document in documents:
        feed.publish(kind_of(document), id_of(document), document)
    app = make_app(
        feed=feed,
        log=log or MemoryEventLog(),
        signer=Signer([KEY]),
        counters=MemoryCounters(),
        clock=clock,
        options=options or Options(),
    )

    async def live() -> Made:
        await app.runtime.start()
        try:
            return await story(Ads(app, feed, clock))
        finally:
            await app.runtime.stop()

    return asyncio.run(live())
