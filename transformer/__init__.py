"""Prepare Kubernetes manifests for OpenYurt host-network NodePools, and change nothing else."""

from transformer.api import Result, transform, transform_stream, validate
from transformer.errors import InputError, SettingsError, TransformError
from transformer.findings import Change, DocumentResult, Finding, ObjectRef

__all__ = [
    "Change",
    "DocumentResult",
    "Finding",
    "InputError",
    "ObjectRef",
    "Result",
    "SettingsError",
    "TransformError",
    "transform",
    "transform_stream",
    "validate",
]
