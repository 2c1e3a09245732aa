"""Real clips for the journey: pictures drawn by the town's painters, joined by ffmpeg with a tone."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

from vonk.simulation.scenes.catalogue import SCENES

FRAMES_PER_SECOND = 12
WIDTH, HEIGHT = 360, 640


def draw(path: Path, scene: str, palette: str, *, seconds: float) -> Path:
    """Write an upright clip with sound to ``path`` (.mp4) and return it."""
    count = round(seconds * FRAMES_PER_SECOND)
    painter = SCENES[scene](WIDTH, HEIGHT, palette, seed=7)
    pictures = b"".join(painter.frame(index / count).picture().convert("RGB").tobytes() for index in range(count))
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FRAMES_PER_SECOND), "-i", "pipe:0",
        "-f", "lavfi", "-i", f"sine=frequency=330:duration={seconds}",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k", "-shortest", str(path),
    ]  # fmt: skip
    subprocess.run(command, input=pictures, check=True, capture_output=True)
    return path
