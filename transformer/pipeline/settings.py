"""The configuration as plain frozen data."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from transformer.findings import Severity
from transformer.globs import is_chosen, matches_object
from transformer.regexes import regex

_SEVERITY_KEY = regex(r"HN[0-9]{3}")

_NONE: Mapping[str, Any] = {}


class Suppression(NamedTuple):
    """A suppression of `rules` on an object and in a file; an empty pattern matches all.

    `object` is `Kind/namespace/name` or `Kind/name`, with wildcards in each part; `file` is a
    pattern of gitignore. `until` is the last day on which it counts (empty: no end), and
    `is_expired` says that it is over. `line` is the line of the entry in the configuration file, or
    0 if there is no file.
    """

    rules: tuple[str, ...]
    object: str = ""
    file: str = ""
    reason: str = ""
    line: int = 0
    until: str = ""
    is_expired: bool = False


class Cluster(NamedTuple):
    """A cluster of the configuration, and the patterns of its files; `line` as in `Suppression`."""

    name: str
    paths: tuple[str, ...]
    line: int = 0


class Settings(NamedTuple):
    """Everything that a configuration can set, with defaults.

    `transform_rules` has only the rules that are explicitly switched on or off, by id; `severities`
    has `error`, `warning`, `info` or `off` by rule id. `components`, `pod_templates` and
    `inline_pools` are the plain objects of the schema; `pool_paths` are as written. `build`: as
    `--build`; `build_line` is its line in the configuration file. `nodes` says whether the Nodes in
    the input are all that the cluster has. `baseline` is the path of a baseline, as written. `name`
    is the name of the configuration file.
    """

    transform_rules: Mapping[str, bool] = _NONE
    severities: Mapping[str, Severity | Literal["off"]] = _NONE
    components: tuple[Mapping[str, Any], ...] = ()
    pod_templates: tuple[Mapping[str, Any], ...] = ()
    pool_paths: tuple[str, ...] = ()
    inline_pools: tuple[Mapping[str, Any], ...] = ()
    clusters: tuple[Cluster, ...] = ()
    scopes: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    nodes: Literal["partial", "complete"] = "partial"
    build: bool = False
    build_line: int = 0
    on_invalid: Literal["fail", "pass"] = "fail"
    strict: bool = False
    baseline: str = ""
    name: str = ""

    @property
    def rules_off(self) -> frozenset[str]:
        """The validation rules that report nothing."""
        return frozenset(rule for rule, severity in self.severities.items() if severity == "off")


def matches_suppression(entry: Suppression, rule: str, object_ref: str, file: str) -> bool:
    """Return whether `entry` suppresses a finding of `rule`.

    `object_ref` is `Kind/namespace/name`, or `Kind/name` for an object without a namespace, or
    empty if the finding is not about an object. `file` is relative to the configuration's folder.
    """
    return (
        rule in entry.rules
        and (not entry.object or matches_object(object_ref, entry.object))
        and (not entry.file or is_chosen(file.replace("\\", "/"), (entry.file,)))
    )


def from_plain(config: Mapping[str, Any]) -> Settings:
    """Return the settings of a configuration in which `check` found no problem."""
    spec = config.get("spec") or {}
    rules = spec.get("rules") or {}
    pools = spec.get("pools") or ()
    return Settings(
        transform_rules={key: on for key, on in rules.items() if not _SEVERITY_KEY.fullmatch(key)},
        severities={
            key: value or "off" for key, value in rules.items() if _SEVERITY_KEY.fullmatch(key)
        },
        components=tuple(spec.get("components") or ()),
        pod_templates=tuple(spec.get("podTemplates") or ()),
        pool_paths=tuple(pool for pool in pools if isinstance(pool, str)),
        inline_pools=tuple(pool for pool in pools if not isinstance(pool, str)),
        clusters=tuple(
            Cluster(entry["name"], tuple(entry["paths"])) for entry in spec.get("clusters") or ()
        ),
        scopes=tuple(spec.get("scopes") or ()),
        include=tuple(spec.get("include") or ()),
        exclude=tuple(spec.get("exclude") or ()),
        suppressions=tuple(
            Suppression(
                rules=tuple(entry["rules"]),
                object=entry.get("object", ""),
                file=entry.get("file", ""),
                reason=entry["reason"],
                until=entry.get("until", ""),
            )
            for entry in spec.get("ignore") or ()
        ),
        nodes=spec.get("nodes", "partial"),
        build=spec.get("build", False),
        on_invalid=spec.get("onInvalid", "fail"),
        strict=spec.get("strict", False),
        baseline=spec.get("baseline", ""),
    )
