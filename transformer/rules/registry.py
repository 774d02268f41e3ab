"""The rules there are: every module in `rules/transform` and `rules/validate` that has a RULE.

A new rule is a new file; nothing lists them. Sorted by id.
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

import transformer.rules.transform
import transformer.rules.validate
from transformer.rules.base import TransformRule, ValidationRule


@cache
def transform_rules() -> tuple[TransformRule, ...]:
    """Return the transform rules."""
    rules = [module.RULE for module in _modules(transformer.rules.transform)]
    return tuple(sorted(rules, key=lambda rule: rule.id))


@cache
def validation_rules() -> tuple[ValidationRule, ...]:
    """Return the validation rules."""
    rules = [module.RULE for module in _modules(transformer.rules.validate)]
    return tuple(sorted(rules, key=lambda rule: rule.id))


def documentation(rule_id: str) -> str | None:
    """Return the documentation of a rule, which is its module's docstring, or None."""
    for package in (transformer.rules.transform, transformer.rules.validate):
        for module in _modules(package):
            if module.RULE.id == rule_id:
                return (module.__doc__ or "").strip()
    return None


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__):
        yield import_module(f"{package.__name__}.{found.name}")
