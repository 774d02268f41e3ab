"""Prepare Kubernetes manifests for OpenYurt host-network NodePools, and change nothing else."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformer.api import Result, splice, transform, transform_stream, validate
    from transformer.errors import (
        InputError,
        PatchError,
        PatchTestError,
        SettingsError,
        TransformError,
    )
    from transformer.findings import Change, DocumentResult, Finding, ObjectRef

__all__ = [
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


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: the command line loads only what it needs."""
    from importlib import import_module

    for module in ("findings", "errors", "api") if name in __all__ else ():
        if (found := getattr(import_module(f"transformer.{module}"), name, None)) is not None:
            return found
    raise AttributeError(f"module 'transformer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
