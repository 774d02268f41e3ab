"""The settings of a run: those of the configuration file, overridden by options."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from transformer.config.options import Options
from transformer.errors import SettingsError
from transformer.pipeline.settings import Settings
from transformer.rules.registry import resolve_rule_id

NAME = ".hostnet-transform.yaml"


def resolve(options: Options) -> tuple[Settings, Path]:
    """Return the settings, and the folder that their paths are relative to.

    Raises:
        SettingsError: the configuration is invalid, or a rule does not exist.
    """
    path = options.config
    if path is None and (found := find(Path.cwd())) is not None:
        path = Path(os.path.relpath(found))  # as for files that are found in folders
    settings, root = Settings(), Path.cwd()
    if path is not None:
        from transformer.config.config_file import load  # only needed with a file

        settings, root = load(path), path.resolve().parent
    return with_options(settings, options), root


def find(start: Path) -> Path | None:
    """Return the nearest configuration file from the folder `start` upwards, or None.

    Anything with the name counts, even a broken link: `load` then reports what is wrong with it.
    """
    folder = start.resolve()
    for candidate in (above / NAME for above in (folder, *folder.parents)):
        try:
            candidate.lstat()
        except OSError:
            continue
        return candidate
    return None


def with_options(settings: Settings, options: Options) -> Settings:
    """Return `settings`, overridden by the options.

    Raises:
        SettingsError: a rule does not exist.
    """
    rules, severities = dict(settings.transform_rules), dict(settings.severities)
    for names, is_on in ((options.enable, True), (options.disable, False)):
        for name in names:
            rule = resolve_rule_id(name)
            if not re.fullmatch(r"HN\d{3}", rule):
                rules[rule] = is_on
            elif not is_on:
                severities[rule] = "off"
            elif severities.get(rule) == "off":
                del severities[rule]
    return as_of_today(settings)._replace(
        transform_rules=rules,
        severities=severities,
        strict=settings.strict or options.strict,
        on_invalid=options.on_invalid or settings.on_invalid,
    )


def as_of_today(settings: Settings) -> Settings:
    """Return `settings` with the suppressions whose last day has passed marked as expired."""
    today = datetime.now(UTC).date().isoformat()
    suppressions = (
        entry._replace(is_expired=bool(entry.until) and entry.until < today)
        for entry in settings.suppressions
    )
    return settings._replace(suppressions=tuple(suppressions))


def from_host(settings: Settings, options: Options) -> Settings:
    """Return the settings that a host passes, overridden by the options; no file is read.

    Raises:
        SettingsError: a rule does not exist, or `--config` is set as well.
    """
    if options.config is not None:
        message = "--config cannot be used together with a configuration from the host"
        hint = "move the `spec` of the file to the object that the host passes"
        raise SettingsError(message, hint=hint)
    return with_options(settings, options)
