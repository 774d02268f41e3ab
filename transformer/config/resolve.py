"""The settings of a run: those of the configuration file, and the options on top of them."""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from transformer.config.config_file import find, load
from transformer.config.function_config import FunctionConfig
from transformer.errors import SettingsError
from transformer.pipeline.settings import Settings
from transformer.rules.registry import resolve_rule_id, rule_ids


class Switches(Protocol):
    """The options that change settings, named as on the command line."""

    @property
    def config(self) -> Path | None: ...
    @property
    def enable(self) -> tuple[str, ...]: ...
    @property
    def disable(self) -> tuple[str, ...]: ...
    @property
    def on_invalid(self) -> Literal["fail", "pass"] | None: ...
    @property
    def strict(self) -> bool: ...


def configured(switches: Switches) -> tuple[Settings, Path]:
    """Return the settings, and the folder that their paths are relative to.

    Raises:
        SettingsError: the configuration is wrong, or a rule does not exist.
    """
    path = switches.config
    if path is None and (found := find(Path.cwd())) is not None:
        path = Path(os.path.relpath(found))  # as files are called that are found in folders
    settings, root = Settings(), Path.cwd()
    if path is not None:
        settings, root = load(path, rule_ids()), path.resolve().parent
    return switched(settings, switches), root


def switched(settings: Settings, switches: Switches) -> Settings:
    """Return `settings` with the options on top of them.

    Raises:
        SettingsError: a rule does not exist.
    """
    rules, severities = dict(settings.transform_rules), dict(settings.severities)
    for names, is_on in ((switches.enable, True), (switches.disable, False)):
        for name in names:
            rule = resolve_rule_id(name)
            if not re.fullmatch(r"HN\d{3}", rule):
                rules[rule] = is_on
            elif not is_on:
                severities[rule] = "off"
            elif severities.get(rule) == "off":
                del severities[rule]
    return replace(
        settings,
        transform_rules=rules,
        severities=severities,
        strict=settings.strict or switches.strict,
        on_invalid=switches.on_invalid or settings.on_invalid,
    )


def from_host(handed: FunctionConfig, switches: Switches, root: Path) -> tuple[Settings, Path]:
    """Return the settings that a host wants, with paths relative to `root`: no file counts.

    Raises:
        SettingsError: a rule does not exist, or a file is named besides.
    """
    if switches.config is not None:
        raise SettingsError(
            "--config and the object that is handed over contradict",
            hint="what the file says can stand under `spec` of the object",
        )
    return switched(handed.settings, switches), root


def plugin_root() -> Path:
    """Return the folder of the kustomization for which a legacy plugin runs."""
    return Path(os.environ.get("KUSTOMIZE_PLUGIN_CONFIG_ROOT") or Path.cwd())
