"""`python -m bench`: how fast, beside other tools, and how much memory; and whether goals are met.

Everything that is generated goes into a temporary folder, which is removed at the end.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from bench import environment, tables
from bench.figures import Found, Result, Table, Verdict
from bench.place import Place
from bench.sections import (
    apps,
    edited,
    fleet,
    growth,
    hooks,
    kustomize,
    lists,
    memory,
    page,
    passing,
    placement,
    real,
    start,
    validate,
)

SECTIONS: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        *(passing, edited, apps, kustomize, validate, lists, start, hooks, real, memory, growth),
        *(placement, page, fleet),
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print, and return the exit status; see `--help`."""
    options = _options(arguments)
    known = environment.known()
    print(tables.environment(known))
    results = {}
    for name in options.section or SECTIONS:
        results[name] = _measured(options, SECTIONS[name])
        print(tables.section(SECTIONS[name], results[name]), flush=True)
    print(tables.summary(results))
    if options.json is not None:
        figures = {name: asdict(result) for name, result in results.items()}
        options.json.write_text(json.dumps({"environment": known, **figures}, indent=2) + "\n")
    if options.markdown is not None:
        sections = {SECTIONS[name]: result for name, result in results.items()}
        text = tables.document(known, tables.summary(results), sections)
        options.markdown.write_text(text, encoding="utf-8")
    return int(any(result.failure for result in results.values()))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = ", ".join(SECTIONS)
    parser.add_argument(
        *("--section", "-s"), nargs="+", action="extend", choices=SECTIONS, help=names
    )
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run at all?")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="real files, for `real`")
    parser.add_argument("--repository", type=Path, metavar="DIR", help="a clone, for `hooks`")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the document")
    return parser.parse_args(arguments)


def _measured(options: argparse.Namespace, section: ModuleType) -> Result:
    """Return what a section finds; if it fails, the others are measured all the same."""
    started = time.perf_counter()
    found: list[Found] = []
    failure = ""
    with tempfile.TemporaryDirectory(prefix="hostnet-bench-") as folder:
        place = Place(Path(folder), options.quick, options.corpus, options.repository)
        try:
            for each in section.measure(place):
                found.append(each)
        except RuntimeError as error:
            failure = str(error).strip()
    seen = tuple(each for each in found if isinstance(each, Table))
    verdicts = tuple(each for each in found if isinstance(each, Verdict))
    return Result(seen, verdicts, time.perf_counter() - started, failure)


if __name__ == "__main__":
    sys.exit(main())
