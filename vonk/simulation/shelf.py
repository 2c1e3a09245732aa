"""A hundred and sixty more posts, most of them of pictures, written a shop at a time; no two show the same picture.

A line is a scene, how many pictures (0: a clip), a title for the clip, and the caption. Which palette and arrangement a
post gets follows from its place: the next that its scene has not been shown in yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from vonk.simulation.brands import BRAND_CLIPS
from vonk.simulation.cast import POSTS
from vonk.simulation.plans import ClipPlan, PostPlan, Visibility
from vonk.simulation.scenes.palettes import PALETTES
from vonk.simulation.shelf_en import ENGLISH
from vonk.simulation.shelf_fr import FRENCH
from vonk.simulation.shelf_nl import DUTCH

FIRST_SEED: Final = 1_000
PRIVATE: Final = frozenset({"poes-en-koek-8", "river-pots-8"})  # Not everything is for everybody.

Line = tuple[str, int, str, str]


def distinct(taken: Iterable[ClipPlan], shelves: Sequence[tuple[str, str, tuple[Line, ...]]]) -> tuple[PostPlan, ...]:
    """Return the posts of shelves (shop, sound, lines), each in a look that its scene has not been ``taken`` in."""
    used: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for post in taken:
        used[post.scene].add((post.palette, post.seed % 2))
    looks = [(palette, arrangement) for arrangement in (0, 1) for palette in PALETTES]
    found = []
    for nth, (shop, sound, lines) in enumerate(shelves):
        turned = looks[5 * nth % len(looks) :] + looks[: 5 * nth % len(looks)]
        for number, (scene, stills, title, caption) in enumerate(lines, 1):
            look = next(one for one in turned if one not in used[scene])
            used[scene].add(look)
            key = f"{shop.replace('.', '-')}-{number}"
            found.append(
                PostPlan(
                    key=key,
                    shop=shop,
                    scene=scene,
                    seed=FIRST_SEED + 40 * nth + 4 * number + look[1],
                    palette=look[0],
                    sound=sound,
                    title=title,
                    stills=stills,
                    caption=caption,
                    visibility=Visibility.FRIENDS if key in PRIVATE else Visibility.PUBLIC,
                )
            )
    return tuple(found)


SHELVES: Final = (*DUTCH, *FRENCH, *ENGLISH)
MORE_POSTS: Final = distinct((*POSTS, *BRAND_CLIPS), SHELVES)
