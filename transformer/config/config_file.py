"""`.hostnet-transform.yaml`: the settings in it, and the lines of entries that messages name."""

from pathlib import Path

from transformer.config.check import check
from transformer.config.own_files import checked, content
from transformer.config.resolve import NAME
from transformer.pipeline.settings import Settings, from_plain
from transformer.rules.registry import rule_ids

_MAX_SIZE = 1024 * 1024
_HINT = "it needs at least apiVersion: transform.hostnet.io/v1alpha1 and a kind"


def load(path: Path) -> Settings:
    """Return the settings in the file `path`.

    Raises:
        SettingsError: the file cannot be read, or is invalid (see `parse`).
    """
    hint = f"name the file in it, such as {path / NAME}"
    return parse(content(path, "configuration", _MAX_SIZE, folder_hint=hint), str(path))


def parse(data: bytes, name: str) -> Settings:
    """Return the settings in `data`, the bytes of a file with the name `name`.

    Paths in the result are as written.

    Raises:
        SettingsError: `data` is not UTF-8, not YAML, empty, more than one document, or does not
            match the schema. Of several problems, the first in the text is reported, and the number
            of the others.
    """
    config = checked(data, name, "configuration", lambda value: check(value, rule_ids()), _HINT)
    settings = from_plain(config.value)
    suppressions = tuple(
        entry._replace(line=config.line_of(f"/spec/ignore/{index}"))
        for index, entry in enumerate(settings.suppressions)
    )
    clusters = tuple(
        entry._replace(line=config.line_of(f"/spec/clusters/{index}"))
        for index, entry in enumerate(settings.clusters)
    )
    build_line = config.line_of("/spec/build") if settings.build else 0
    return settings._replace(
        suppressions=suppressions, clusters=clusters, build_line=build_line, name=name
    )
