"""The configuration that a host passes: the `functionConfig` of a KRM function.

A `HostnetTransform` or `HostnetValidate` is the same object as in `.hostnet-transform.yaml`. A
plain ConfigMap, which kpt creates from `-- key=value`, has the keys of `spec` under `data`, and
each value is YAML: `rules: "{HN411: off}"`.
"""

from typing import Any, NamedTuple

from transformer.config.check import check
from transformer.errors import InputError, SettingsError
from transformer.kubernetes.objects import mapping_at
from transformer.pipeline.settings import Settings, from_plain
from transformer.rules.registry import rule_ids
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

_API_VERSION = "transform.hostnet.io/v1alpha1"
_NAME = "functionConfig"
VALIDATE = "HostnetValidate"


class FunctionConfig(NamedTuple):
    """What a host requests: the settings, and whether to validate only and change nothing."""

    settings: Settings
    only_validates: bool


def function_config(value: Any) -> FunctionConfig:
    """Return the configuration in the plain value of a functionConfig.

    Raises:
        SettingsError: it is of another kind, or does not match the schema.
    """
    config = _of_config_map(value) if mapping_at(value).get("kind") == "ConfigMap" else value
    for problem in check(config, rule_ids()):
        place = f" (at {problem.pointer})" if problem.pointer else ""
        raise SettingsError(f"{problem.message}{place}", file=_NAME, hint=problem.hint)
    return FunctionConfig(from_plain(config), config["kind"] == VALIDATE)


def _of_config_map(value: Any) -> dict[str, Any]:
    spec = {}
    for key, text in mapping_at(value, "data").items():
        try:
            spec[key] = construct(parse(text).root) if isinstance(text, str) else text
        except InputError as error:
            message = f"the value of {key} is not readable as YAML: {error.message}"
            raise SettingsError(message, file=_NAME, hint=error.hint) from None
    return {"apiVersion": _API_VERSION, "kind": "HostnetTransform", "spec": spec}
