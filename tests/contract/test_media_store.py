"""What every MediaStore does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vonk.content.errors import MediaMissing
from vonk.content.media import MediaStore, new_key
from vonk.storage.files.media_store import CHUNK_BYTES, FilesMediaStore

BODY = bytes(range(256)) * 2_500  # More than two chunks.


@pytest.fixture(params=["files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    return {"files": lambda: FilesMediaStore(tmp_path / "media")}[request.param]()


@pytest.fixture
def put(store: MediaStore, tmp_path: Path) -> Callable[[bytes], str]:
    def keep(body: bytes) -> str:
        key, draft = new_key("mp4"), tmp_path / "draft"
        draft.write_bytes(body)
        store.put(key, draft)
        assert not draft.exists()
        return key

    return keep


def test_what_is_put_is_read(store: MediaStore, put: Callable[[bytes], str]) -> None:
    key = put(BODY)
    assert (store.exists(key), store.size(key)) == (True, len(BODY))
    assert b"".join(store.read(key)) == BODY
    with store.local(key) as path:
        assert path.read_bytes() == BODY


@pytest.mark.parametrize(
    ("start", "length"),
    [(0, 1), (0, CHUNK_BYTES), (1, CHUNK_BYTES), (5, None), (len(BODY) - 1, 1), (len(BODY) - 1, 50), (len(BODY), None), (9_999_999, 5), (3, 0)],
)  # fmt: skip
def test_ranges(store: MediaStore, put: Callable[[bytes], str], start: int, length: int | None) -> None:
    expected = BODY[start:] if length is None else BODY[start : start + length]
    assert b"".join(store.read(put(BODY), start, length)) == expected


def test_a_reader_may_stop(store: MediaStore, put: Callable[[bytes], str]) -> None:
    chunks = store.read(put(BODY))
    next(chunks)
    chunks.close()
    chunks.close()
    assert list(chunks) == []


def test_putting_again_replaces_and_an_open_reader_keeps_what_it_has(
    store: MediaStore, put: Callable[[bytes], str], tmp_path: Path
) -> None:
    key = put(BODY)
    chunks = store.read(key)
    first = next(chunks)
    draft = tmp_path / "draft"
    draft.write_bytes(b"new")
    store.put(key, draft)
    assert first + b"".join(chunks) == BODY
    assert b"".join(store.read(key)) == b"new"


def test_deleting_twice_is_deleting_once(store: MediaStore, put: Callable[[bytes], str]) -> None:
    key, other = put(b"a"), put(b"b")
    store.delete(key)
    store.delete(key)
    assert (store.exists(key), store.exists(other)) == (False, True)


BAD_KEYS = [
    "",
    "..",
    "../keys/django",
    "/etc/passwd",
    "a" * 32,
    "A" * 32 + ".mp4",
    "0" * 32 + ".mp4\n",
    "0" * 32 + "/../x.mp4",
    "\x00",
]


@pytest.mark.parametrize("key", [*BAD_KEYS, "0" * 32 + ".mp4"])
def test_what_is_not_there_is_missing(store: MediaStore, key: str, tmp_path: Path) -> None:
    for act in (lambda: store.read(key), lambda: store.size(key), lambda: store.local(key).__enter__()):
        with pytest.raises(MediaMissing):
            act()
    assert store.exists(key) is False
    store.delete(key)


@pytest.mark.parametrize("key", BAD_KEYS)
def test_nothing_is_put_under_what_is_no_key(store: MediaStore, key: str, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    draft.write_bytes(b"x")
    with pytest.raises(MediaMissing):
        store.put(key, draft)
    assert draft.read_bytes() == b"x"


def test_keys_by_age(store: MediaStore, put: Callable[[bytes], str]) -> None:
    keys = {put(b"a"), put(b"b")}
    assert set(store.keys(older_than_seconds=0)) == keys
    assert set(store.keys(older_than_seconds=3_600)) == set()


def test_files_come_in_from_another_file_system_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vonk.storage.files.media_store._device", lambda path: hash(path.name))
    store = FilesMediaStore(tmp_path / "media")
    key, draft = new_key("mp4"), tmp_path / "draft"
    draft.write_bytes(BODY)
    store.put(key, draft)
    assert (draft.exists(), b"".join(store.read(key))) == (False, BODY)
    assert list((tmp_path / "media" / "drafts").iterdir()) == []
