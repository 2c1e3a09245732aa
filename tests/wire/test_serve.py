"""`vonk serve`: three processes that live and end together."""

import os
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests import patience
from tests.wire.serving import VONK, Platform, environment, send, serving, wait_for
from vonk.cli.serve import STATE_FILE


def lives(process_id: int) -> bool:
    """A zombie has ended; only its number is left."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def family(platform: Platform) -> set[int]:
    """The three processes and their own children."""
    found = {one.pid for one in platform.state.processes.values()}
    for process_id in list(found):
        for thread in Path(f"/proc/{process_id}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # A thread may end between the two looks.
                found |= {int(child) for child in (thread / "children").read_text(encoding="ascii").split()}
    return found


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*VONK, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=patience.SECONDS,
        env={**environment(), **environ},
    )


def test_a_platform_starts_heals_itself_and_ends_without_orphans(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--sandbox", from_nothing=True) as platform:
        assert set(platform.state.processes) == {"site", "ads", "work"}
        assert (platform.state.sandbox, platform.state.pid) == (True, platform.process.pid)
        assert (data / "vonk.toml").read_text(encoding="utf-8") == "sandbox = true\n"
        for name in ("site", "ads", "work"):
            assert b"python_info" in send("GET", f"{platform.url(name)}/metrics").raw or name == "ads"

        refused = run("serve", "--data", str(data), "--port", "0", "--ads-port", "0")
        assert (refused.returncode, refused.stderr) == (
            2,
            f"vonk: {data} is in use by another `vonk serve` (process {platform.process.pid})\n",
        )

        refused = run("ads", "--data", str(data), "--port", "0")
        assert (refused.returncode, refused.stderr) == (
            2,
            f"vonk: another ad server runs on {data}; give each a directory of its own\n",
        )

        for name in ("work", "ads", "site"):
            old = platform.state.processes[name].pid
            os.kill(old, signal.SIGKILL)
            wait_for(lambda name=name, old=old: platform.state.processes[name].pid != old, f"{name} stays dead")
        platform.wait_until_ready()
        processes = family(platform)
    assert platform.process.returncode == 0
    assert [process_id for process_id in processes if lives(process_id)] == []
    assert not (data / STATE_FILE).exists()


def test_a_platform_that_is_killed_leaves_nothing_running(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as platform:
        assert not platform.state.sandbox
        processes = family(platform)
        platform.process.kill()
        platform.process.wait(patience.SECONDS)
        wait_for(lambda: not any(lives(one) for one in processes), "some process outlived its parent")


@pytest.mark.parametrize(
    ("environ", "arguments", "message"),
    [
        (
            {"VONK_SANDBOX": "maybe"},
            ["serve"],
            "vonk: sandbox = 'maybe' (from VONK_SANDBOX): use true or false\n",
        ),
        (
            {"VONK_DATABASE_URL": "mysql://localhost/vonk"},
            ["migrate"],
            "vonk: database_url: mysql:// is neither sqlite:// nor postgresql://\n",
        ),
        ({}, ["audit"], "vonk: there is no data directory {data}\n"),
        (
            {},
            ["token", "create", "--email", "a@example.org", "--label", "x"],
            "vonk: there is no data directory {data}\n",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    tmp_path: Path, environ: dict[str, str], arguments: list[str], message: str
) -> None:
    data = tmp_path / "data"
    refused = run(*arguments, "--data", str(data), **environ)
    assert (refused.returncode, refused.stderr) == (2, message.format(data=data))


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("serve", "--data", str(tmp_path / "data"), "--port", str(port))
    assert (refused.returncode, refused.stderr) == (
        2,
        f"vonk: port {port} on 127.0.0.1 cannot be used (Address already in use); choose another with --port\n",
    )


def test_settings_are_shown_with_their_origin(tmp_path: Path) -> None:
    (tmp_path / "vonk.toml").write_text('platform_name = "Sparkle"\n', encoding="utf-8")
    shown = run("settings", "--data", str(tmp_path), "--json", VONK_LANGUAGE="nl")
    assert shown.returncode == 0
    assert '"platform_name":{"value":"Sparkle"' in shown.stdout
    assert '"language":{"value":"nl","origin":"VONK_LANGUAGE"' in shown.stdout


def test_the_first_operator_comes_from_a_terminal(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    created = run(
        "admin", "create-operator", "--data", data, "--email", "olu@example.org", "--handle", "olu",
        "--password", "a long sentence nobody guesses",
    )  # fmt: skip
    assert (created.returncode, created.stderr) == (0, "")
    token = run("token", "create", "--data", data, "--email", "olu@example.org", "--label", "first")
    assert (token.returncode, token.stdout[:5]) == (0, "vonk_")
    again = run(
        "admin", "create-operator", "--data", data, "--email", "olu@example.org", "--handle", "olu2",
        "--password", "a long sentence nobody guesses",
    )  # fmt: skip
    assert (again.returncode, again.stderr) == (2, "vonk: There is already an account with this e-mail address.\n")
