"""What every test starts from: a data directory of its own, and an instant that stands still."""

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
from django.test import override_settings

_data_dir = Path(tempfile.mkdtemp(prefix="vonk-tests-"))
os.environ["VONK_DATA"] = str(_data_dir)
os.environ.setdefault("VONK_SANDBOX", "true")
os.environ["DJANGO_SETTINGS_MODULE"] = "vonk.config.settings"  # Here, so that it is read after VONK_DATA is set.
django.setup()
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # The cast need no slow ones.


@pytest.fixture(scope="session", autouse=True)
def data_dir() -> Iterator[Path]:
    """The data directory that Django's settings were made with."""
    yield _data_dir
    shutil.rmtree(_data_dir, ignore_errors=True)


@pytest.fixture(autouse=True)
def nobody_was_here() -> None:
    """Forget how often each address has signed up or in: the tests of one process all come from one."""
    cache.clear()


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords fast: the slowness that protects real ones would take most of the tests' time."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
