"""Two videos as one, of files that we encoded ourselves: beside each other, or one after the other."""

from pathlib import Path
from typing import Final

import imageio_ffmpeg
import msgspec

from vonk.content.errors import VideoDamaged, VideoProcessingFailed
from vonk.content.rules import MixKind
from vonk.content.transcoding import run
from vonk.content.transcoding.run import Beat

WIDTH: Final = 1_080
HEIGHT: Final = 1_920
_HALF: Final = f"scale={WIDTH // 2}:{HEIGHT // 2}:force_original_aspect_ratio=increase,crop={WIDTH // 2}:{HEIGHT // 2}"
_WHOLE: Final = f"scale={WIDTH}:{HEIGHT}:force_original_aspect_ratio=decrease,pad={WIDTH}:{HEIGHT}:(ow-iw)/2:(oh-ih)/2"
_EVEN: Final = "setsar=1,fps=30,format=yuv420p"
_HEARD: Final = "aresample=48000,aformat=channel_layouts=stereo"


class Piece(msgspec.Struct, frozen=True):
    """A file and what is in it."""

    file: Path
    duration_ms: int
    has_sound: bool


class Cut(msgspec.Struct, frozen=True):
    """Which part of the original a Stitch begins with."""

    start_ms: int = 0
    length_ms: int = 0


class Mix(msgspec.Struct, frozen=True):
    """What is put together, and how."""

    kind: MixKind
    own: Piece
    original: Piece
    cut: Cut

    @property
    def part_ms(self) -> int:
        """How long the part of the original is that a Stitch begins with."""
        return min(self.cut.length_ms, max(0, self.original.duration_ms - self.cut.start_ms))

    @property
    def length_ms(self) -> int:
        """How long the whole is: a Duet ends with the shorter of both."""
        if self.kind is MixKind.DUET:
            return min(self.own.duration_ms, self.original.duration_ms)
        return self.own.duration_ms + self.part_ms


def compose(mix: Mix, target: Path, beat: Beat) -> None:
    """Write the whole as H.264/AAC in MP4. Raises VideoDamaged, VideoProcessingFailed; whatever ``beat`` raises."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    command += ["-protocol_whitelist", "file,pipe", "-threads", str(run.THREADS)]
    command += ["-f", "mp4", "-i", f"file:{mix.own.file}"]
    if mix.kind is MixKind.STITCH:
        command += ["-ss", f"{mix.cut.start_ms / 1000:.3f}", "-t", f"{mix.cut.length_ms / 1000:.3f}"]
    command += ["-f", "mp4", "-i", f"file:{mix.original.file}"]
    graph, heard = _duet(mix) if mix.kind is MixKind.DUET else _stitch(mix)
    command += ["-filter_complex", graph, "-map", "[v]", *(["-map", "[a]"] if heard else [])]
    command += [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "23",
        "-profile:v",
        "high",
        "-threads",
        str(run.THREADS),
    ]
    command += ["-c:a", "aac", "-b:a", "128k", "-t", f"{mix.length_ms / 1000:.3f}"]
    command += ["-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", f"file:{target}"]
    seconds = run.ENCODE_SECONDS + mix.length_ms / 1000 * run.ENCODE_SECONDS_PER_SECOND
    try:
        code = run.run(command, seconds, beat)
    except run.TookTooLong as error:
        raise VideoProcessingFailed from error
    if code != 0 or not target.exists() or target.stat().st_size == 0:
        raise VideoDamaged


def _duet(mix: Mix) -> tuple[str, bool]:
    """Return the graph: one's own at the left, the original at the right, both heard; and whether anything is heard."""
    graph = (
        f"[0:v]{_HALF},{_EVEN}[l];[1:v]{_HALF},{_EVEN}[r];[l][r]hstack=shortest=1,pad={WIDTH}:{HEIGHT}:0:(oh-ih)/2[v]"
    )
    heard = [place for place, piece in enumerate((mix.own, mix.original)) if piece.has_sound]
    if len(heard) == 2:
        graph += f";[0:a]{_HEARD}[m];[1:a]{_HEARD}[o];[m][o]amix=inputs=2:duration=longest:normalize=0,alimiter[a]"
    elif heard:
        graph += f";[{heard[0]}:a]{_HEARD}[a]"
    return graph, bool(heard)


def _stitch(mix: Mix) -> tuple[str, bool]:
    """Return the graph: the original's part, then one's own, silence where one of them has no sound."""
    graph = f"[1:v]{_WHOLE},{_EVEN}[b];[0:v]{_WHOLE},{_EVEN}[e]"
    if not (mix.own.has_sound or mix.original.has_sound):
        return f"{graph};[b][e]concat=n=2:v=1:a=0[v]", False
    for name, place, piece, lasts_ms in (("bs", 1, mix.original, mix.part_ms), ("es", 0, mix.own, mix.own.duration_ms)):
        lasts = f"{lasts_ms / 1000:.3f}"
        if piece.has_sound:
            graph += f";[{place}:a]{_HEARD},apad=whole_dur={lasts},atrim=0:{lasts}[{name}]"
        else:
            graph += f";anullsrc=r=48000:cl=stereo,atrim=0:{lasts}[{name}]"
    return f"{graph};[b][bs][e][es]concat=n=2:v=1:a=1[v][a]", True
