"""What `import transformer` offers; a change here is a change for users."""

import inspect
import typing

import transformer


def test_the_public_names_are_these() -> None:
    assert sorted(transformer.__all__) == [
        "Change",
        "DocumentResult",
        "Finding",
        "InputError",
        "ObjectRef",
        "PatchError",
        "PatchTestError",
        "Result",
        "SettingsError",
        "TransformError",
        "splice",
        "transform",
        "transform_stream",
        "validate",
    ]


def test_each_public_name_is_there_and_explained() -> None:
    for name in transformer.__all__:
        assert inspect.getdoc(getattr(transformer, name)), name


def test_the_arguments_are_these() -> None:
    for function, first in (
        (transformer.transform, "data"),
        (transformer.transform_stream, "source"),
    ):
        parameters = inspect.signature(function).parameters
        assert list(parameters) == [first, "pools", "config", "name"]
        keyword_only = [p.name for p in parameters.values() if p.kind is p.KEYWORD_ONLY]
        assert keyword_only == ["pools", "config", "name"]
        assert "return" in typing.get_type_hints(function)


def test_the_errors_that_a_caller_may_meet_have_one_base() -> None:
    for error in (transformer.InputError, transformer.SettingsError):
        assert issubclass(error, transformer.TransformError)
