"""The rules there are: every module in `rules/transform`, `both` and `validate` that has a RULE.

A new rule is a new file; nothing lists them. Sorted by id. Those that `transform` has no use for
have a folder of their own (`validate`), so that it need not import them.
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

from transformer.rules.base import TransformRule, ValidationRule


@cache
def transform_rules() -> tuple[TransformRule, ...]:
    """Return the transform rules."""
    rules = [module.RULE for module in _modules("transform")]
    return tuple(sorted(rules, key=lambda rule: rule.id))


@cache
def checks_of_transform() -> tuple[ValidationRule, ...]:
    """Return the validation rules that look at an object in `transform` too."""
    rules = [module.RULE for module in _modules("both")]
    return tuple(sorted(rules, key=lambda rule: rule.id))


@cache
def validation_rules() -> tuple[ValidationRule, ...]:
    """Return all validation rules."""
    rules = [module.RULE for module in _modules("validate")]
    return tuple(sorted((*checks_of_transform(), *rules), key=lambda rule: rule.id))


def documentation(rule_id: str) -> str | None:
    """Return the documentation of a rule, which is its module's docstring, or None."""
    for folder in ("transform", "both", "validate"):
        for module in _modules(folder):
            if module.RULE.id == rule_id:
                return (module.__doc__ or "").strip()
    return None


def _modules(folder: str) -> Iterator[ModuleType]:
    package = import_module(f"transformer.rules.{folder}")
    for found in pkgutil.iter_modules(package.__path__):
        yield import_module(f"{package.__name__}.{found.name}")
