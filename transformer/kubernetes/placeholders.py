"""Values that cannot be used: placeholders that are yet to be replaced, and values of a wrong type.

Placeholders are `$ARCH`, `${cluster}`, `$(NAME)` and `ENC[...]`: Flux's post-build substitution,
`envsubst`, kustomize's vars and SOPS replace them in manifests that are valid YAML.
"""

from typing import Any

from transformer.errors import PatchError, PlaceholderError
from transformer.regexes import regex

_PLACEHOLDER = regex(r"\$[{(]?[A-Za-z_]|\AENC\[")


def is_placeholder(value: object) -> bool:
    """Whether `value` is text with a variable in it, or encrypted, so that its value is unknown."""
    return isinstance(value, str) and _PLACEHOLDER.search(value) is not None


def unknown_yet(at: str, value: str) -> PlaceholderError:
    """Return the error that `value`, at pointer `at` of its object, is a placeholder."""
    what = "encrypted" if is_encrypted(value) else f"the placeholder {value[:_LONG]!r}"
    message = f"{at} is {what}, so what is to be done here is not known"
    return PlaceholderError(message, hint=advice(value), pointer=at)


def is_encrypted(value: object) -> bool:
    """Whether `value` is text that SOPS encrypted."""
    return isinstance(value, str) and value.startswith("ENC[")


def advice(value: object) -> str:
    """Return what to do about the placeholder `value`."""
    return f"{'decrypt' if is_encrypted(value) else 'substitute'} first, then transform"


def wrong_type(at: str, value: Any, expected: str) -> PatchError:
    """Return the error that `value`, at pointer `at` of its object, is not what `expected` names.

    If it is a placeholder, it may become that, and the error says so.
    """
    if is_placeholder(value):
        return unknown_yet(at, value)
    return PatchError(
        f"{at} is {_name(value)}, not {expected}, so the rule cannot be applied",
        hint="the API server refuses this manifest; fix it first",
        pointer=at,
    )


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"the value {value!r}"


_LONG = 100
