"""Errors carry what people need to know, also from one process to another."""

import inspect
import pickle
from typing import Any

import pytest

from transformer import errors
from transformer.errors import (
    GitError,
    InputError,
    InternalError,
    MisfitError,
    PatchError,
    PatchTestError,
    PlaceholderError,
    SettingsError,
    TransformError,
)

SAMPLES: dict[type[TransformError], dict[str, Any]] = {
    InputError: {"offset": 3, "hint": "h", "rule": "HN902", "is_open": True, "other": 1},
    PatchError: {"offset": 3, "hint": "h", "other": 1, "pointer": "/spec"},
    PlaceholderError: {"offset": 3, "hint": "h", "other": 1, "pointer": "/spec"},
    MisfitError: {"offset": 3, "hint": "h", "other": 1, "pointer": "/spec"},
    PatchTestError: {"offset": 3, "hint": "h", "other": 1, "pointer": "/spec"},
    SettingsError: (
        _setting := {
            "file": "a.yaml",
            "line": 2,
            "column": 5,
            "hint": "h",
            "offset": 3,
            "other": 1,
        }
    ),
    GitError: _setting,
    InternalError: {"offset": 3, "hint": "h", "other": 1},
}


def subclasses(of: type[TransformError]) -> set[type[TransformError]]:
    direct = {cls for cls in of.__subclasses__() if cls.__module__ == errors.__name__}
    return direct.union(*map(subclasses, direct))


def test_there_is_a_sample_of_each_error() -> None:
    assert set(SAMPLES) == subclasses(TransformError)


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_a_sample_sets_every_attribute(kind: type[TransformError]) -> None:
    assert {"self", "message", *SAMPLES[kind]} == set(inspect.signature(kind.__init__).parameters)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling(kind: type[TransformError], protocol: int) -> None:
    error = kind("m", **SAMPLES[kind])
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is kind
    assert str(again) == "m"
    assert vars(again) == vars(error)
    assert vars(again).items() >= SAMPLES[kind].items()


def test_the_error_of_a_key_that_comes_twice_survives_pickling() -> None:
    error = errors.duplicate_key("name", 9, 3)
    again = pickle.loads(pickle.dumps(error))
    assert vars(again) == vars(error)
    assert (again.rule, again.offset, again.other) == ("HN902", 9, 3)


def test_what_is_not_known_is_left_empty() -> None:
    error = InputError("m")
    assert (error.message, error.offset, error.hint, error.rule) == ("m", None, "", "HN901")
