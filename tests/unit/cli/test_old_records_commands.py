"""The commands for old records and for one person, as a terminal starts them."""

import os
import subprocess
import sys
from pathlib import Path

from tests import patience

STORY = """
import sys
from typer.testing import CliRunner
from vonk.cli.main import app

data = sys.argv[1]
for words in (
    "archive status",
    "archive compact",
    "archive compact --keep-days 0",
    "export --from 2026-11-01 --to 2026-11-30 --out %s/out.jsonl",
    "export --from 2026-11-01 --to 2026-10-30 --out %s/out.jsonl",
    "export --from yesterday --to 2026-11-30 --out %s/out.jsonl",
    "export --from 2026-11-01 --to 2026-11-30 --kind nonsense --out %s/out.jsonl",
    "export --from 2026-11-01 --to 2026-11-30 --format xml --out %s/out.jsonl",
    "person export vik@example.org --out %s/vik.zip",
    "person erase 42 --yes",
):
    found = CliRunner().invoke(app, [*words.replace("%s", data).split(), "--data", data])
    print(found.exit_code, words.replace("%s", "…"))
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
"""


def test_each_command_starts_and_ends_as_it_says(tmp_path: Path) -> None:
    """In a process of its own: only there nothing has made Django ready before the command does.

    No table is there yet, so what asks the control database says so; an export needs none.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VONK_", "DJANGO_"))}
    told = subprocess.run(
        [sys.executable, "-c", STORY, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=patience.SECONDS,
    ).stdout
    assert [line.split()[0] for line in told.splitlines()] == ["3"] * 3 + ["0"] + ["2"] * 6
    assert [path.name for path in tmp_path.iterdir() if path.suffix in {".jsonl", ".zip"}] == ["out.jsonl"]
