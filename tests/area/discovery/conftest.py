from tests.area.content.conftest import ada, cleo, folder, mallory, olu, vik

__all__ = ["ada", "cleo", "folder", "mallory", "olu", "vik"]
