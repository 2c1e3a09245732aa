"""A short film to upload: a moving test picture with a tone, upright, as a phone would take it."""

import subprocess
from pathlib import Path
from typing import Final

import imageio_ffmpeg

_MADE_IN_SECONDS_MAX: Final = 120


def draw(target: Path, *, size: str, seconds: int) -> None:
    """Write a film of this size ("360x640") and length to ``target``, as MP4. Raises OSError when the encoder cannot."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi"]
    command += ["-i", f"testsrc2=size={size}:rate=25:duration={seconds}", "-f", "lavfi"]
    command += ["-i", f"sine=frequency=440:duration={seconds}", "-c:v", "libx264", "-preset", "ultrafast"]
    command += ["-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest", "-movflags", "+faststart", "-f", "mp4", str(target)]
    done = subprocess.run(  # noqa: S603 - our own arguments.
        command, check=False, capture_output=True, timeout=_MADE_IN_SECONDS_MAX
    )
    if done.returncode != 0:
        raise OSError(f"the film could not be made: {done.stderr.decode(errors='replace')[-500:]}")
