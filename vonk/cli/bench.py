"""``vonk bench``: how fast this machine decides, takes events, and withdraws an ad.

A private server on a directory of its own; load from wrk; server and load on a core each.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from vonk.cli import (
    bench_business,
    bench_consent,
    bench_decide,
    bench_expiry,
    bench_load,
    bench_money,
    bench_predict,
    bench_shortlist,
    bench_tables,
    bench_world,
)
from vonk.cli.bench_figures import Json, show
from vonk.config import wiring
from vonk.core import ids
from vonk.delivery.snapshot import DocumentKind, GrantDocument
from vonk.events.log import Position
from vonk.events.records import Claims, EventRecord, Kind
from vonk.events.tokens import Signer

app = typer.Typer(help="Measure this machine.", no_args_is_help=True)
app.command()(bench_decide.decide)
app.command()(bench_predict.predict)
app.command()(bench_shortlist.shortlist)
app.command()(bench_money.settle)
app.command()(bench_money.audit)
app.command()(bench_consent.consent)
app.command()(bench_business.business)
app.command()(bench_tables.tables)

TOKENS: Final = 20_000
WATCHED_MS: Final = 60_000  # So long ago were the events' showings decided: what is reported could have been watched.
REVOKE_ROUNDS: Final = 5
REVOKE_PATIENCE_SECONDS: Final = 5.0
EXPIRES_IN_MS: Final = 700

_EVENTS_LUA: Final = """
local tokens = {}
for line in io.lines("%s") do tokens[#tokens + 1] = line end
local kinds = {"impression", "play", "view_2s", "view_6s", "p25", "p50", "watch", "click_destination"}
local headers = {["content-type"] = "application/json", ["user-agent"] = "Mozilla/5.0 (Android 14; Mobile) Firefox/131.0"}
local n, salt = 0, %d
local batch, sampled = %d, 0
request = function()
  local events = {}
  for i = 1, batch do
    n = n + 1
    local showing = math.floor((n - 1) / #kinds)
    events[i] = '{"id":"' .. salt .. '-' .. n .. '","kind":"' .. (showing < #tokens and kinds[n %% #kinds + 1] or "watch")
      .. '","token":"' .. tokens[showing %% #tokens + 1] .. '","at":' .. %d .. ',"value":40}'
  end
  return wrk.format("POST", nil, headers, '{"events":[' .. table.concat(events, ",") .. ']}')
end
"""


class EventsFigures(msgspec.Struct, frozen=True):
    """What ``bench events`` found."""

    events_per_s: float
    p50_ms: float
    p99_ms: float


class RevokeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from the end of a consent to the last answer with its ad. Negative: none came after the end."""

    revoke_ms_max: float
    revoke_ms_median: float
    expire_ms_max: float
    expire_ms_median: float
    rounds: int


@app.command()
def events(
    batch: Annotated[int, typer.Option(min=1, max=500)] = 20,
    clients: Annotated[int, typer.Option(min=1)] = 32,
    seconds: Annotated[int, typer.Option(min=1)] = 10,
    log: Annotated[str, typer.Option(help="Address of a log to write to, as in event_log_url; the events stay.")] = "",
    json_output: Json = False,
) -> None:
    """Events a second over HTTP, each acknowledged when it is durable: embedded, after it was synced to disk."""
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        directory = Path(name)
        _publish_world(directory, 100, 1.0).close()
        tokens = _showing_tokens(Signer([bench_load.KEY]))
        now_ms = time.time_ns() // 1_000_000
        script = directory / "events.lua"
        script.write_text(_EVENTS_LUA % (_list_in(directory, tokens), now_ms, batch, now_ms) + bench_load.WRK_DONE)
        former = _end(directory, log)
        with _server(directory, log) as server:
            _assert_accepted(server, tokens[0], now_ms)
            load = bench_load.wrk(server, "/v1/events", script, seconds=seconds, clients=clients)
        logged = _count_events(directory, log, former)
    _all_good(load)
    if logged < load.requests * batch:
        raise typer.BadParameter(f"{load.requests * batch} events were acknowledged, {logged} are in the log")
    figures = EventsFigures(round(load.per_second * batch, 1), load.p50_us / 1000, load.p99_us / 1000)
    show(f"Durable events in batches of {batch}, {clients} clients", figures, json_output=json_output)


@app.command()
def revoke(
    ads: Annotated[int, typer.Option(min=1)] = 1_000,
    grants: Annotated[int, typer.Option(min=0, help="Instead: so many that end at one instant.")] = 0,
    json_output: Json = False,
) -> None:
    """Milliseconds from the end of a creator's consent to the last answer with that ad: by revocation, by expiry."""
    if grants:
        _expire_together(grants, json_output=json_output)
        return
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        directory = Path(name)
        writer = _publish_world(directory, ads, 1.0)
        tokens = bench_world.viewer_tokens(Signer([bench_load.KEY]), 50)
        with _server(directory) as server:
            revoked_ms = sorted(_revoke_once(server, writer, tokens) for _ in range(REVOKE_ROUNDS))
            expired_ms = sorted(_expire_once(server, writer, tokens) for _ in range(REVOKE_ROUNDS))
        writer.close()
    figures = RevokeFigures(
        revoke_ms_max=round(revoked_ms[-1], 1),
        revoke_ms_median=round(revoked_ms[len(revoked_ms) // 2], 1),
        expire_ms_max=round(expired_ms[-1], 1),
        expire_ms_median=round(expired_ms[len(expired_ms) // 2], 1),
        rounds=REVOKE_ROUNDS,
    )
    show(f"End of consent to effect, {ads} ads", figures, json_output=json_output)


def _expire_together(grants: int, *, json_output: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        directory = Path(name)
        documents = bench_world.world(grants, 1.0)
        writer = bench_world.PublicationWriter(directory / "control.sqlite3")
        writer.publish(documents)
        tokens = bench_world.viewer_tokens(Signer([bench_load.KEY]))
        with _server(directory) as server:
            figures = bench_expiry.together(server, writer, tokens, documents)
        writer.close()
    show(f"{grants} consents that end at one instant", figures, json_output=json_output)


class _Slot(msgspec.Struct, frozen=True):
    ad: dict[str, object] | None


class _Slots(msgspec.Struct, frozen=True):
    slots: list[_Slot]


class _Verdict(msgspec.Struct, frozen=True):
    verdict: str


class _Verdicts(msgspec.Struct, frozen=True):
    verdicts: list[_Verdict]


@contextmanager
def _server(directory: Path, log_url: str = "") -> Iterator[bench_load.Server]:
    control = f"sqlite://{directory / 'control.sqlite3'}"
    with bench_load.serving(control, str(directory / "ads"), log_url, health="/healthz") as server:
        yield server


def _publish_world(directory: Path, ads: int, eligible: float) -> bench_world.PublicationWriter:
    writer = bench_world.PublicationWriter(directory / "control.sqlite3")
    writer.publish(bench_world.world(ads, eligible))
    return writer


def _list_in(directory: Path, texts: list[str]) -> str:
    """Write one text a line for a script to read, return the file's path."""
    path = directory / "tokens.txt"
    path.write_text("\n".join(texts))
    return str(path)


def _showing_tokens(signer: Signer) -> list[str]:
    decided_ms = time.time_ns() // 1_000_000 - WATCHED_MS
    return [
        signer.sign_showing(
            Claims(
                ids.new_id(),
                number % 100 + 1,
                number % 100 // 2 + 1,
                number % 100 // 4 + 1,
                1,
                number % 100 + 1,
                number % 100 + 1,
                1,
                f"viewer-{number}",
                Kind.IMPRESSION,
                4_000,
                "EUR",
                decided_ms,
                "for_you",
                10_000,
            )
        )
        for number in range(TOKENS)
    ]


def _ask(server: bench_load.Server, viewer: str) -> _Slot:
    body = msgspec.json.encode({"viewer": viewer, "slots": [{"position": 4}], "context": {"device": "android"}})
    return msgspec.json.decode(server.post("/v1/decisions", body), type=_Slots).slots[0]


def _assert_accepted(server: bench_load.Server, token: str, now_ms: int) -> None:
    """Check that an event such as the load will send is accepted; what the log holds at the end proves the rest."""
    event = {"id": "sample", "kind": "watch", "token": token, "at": now_ms, "value": 1}
    verdicts = msgspec.json.decode(server.post("/v1/events", msgspec.json.encode({"events": [event]})), type=_Verdicts)
    if [verdict.verdict for verdict in verdicts.verdicts] != ["accepted"]:
        raise typer.BadParameter(f"a sample event was not accepted: {verdicts}")


def _all_good(load: bench_load.Load) -> None:
    if load.status or load.failed:
        raise typer.BadParameter(f"{load.status} answers were no success, {load.failed} requests failed")


def _end(directory: Path, log_url: str) -> Position:
    """Return where the log ends."""
    log = wiring.event_log_in(directory / "ads", log_url)
    try:
        return log.end()
    finally:
        log.close()


def _count_events(directory: Path, log_url: str, after: Position) -> int:
    """Return how many events the log holds after a position. Only accepted ones are in it."""
    log = wiring.event_log_in(directory / "ads", log_url)
    count = 0
    while page := log.read(after, 10_000):
        count += sum(isinstance(stored.record, EventRecord) for stored in page)
        after = page[-1].position
    log.close()
    return count


def _revoke_once(server: bench_load.Server, writer: bench_world.PublicationWriter, viewers: list[str]) -> float:
    """Withdraw the grant of the ad that a viewer is shown; return the milliseconds until the last answer with it."""
    viewer, shown = _showing(server, viewers)
    writer.publish([(DocumentKind.GRANT, int(str(shown["id"])), None)])
    return _last_seen(server, viewer, str(shown["id"]), time.monotonic())


def _expire_once(server: bench_load.Server, writer: bench_world.PublicationWriter, viewers: list[str]) -> float:
    """Let the grant of the ad that a viewer is shown end soon; return the milliseconds from its end to the last answer.

    Negative when the last answer with the ad came before the end.
    """
    viewer, shown = _showing(server, viewers)
    ad_id = int(str(shown["id"]))
    ends_ms = time.time_ns() // 1_000_000 + EXPIRES_IN_MS
    ends_at = time.monotonic() + EXPIRES_IN_MS / 1000
    grant = GrantDocument(ad_id, int(str(shown["post_id"])), int(str(shown["account_id"])), 0, ends_ms)
    writer.publish([(DocumentKind.GRANT, ad_id, grant)])
    return _last_seen(server, viewer, str(ad_id), ends_at)


def _showing(server: bench_load.Server, viewers: list[str]) -> tuple[str, dict[str, object]]:
    """Return a viewer who is shown an ad, and the ad."""
    for viewer in viewers:
        shown = _ask(server, viewer).ad
        if shown is not None:
            return viewer, shown
    raise typer.BadParameter("no viewer is shown an ad: raise --ads")


def _last_seen(server: bench_load.Server, viewer: str, ad_id: str, ended: float) -> float:
    """Ask until the ad has been absent for a second after its end; return when it was last seen, in ms from the end."""
    last = time.monotonic()
    while time.monotonic() - max(last, ended) < 1.0:
        slot = _ask(server, viewer)
        if slot.ad is not None and slot.ad["id"] == ad_id:
            last = time.monotonic()
        if last - ended > REVOKE_PATIENCE_SECONDS:
            raise typer.BadParameter("the ad was still shown five seconds after its consent ended")
    return (last - ended) * 1000
