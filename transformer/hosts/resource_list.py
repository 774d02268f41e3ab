"""A KRM function of kustomize or kpt: a ResourceList in, and the same ResourceList out.

Its items are manifests like those of any list and are edited in the same way, so the annotations of
the host, comments and order stay. With a functionConfig of kind HostnetValidate, they are not
changed.

Source: KRM Functions Specification (kustomize, cmd/config/docs/api-conventions/functions-spec.md).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformer.commands import transform as transform_command
from transformer.commands.host import Host
from transformer.config.options import TransformOptions
from transformer.config.resolve import from_host
from transformer.errors import InputError, SettingsError
from transformer.inputs.reading import RawStream, chunks, hold_list
from transformer.kubernetes.objects import mapping_at
from transformer.outputs.reporter import Reporter
from transformer.outputs.writers import Output
from transformer.pipeline.list_items import item_batches
from transformer.pipeline.settings import Settings
from transformer.runs.transform import Inputs
from transformer.system import stdio
from transformer.text.raw_document import RawDocument
from transformer.yamltree.parse import load

if TYPE_CHECKING:
    from transformer.report.report import Report

GROUP = "config.kubernetes.io/"
KIND = "ResourceList"
_WORDS = (KIND.encode(), GROUP.encode())

_KUSTOMIZE = "kustomize.config.k8s.io/id"


def peek(stdin: RawStream) -> dict[str, Any] | None:
    """Return the ResourceList if it is the first document of the input, else None."""
    first = stdin.peek()
    if first is None or first.oversize or not all(word in first.data for word in _WORDS):
        return None
    try:
        request = mapping_at(load(first.data))
    except InputError:
        return None
    is_one = request.get("kind") == KIND and str(request.get("apiVersion")).startswith(GROUP)
    return request if is_one else None


def run(
    request: Mapping[str, Any],
    stdin: RawStream,
    options: TransformOptions,
    settings: Settings,
    root: Path,
) -> int:
    """Transform or validate the items, answer with the list, and return the exit status.

    `settings` apply if the request has no configuration.

    Raises:
        SettingsError: wrong usage, or an invalid configuration.
        OSError: standard input or output, or a temporary file, fails.
    """
    if not options.prints_manifests:
        message = "--check, --diff and --output are not supported for a ResourceList"
        raise SettingsError(message, hint="leave them out: the host deletes what is not printed")
    if (given := request.get("functionConfig")) is not None:
        from transformer.config.function_config import function_config  # only needed here

        config = function_config(given)
        settings, root = from_host(config.settings, options), Path.cwd()
        if config.only_validates:
            return _validate(request, stdin, options, settings)
    return transform_command.run(options, Host(settings, root, Inputs(stdin=stdin), _answer))


@contextmanager
def _answer(_: Reporter) -> Iterator[tuple[Output, Callable[[], object]]]:
    """Yield where results go, and what to call before a wait: the list is printed at the end."""
    from transformer.outputs.resource_list import ResourceListStream  # only needed here

    stdout = stdio.standard_output()
    yield ResourceListStream(stdout), lambda: None
    stdout.flush()


def _validate(
    request: Mapping[str, Any], stdin: RawStream, options: TransformOptions, settings: Settings
) -> int:
    """Validate the items, and answer with the list and the findings.

    A validator of kustomize prints nothing: kustomize refuses any output of a validator.
    """
    from transformer.commands import validate as validate_command  # slow to import, rarely needed
    from transformer.config.function_config import VALIDATE
    from transformer.config.validate_options import to_validate
    from transformer.inputs.comparison import opened_states
    from transformer.inputs.kustomize_fields import is_validator
    from transformer.outputs.resource_list import print_with_results

    out = stdio.standard_output()
    is_silent = _is_of_kustomize(request) and is_validator(Path.cwd(), VALIDATE)
    chosen = to_validate(options)
    with closing(hold_list()) as held:
        for batch in stdin.batches():
            for raw in batch.documents:
                held.write(raw.source)

        def documents() -> Iterator[RawDocument]:
            held.seek(0)
            for batch in item_batches(chunks(held), options.max_document, hold_list):
                yield from batch.documents

        def answer(report: "Report") -> None:
            if not is_silent:
                print_with_results(documents, report.findings, out)
                out.flush()
            validate_command.print_for_people(chosen, report)

        held.seek(0)
        reads = partial(opened_states, (), chosen, stdin=held)
        return validate_command.run(chosen, Host(settings, Path.cwd(), reads, answer))


def _is_of_kustomize(request: Mapping[str, Any]) -> bool:
    """Whether kustomize sent the ResourceList: its items have an annotation of kustomize."""
    items = request.get("items")
    return isinstance(items, list) and any(
        _KUSTOMIZE in mapping_at(item, "metadata", "annotations") for item in items
    )
