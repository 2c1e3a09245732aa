"""What is compiled is compiled anew when any file changes that it takes constants from."""

from pathlib import Path
from typing import Any

from vonk.delivery.prediction import frozen_kernels, kernels, keys
from vonk.delivery.prediction.compiling import SOURCES, digest_of


def test_a_digest_changes_with_every_file_and_its_name(tmp_path: Path) -> None:
    (tmp_path / "plan.py").write_text("ENTRIES = 3\n")
    found = [digest_of(tmp_path)]
    (tmp_path / "plan.py").write_text("ENTRIES = 4\n")
    found.append(digest_of(tmp_path))
    (tmp_path / "plan.py").rename(tmp_path / "programs.py")
    found.append(digest_of(tmp_path))
    assert len(set(found)) == 3


def test_what_is_kept_of_kernels_is_kept_for_all_of_their_sources() -> None:
    told: list[Any] = [frozen_kernels.score, frozen_kernels.describe, kernels.learn, keys.mix]
    for kernel in told:
        stamp, sources = kernel._cache._cache_file._source_stamp
        assert stamp
        assert sources == SOURCES == digest_of(Path(kernels.__file__).parent)
