"""Every kind of scene by its name: the one table from which posts choose."""

from typing import Final

from vonk.simulation.scenes.evening import Lanterns, Snow
from vonk.simulation.scenes.fields import Kites, Plants, Windmill
from vonk.simulation.scenes.harbour import Fish, Harbour, Rowing
from vonk.simulation.scenes.kitchen import Bread, Coffee, Waffles
from vonk.simulation.scenes.rooms import Books, Cat, Vinyl
from vonk.simulation.scenes.scene import Scene
from vonk.simulation.scenes.street import Bicycle, Market, Tram
from vonk.simulation.scenes.workshop import Candles, Gears, Pottery, Sewing

SCENES: Final[dict[str, type[Scene]]] = {
    scene.name: scene
    for scene in (
        Bicycle, Books, Bread, Candles, Cat, Coffee, Fish, Gears, Harbour, Kites, Lanterns, Market, Plants, Pottery,
        Rowing, Sewing, Snow, Tram, Vinyl, Waffles, Windmill,
    )
}  # fmt: skip
