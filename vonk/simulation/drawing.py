"""Everything of a town that is drawn: begun early, beside other work, because it takes most of the time."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import msgspec

from vonk.simulation.avatars import render_avatars
from vonk.simulation.clips import rendering
from vonk.simulation.plans import TownPlan


class Drawn(msgspec.Struct, frozen=True):
    """Files of a town: avatars by handle or slug, clips and pictures by key, to be had when their future is done."""

    avatars: dict[str, Path]
    clips: dict[str, tuple[Path, "Future[None]"]]
    stills: "dict[str, Future[list[bytes]]]" = {}

    def clip(self, key: str) -> bytes:
        """Return a clip's file; waits until it is there. Raises ClipFailed when it cannot be drawn."""
        file, drawn = self.clips[key]
        drawn.result()
        return file.read_bytes()


@contextmanager
def drawing(plan: TownPlan, folder: Path, workers: int) -> Iterator[Drawn]:
    """Draw a town's pictures into ``folder`` while the block runs."""
    clips = (*(post for post in plan.posts if not post.stills), *plan.brand_clips, *plan.details.clips())
    pictured = [post for post in plan.posts if post.stills]
    with rendering(folder, clips, workers, pictured) as (begun, stills):
        avatars = render_avatars(folder / "avatars", plan.shops, plan.brands)
        yield Drawn(avatars, {key: (folder / f"{key}.mp4", future) for key, future in begun.items()}, stills)
