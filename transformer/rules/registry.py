"""The rules, loaded by the tables in `rules/index.py` and sorted by id."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

from transformer.rules.base import TransformRule, ValidationRule
from transformer.rules.index import (
    CHECKED_BY_BOTH,
    CHECKED_BY_VALIDATE,
    OFF_BY_DEFAULT,
    REPORTED_BY_READER,
    TRANSFORM,
)
from transformer.wording import resolve_name

_VALIDATION = {**CHECKED_BY_BOTH, **CHECKED_BY_VALIDATE, **REPORTED_BY_READER}
_ALL = {**TRANSFORM, **_VALIDATION}


def rule_ids() -> tuple[str, ...]:
    """Return the ids of all rules, without loading any: those that edit, then those that report."""
    return (*sorted(TRANSFORM), *sorted(_VALIDATION))


def resolve_rule_id(name: str) -> str:
    """Return the id of the rule that `name` means; case, `-` and `_` make no difference.

    Raises:
        SettingsError: there is no such rule.
    """
    return resolve_name("rule", name, rule_ids(), "`hostnet-transform rules` lists them")


def transform_rules(switched: Mapping[str, bool] | None = None) -> tuple[TransformRule, ...]:
    """Return the rules that edit: those that are on where `switched` are, or else all of them."""
    ids = (
        rule_id
        for rule_id in sorted(TRANSFORM)
        if switched is None or switched.get(rule_id, rule_id not in OFF_BY_DEFAULT)
    )
    return tuple(_module(rule_id).RULE for rule_id in ids)


@cache
def checks_of_transform() -> tuple[ValidationRule, ...]:
    """Return the validation rules that `transform` runs too."""
    return _checks(CHECKED_BY_BOTH)


@cache
def validation_rules() -> tuple[ValidationRule, ...]:
    """Return all validation rules."""
    return _checks(_VALIDATION)


def _checks(index: Mapping[str, str]) -> tuple[ValidationRule, ...]:
    return tuple(_module(rule_id).RULE for rule_id in sorted(index))


def documentation(rule_id: str) -> str | None:
    """Return the documentation of a rule, which is the docstring of its module, or None."""
    return (_module(rule_id).__doc__ or "").strip() if rule_id in _ALL else None


def _module(rule_id: str) -> ModuleType:
    return import_module(f"transformer.rules.{_ALL[rule_id]}")
