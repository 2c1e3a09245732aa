"""A worker is killed in the middle of a video, for real; the next one finishes it and nothing is left."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests import patience, templates
from tests.area.content.clips import ffmpeg, picture

PRELUDE = """
import sys, django
django.setup()
from datetime import UTC, datetime
from vonk.content.actions import processing, profiles, videos
"""
RECEIVE = """
from datetime import date
from vonk.identity import access
from vonk.control.scope import Via
now = datetime.now(UTC)
cleo = profiles.sign_up(email="cleo@example.org", password="sourdough starter 42", handle="cleo", display_name="Cleo",
                        language="en", country="NL", born_on=date(1990, 5, 17), now=now)
scope = access.person(access.Actor(cleo.person_id, Via.COMMAND))
with open(sys.argv[1], "rb") as file:
    print(videos.receive(scope, file, name="clip.mp4", now=now))
"""
BEGIN = """
from pathlib import Path
def now():
    if any(Path(sys.argv[2]).rglob("rendition.mp4")):
        print("encoding", flush=True)
        sys.stdin.read()  # It goes no further, and is killed here.
    return datetime.now(UTC)
processing.process(int(sys.argv[1]), now_source=now)
"""
RETAKE = """
print(videos.retake_abandoned(datetime.now(UTC), silent_seconds=0))
"""
FINISH = (
    """
processing.process(int(sys.argv[1]), now_source=lambda: datetime.now(UTC))
"""
    + RETAKE
)


def start(data: Path, body: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "VONK_DATA": str(data), "DJANGO_SETTINGS_MODULE": "vonk.config.settings"}
    environment.pop("VONK_DATABASE_URL", None)  # A database of its own, in the data directory.
    command = [sys.executable, "-c", PRELUDE + body, *arguments]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def run(data: Path, body: str, *arguments: str) -> str:
    with start(data, body, *arguments) as process:
        output, _ = process.communicate(timeout=patience.SECONDS)
    assert process.returncode == 0
    return output.strip().rpartition("\n")[2]  # Above it are lines of the log.


def state(data: Path) -> str:
    with closing(sqlite3.connect(data / templates.CONTROL)) as database:
        ((found,),) = database.execute("SELECT state FROM content_video")
    return str(found)


def media_files(data: Path) -> list[str]:
    return sorted(
        path.suffix for folder in ("media", "scratch") for path in (data / folder).rglob("*") if path.is_file()
    )


def test_killed_in_the_middle(tmp_path: Path) -> None:
    clip, data = tmp_path / "clip.mp4", tmp_path / "data"
    ffmpeg(*picture("320x180", 25, 3), "-c:v", "mpeg4", str(clip))
    templates.tables(data / templates.CONTROL)
    video_id = run(data, RECEIVE, str(clip))
    with start(data, BEGIN, video_id, str(data / "scratch")) as worker:
        assert worker.stdout is not None
        assert any(line == "encoding\n" for line in worker.stdout), "It ended before it could be killed."
        os.kill(worker.pid, signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL
    assert state(data) == "processing"
    assert media_files(data) == [".mp4", ".src"]
    assert run(data, RETAKE) == "1"
    assert media_files(data) == [".src"]
    assert run(data, FINISH, video_id) == "0"
    assert state(data) == "ready"
    assert media_files(data) == [".jpg", ".mp4"]
