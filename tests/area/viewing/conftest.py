from tests.area.content.conftest import cleo, folder, mallory, olu, vik

__all__ = ["cleo", "folder", "mallory", "olu", "vik"]
