"""A worker is killed in the middle of a video, for real; the next one finishes it and nothing is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.area.content.clips import ffmpeg, picture

PRELUDE = """
import sys, django
django.setup()
from datetime import UTC, datetime
from vonk.content.actions import processing, profiles, videos
from vonk.content.models import Video
"""
RECEIVE = """
from datetime import date
from django.core.management import call_command
from vonk.identity import access
from vonk.control.scope import Via
call_command("migrate", verbosity=0)
now = datetime.now(UTC)
cleo = profiles.sign_up(email="cleo@example.org", password="sourdough starter 42", handle="cleo", display_name="Cleo",
                        language="en", country="NL", born_on=date(1990, 5, 17), now=now)
scope = access.person(access.Actor(cleo.person_id, Via.COMMAND))
with open(sys.argv[1], "rb") as file:
    print(videos.receive(scope, file, name="clip.mp4", now=now))
"""
PROCESS = """
def now():
    print("alive", flush=True)
    return datetime.now(UTC)
processing.process(int(sys.argv[1]), now_source=now)
"""
RETAKE = """
print(videos.retake_abandoned(datetime.now(UTC), silent_seconds=0))
"""
STATE = """
print(Video.objects.get(pk=int(sys.argv[1])).state)
"""


def start(data: Path, body: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "VONK_DATA": str(data), "DJANGO_SETTINGS_MODULE": "vonk.config.settings"}
    environment.pop("VONK_DATABASE_URL", None)  # A database of its own, in the data directory.
    command = [sys.executable, "-c", PRELUDE + body, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def run(data: Path, body: str, *arguments: str) -> str:
    with start(data, body, *arguments) as process:
        output, _ = process.communicate(timeout=100)
    assert process.returncode == 0
    return output.strip().rpartition("\n")[2]  # Above it are lines of the log.


def media_files(data: Path) -> list[str]:
    return sorted(
        path.suffix for folder in ("media", "scratch") for path in (data / folder).rglob("*") if path.is_file()
    )


def test_killed_in_the_middle(tmp_path: Path) -> None:
    clip, data = tmp_path / "clip.mp4", tmp_path / "data"
    ffmpeg(*picture("1280x720", 30, 5), "-c:v", "mpeg4", str(clip))
    data.mkdir()
    video_id = run(data, RECEIVE, str(clip))
    with start(data, PROCESS, video_id) as worker:
        assert worker.stdout is not None
        while not list((data / "scratch").rglob("rendition.mp4")):
            assert worker.poll() is None, "It ended before it could be killed."
            time.sleep(0.01)
        os.kill(worker.pid, signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL
    assert run(data, STATE, video_id) == "processing"
    assert media_files(data) == [".mp4", ".src"]
    assert run(data, RETAKE) == "1"
    assert media_files(data) == [".src"]
    run(data, PROCESS, video_id)
    assert run(data, STATE, video_id) == "ready"
    assert media_files(data) == [".jpg", ".mp4"]
    assert run(data, RETAKE) == "0"
