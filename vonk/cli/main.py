"""The `vonk` command."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

import typer

from vonk.cli import ads_process, bench, keyring, receipt, sandbox_commands, simulate
from vonk.cli import serve as serving
from vonk.cli import settings as settings_table
from vonk.cli.start import end_with_parent, log_to_stderr, options_of, part, refuse, with_django
from vonk.config.options import Options
from vonk.events.log import LogUnavailable
from vonk.events.records import Kind

Data = Annotated[Path, typer.Option("--data", envvar="VONK_DATA", help="The data directory: everything is in it.")]
OfFeed = Annotated[bool, typer.Option("--feed", help="What orders the organic feed, instead of what predicts for ads.")]
Host = Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for every network this machine is on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0 for any free one.")]
KnownPort = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object for machines instead of a table.")]

HOST_NAME_CHARS_MAX: Final = 100

app = typer.Typer(
    help="Vonk: self-hosted Spark Ads.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
admin = typer.Typer(help="What an operator sets up from a terminal.", no_args_is_help=True)
token = typer.Typer(help="Access tokens of the platform API; keys of host apps.", no_args_is_help=True)
model = typer.Typer(help="Prediction models: which there are, which is served.", no_args_is_help=True)
person = typer.Typer(help="What is held of one person, and its end.", no_args_is_help=True)
archive = typer.Typer(help="Where the event log's old records are kept.", no_args_is_help=True)
decision = typer.Typer(help="What the ad server decided.", no_args_is_help=True)
app.add_typer(admin, name="admin")
app.add_typer(archive, name="archive")
app.add_typer(decision, name="decision")
app.add_typer(model, name="model")
app.add_typer(person, name="person")
app.add_typer(sandbox_commands.app, name="sandbox")
app.add_typer(token, name="token")
app.add_typer(bench.app, name="bench")
app.add_typer(simulate.app, name="simulate")


@app.command()
def serve(
    *,
    data: Data,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    ads_port: Port = 8001,
    work_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of work's health and metrics.")] = 0,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="With a clock that can be moved, and test money.")] = False,
) -> None:
    """Run all three processes on one data directory, until Ctrl-C."""
    end_with_parent()
    log_to_stderr(options_of(data), "serve")
    serving.run(data, host=host, port=port, ads_port=ads_port, work_port=work_port, sandbox=sandbox)


@app.command()
def demo(
    *,
    data: Data,
    fresh: Annotated[bool, typer.Option("--fresh", help="Clear a town that is there away and build it anew.")] = False,
    then_serve: Annotated[bool, typer.Option("--serve", help="Then run it, until Ctrl-C.")] = False,
    host: Host = "127.0.0.1",
    port: KnownPort = 8000,
    ads_port: KnownPort = 8001,
) -> None:
    """Fill an empty directory with the demo town; one that holds it already stays as it is."""
    part("demo").make(data, fresh=fresh, host=host, port=port, ads_port=ads_port)
    if then_serve:
        serve(data=data, host=host, port=port, ads_port=ads_port, work_port=0, sandbox=True)


@app.command("verify-receipt")
def verify_receipt(
    file: Annotated[Path, typer.Argument(help="The receipt, as it was downloaded.")],
    *,
    key: Annotated[
        str | None,
        typer.Option(help="The platform's public key: hexadecimal, or a file of /.well-known/vonk-receipt-key."),
    ] = None,
) -> None:
    """Verify a signed receipt of a consent, without the platform and without a network."""
    raise typer.Exit(receipt.verify(file, key))


@app.command()
def site(data: Data, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the site: pages and platform API."""
    end_with_parent()
    options = with_django(data)
    log_to_stderr(options, "site")
    part("site").run(options, host=host, port=port)


@app.command()
def ads(data: Data, host: Host = "127.0.0.1", port: Port = 8001) -> None:
    """Run the ad server: decisions and events."""
    end_with_parent()
    options = options_of(data)
    log_to_stderr(options, "ads")
    try:
        ads_process.serve(options, host=host, port=port)
    except (ValueError, LogUnavailable) as error:
        refuse(str(error))


@app.command()
def work(data: Data, host: Host = "127.0.0.1", port: Port = 8002) -> None:
    """Run work: settles events, rolls up numbers, runs jobs."""
    end_with_parent()
    options = with_django(data)
    log_to_stderr(options, "work")
    part("work").run(options, host=host, port=port)


@app.command()
def migrate(data: Data, quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing.")] = False) -> None:
    """Bring the control database's tables up to date. Safe to repeat."""
    with_django(data)
    part("migrating").migrate(quiet=quiet)


@app.command()
def settings(data: Data, as_json: Json = False) -> None:
    """Show every setting with its meaning, its value and where that came from."""
    settings_table.show(data, as_json=as_json)


@app.command()
def audit(data: Data, as_json: Json = False) -> None:
    """Prove the books. Exit codes: 0 they hold, 1 something is wrong, 2 there are none, 3 they cannot be read."""
    _existing(data)
    _with_books(options_of(data))
    options = with_django(data)
    log_to_stderr(options, "audit")
    raise typer.Exit(part("audit").run(options, as_json=as_json))


@app.command()
def export(
    *,
    data: Data,
    out: Annotated[Path, typer.Option(help="The file to write; it appears when it is whole.")],
    from_date: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD, UTC, by receipt.")],
    to_date: Annotated[str, typer.Option("--to", help="Last day, included.")],
    account: Annotated[int | None, typer.Option(help="Only what concerns this ad account.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind of event, or decision, or conversion; may be repeated.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl, csv or parquet.")] = "jsonl",
) -> None:
    """Write the events of some days into a file, out of the event log and its archive."""
    _existing(data)
    exporting = part("exporting")
    known = [*exporting.TAGS, *Kind]
    wrong = [name for name in kind or () if name not in known]
    if wrong:
        refuse(f"--kind {wrong[0]}: one of {', '.join(known)}")
    if form not in exporting.FORMATS:
        refuse(f"--format {form}: one of {', '.join(exporting.FORMATS)}")
    first, last = _day("--from", from_date), _day("--to", to_date)
    if last < first:
        refuse("--to lies before --from")
    wanted = exporting.Wanted(first, last, account, frozenset(kind or ()))
    raise typer.Exit(exporting.run(options_of(data), wanted, form=form, out=out))


@decision.command("replay")
def decision_replay(
    which: Annotated[str, typer.Argument(metavar="ID", help="The decision's id.")], *, data: Data, as_json: Json = False
) -> None:
    """Make a recorded decision again from its record. Exit codes: 0 the same, 1 not the same, 2 recorded without its auction."""
    _existing(data)
    options = with_django(data)
    raise typer.Exit(part("decisions").run(options, which, as_json=as_json))


@person.command("export")
def person_export(
    who: Annotated[str, typer.Argument(metavar="EMAIL|ID", help="The person's address, or their id.")],
    *,
    data: Data,
    out: Annotated[Path, typer.Option(help="The ZIP file to write; it appears when it is whole.")],
) -> None:
    """Write everything that is held of one person into a ZIP file of JSON and CSV."""
    _existing(data)
    options = with_django(data)
    raise typer.Exit(part("person").export(options, who, out=out))


@person.command("erase")
def person_erase(
    who: Annotated[str, typer.Argument(metavar="EMAIL|ID", help="The person's address, or their id.")],
    *,
    data: Data,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
) -> None:
    """Erase one person: everything that says who they are goes, the books stay. It cannot be undone."""
    _existing(data)
    options = with_django(data)
    raise typer.Exit(part("person").erase(options, who, confirmed=yes))


@archive.command("status")
def archive_status(*, data: Data) -> None:
    """Show what log and archive hold, and how far each reader of the log is."""
    _existing(data)
    options = with_django(data)
    raise typer.Exit(part("archiving").status(options))


@model.command("list")
def model_list(data: Data, *, feed: OfFeed = False) -> None:
    """Show the models, newest first, and which one is served."""
    options = with_django(data)
    raise typer.Exit(part("model").listed(options, feed=feed))


@model.command("show")
def model_show(
    data: Data,
    name: Annotated[str | None, typer.Argument(help="The model; without it, the one that is served.")] = None,
    *,
    feed: OfFeed = False,
) -> None:
    """Show how well a model did on events that were held back."""
    options = with_django(data)
    raise typer.Exit(part("model").shown(options, name, feed=feed))


@model.command("rollback")
def model_rollback(data: Data, *, feed: OfFeed = False) -> None:
    """Serve the model that was served before, and none that comes until you publish one."""
    options = with_django(data)
    raise typer.Exit(part("model").rolled_back(options, feed=feed))


@model.command("publish")
def model_publish(data: Data, name: Annotated[str, typer.Argument(help="The model.")], *, feed: OfFeed = False) -> None:
    """Serve this model, and let good candidates take its place again."""
    options = with_django(data)
    raise typer.Exit(part("model").published(options, name, feed=feed))


@model.command("train")
def model_train(
    *,
    data: Data,
    now: Annotated[bool, typer.Option("--now", help="Also judge what was learnt, whether or not it is time.")] = False,
    feed: OfFeed = False,
) -> None:
    """Learn from the newest events, as work does by itself."""
    options = with_django(data)
    log_to_stderr(options, "train")
    raise typer.Exit(part("model").trained(options, now=now, feed=feed))


@archive.command("compact")
def archive_compact(
    *,
    data: Data,
    keep_days: Annotated[
        int | None, typer.Option(min=0, help="Days that stay in the log, instead of the setting; 0: all that is read.")
    ] = None,
) -> None:
    """Move old records from the log to the archive now, instead of waiting for `vonk work` to do it."""
    _existing(data)
    options = with_django(data)
    raise typer.Exit(part("archiving").compact_all(options, keep_days=keep_days))


@admin.command("create-operator")
def create_operator(
    *,
    data: Data,
    email: Annotated[str, typer.Option(help="Address to sign in with.")],
    handle: Annotated[str, typer.Option(help="Name of the profile, after the @.")],
    password: Annotated[
        str | None, typer.Option(help="Visible in the process list: --password-stdin is safer.")
    ] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from the input.")] = False,
    display_name: Annotated[str | None, typer.Option(help="Name that others see; the handle unless given.")] = None,
    born_on: Annotated[str, typer.Option(help="Birth date, YYYY-MM-DD.")] = "1980-01-01",
) -> None:
    """Sign up somebody who operates the platform."""
    if (password is None) != password_stdin:
        refuse("give --password or --password-stdin")
    try:
        birth_date = date.fromisoformat(born_on)
    except ValueError:
        refuse(f"--born-on {born_on}: not a date like 1980-01-31")
    with_django(data)
    part("migrating").migrate(quiet=True)
    person_id = part("admin").create_operator(
        email=email,
        password=password if password is not None else sys.stdin.readline().rstrip("\n"),
        handle=handle,
        display_name=display_name or handle,
        born_on=birth_date,
    )
    typer.echo(str(person_id))


@admin.command("rotate-keys")
def rotate_keys(
    *,
    data: Data,
    force: Annotated[
        bool, typer.Option("--force", help="Also when tokens that still count become worthless by it.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
) -> None:
    """Sign tokens with a new key; the former one is still good, the one before it is gone."""
    _existing(data)
    keyring.rotate(data, force=force, confirmed=yes)


@admin.command("rotate-receipt-key")
def rotate_receipt_key(*, data: Data) -> None:
    """Sign receipts with a new key; those of before stay verifiable with the former one, which stays published."""
    _existing(data)
    keyring.rotate_receipts(data)


@token.command("host")
def create_host_key(
    *,
    data: Data,
    name: Annotated[str, typer.Option(help="The host app; for you, to tell its keys apart.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days it lives.")] = 365,
) -> None:
    """Print a key with which a host app's server reports its viewers' events; it is shown this once."""
    _existing(data)
    if not 0 < len(name) <= HOST_NAME_CHARS_MAX:
        refuse(f"--name: 1 to {HOST_NAME_CHARS_MAX} characters")
    typer.echo(keyring.host_key(data, name=name, days=days))


@token.command("create")
def create_token(
    data: Data,
    email: Annotated[str, typer.Option(help="Whose token it is.")],
    label: Annotated[str, typer.Option(help="What it is for.")],
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days it lives; until revoked unless given.")
    ] = None,
) -> None:
    """Print a new access token; it is shown this once."""
    _existing(data)
    with_django(data)
    typer.echo(part("admin").create_token(email=email, label=label, days=days))


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{name} {text}: not a date like 2026-11-22")


def _existing(data: Path) -> None:
    if not data.is_dir():
        refuse(f"there is no data directory {data}")


def _with_books(options: Options) -> None:
    """End the command where there is no control database, before anything is made there."""
    address = urlsplit(options.database_url)
    path = Path("/", unquote(address.path).lstrip("/"))
    if address.scheme == "sqlite" and not path.is_file():
        refuse(
            f"there are no books in {path.parent}: name the directory that vonk serve was given, "
            "or set database_url where the books are elsewhere"
        )


if __name__ == "__main__":
    app()
