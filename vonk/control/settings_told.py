"""The settings that the platform was started with, for operators to read: they are set in a file or the environment."""

import os
from typing import Any, Final

import msgspec
from django.conf import settings
from django.utils.module_loading import import_string

from vonk.control.scope import Right, Scope

READER: Final = "vonk.config.options.settings_in_force"  # By name: the configuration lies above whoever asks.
DEFAULT: Final = "default"


class SettingTold(msgspec.Struct, frozen=True):
    """A setting in force, without the password of an address. ``origin``: "default", a variable's or a file's name."""

    name: str
    value: str
    origin: str
    meaning: str


def told(scope: Scope) -> tuple[SettingTold, ...]:
    """Return every setting as the site was started with it (Right.OPERATE).

    Raises ValueError (``OptionInvalid``) when the file was broken since the start.
    """
    scope.require(Right.OPERATE)
    found: list[Any] = import_string(READER)(settings.VONK.data_dir, os.environ)
    return tuple(SettingTold(one.option.name, one.shown, one.origin, one.option.meaning) for one in found)
