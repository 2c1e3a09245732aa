"""What every test starts from: a data directory of its own, and an instant that stands still."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from tests import chance, kept, order, templates
from tests.kept import worlds_end

__all__ = ["worlds_end"]

_run = templates.begin()
_data_dir = Path(tempfile.mkdtemp(prefix="vonk-tests-"))
os.environ["VONK_DATA"] = str(_data_dir)
os.environ.setdefault("VONK_SANDBOX", "true")
os.environ.setdefault("VONK_RANDOM_SLOTS_PERCENT", "0")  # Chance decides nothing that tests look at.
os.environ["DJANGO_SETTINGS_MODULE"] = "vonk.config.settings"  # Here, so that it is read after VONK_DATA is set.
django.setup()
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # The cast need no slow ones.
chance.begin()


@pytest.fixture(scope="session", autouse=True)
def data_dir() -> Iterator[Path]:
    """The data directory that Django's settings were made with."""
    yield _data_dir
    shutil.rmtree(_data_dir, ignore_errors=True)


def pytest_unconfigure() -> None:
    """Remove what the workers shared, after the last of them has ended."""
    if _run is not None:
        shutil.rmtree(_run, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Let the test database be the migrated one that is put in its place; where it lies is removed at the end."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Put the tables where this worker's test database will be."""
    if connection.vendor == "sqlite":
        templates.tables(Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(autouse=True)
def nobody_was_here() -> None:
    """Forget how often each address has signed up or in: the tests of one process all come from one."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Have each test's client take the list of static files from the first one: they do not change while tests run."""
    look, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, StaticFile]()

    def looked_up(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", looked_up)
        yield


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords fast: the slowness that protects real ones would take most of the tests' time."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.hookimpl(trylast=True)  # After pytest-randomly.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = order.arranged(items)


def pytest_collection_finish() -> None:
    """Leave what stays to the end out of every search for garbage: modules and tests are most of what there is."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End the kept worlds that the next test does without."""
    kept.end_all_but(kept.asked_by(item))
