"""Clips made by ffmpeg when a test first asks for one; small, short and different in everything that may differ."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "64k")
SECONDS = 1.2


def picture(size: str = "180x320", rate: int = 25, seconds: float = SECONDS) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}")


def sound(seconds: float = SECONDS) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}")


RECIPES: dict[str, tuple[str, ...]] = {
    "portrait.mp4": (*picture(), *sound(), *H264, *AAC),
    "landscape.mp4": (*picture("320x180"), *H264),
    "square.mp4": (*picture("200x200"), *H264),
    "odd.mkv": (*picture("200x120"), "-vf", "format=yuv444p,crop=181:101", "-c:v", "ffv1"),
    "vp9.webm": (*picture(), *sound(), "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    "h264.mkv": (*picture(), *sound(), *H264, "-c:a", "libvorbis"),
    "prores.mov": (*picture(), *sound(), "-c:v", "prores_ks", "-c:a", "pcm_s16le"),
    "mpeg4.avi": (*picture(), *sound(), "-c:v", "mpeg4", "-c:a", "mp3"),
    "h263.3gp": (*picture("176x144"), *sound(), "-c:v", "h263", "-c:a", "aac", "-ar", "8000", "-ac", "1"),
    "mpeg2.ts": (*picture(), *sound(), "-c:v", "mpeg2video", "-c:a", "mp2"),
    "sorenson.flv": (*picture(), "-c:v", "flv1"),
    "animated.gif": (*picture("90x160", 10), "-c:v", "gif"),
    "large.mp4": (*picture("2400x1200", 10, 0.4), *H264),
    "fast.mp4": (*picture("160x160", 120, 0.8), *H264),
    "anamorphic.mp4": (*picture("180x320"), "-vf", "setsar=2/1", *H264),
    "late_index.mp4": (*picture(seconds=3), *sound(3), *H264, *AAC),
    "early_index.mp4": (*picture(seconds=3), *sound(3), *H264, *AAC, "-movflags", "+faststart"),
    "long.webm": (*picture(seconds=3), "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"),
    "long.avi": (*picture(seconds=3), "-c:v", "mpeg4"),
    "sound.m4a": (*sound(), *AAC),
    "sound.mp3": (*sound(), "-c:a", "libmp3lame"),
    "still.png": (*picture(), "-frames:v", "1"),
    "still.jpg": (*picture(), "-frames:v", "1"),
    "still.gif": (*picture(), "-frames:v", "1"),
    "bomb.avi": ("-f", "lavfi", "-i", "color=red:size=8320x8320:rate=2:duration=1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
    "still.mp4": (*picture(), "-frames:v", "1", *H264),
}  # fmt: skip


class Clips:
    """Makes each clip once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        path = self._folder / name
        if not path.exists():
            ffmpeg(*RECIPES[name], str(path))
        return path

    def turned(self) -> Path:
        """Return a landscape recording that says it must be shown upright, as telephones make them."""
        path = self._folder / "turned.mp4"
        if not path.exists():
            ffmpeg("-display_rotation", "90", "-i", str(self.path("landscape.mp4")), "-c", "copy", str(path))
        return path

    def cover(self) -> Path:
        """Return a song with a picture of its cover."""
        path = self._folder / "cover.mp3"
        if not path.exists():
            song, still = self.path("sound.mp3"), self.path("still.jpg")
            ffmpeg(
                "-i", str(song), "-i", str(still), "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:0",
                "attached_pic", str(path),
            )  # fmt: skip
        return path


def ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True, capture_output=True)
