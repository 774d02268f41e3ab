"""A ResourceList whose functionConfig asks to validate: nothing in its items is changed.

It comes out with what was found in its `results`; from a validator of kustomize nothing does, since
kustomize refuses whatever that prints (see `kustomization`).
"""

from pathlib import Path
from typing import Protocol

from transformer.commands import validate
from transformer.config.function_config import VALIDATE
from transformer.hosts import resource_list
from transformer.hosts.kustomize_fields import is_validator
from transformer.inputs.reading import Readable, Rewound, chunks
from transformer.pipeline.settings import Settings
from transformer.report.report import Report
from transformer.system import stdio

_SHARED = (
    *("report_file", "pools", "config", "enable", "disable", "on_invalid", "strict"),
    *("stdin_filename", "max_document", "quiet", "verbose", "color"),
)
"""The options that `transform` and `validate` have in common."""


class Options(Protocol):
    """Options that have at least those, named as on the command line."""

    def _asdict(self) -> dict[str, object]: ...


def run(
    stdin: Readable,
    request: resource_list.Request,
    options: Options,
    settings: Settings,
    root: Path,
) -> int:
    """Judge the items, hand the list back if it may be, and return the exit status."""
    data = b"".join(chunks(stdin))
    out = stdio.standard_output()
    is_silent = resource_list.is_of_kustomize(request) and is_validator(Path.cwd(), VALIDATE)

    def take(report: Report) -> None:
        if not is_silent:
            out.write(resource_list.with_results(data, report.findings))
            out.flush()

    shared = {name: value for name, value in options._asdict().items() if name in _SHARED}
    chosen = validate.plugin_options(shared)
    source = Rewound([data], iter(()))
    return validate.run_as_plugin(source, chosen, settings, root, take)
