"""The programs that are measured: this tool and what it is compared with, as commands.

A peer that is not there gives no command, so it is left out of its table.
"""

import sys
from pathlib import Path

from bench import guard
from bench.processes import Command

OWN = "hostnet-transform"
ONE_PROCESS = f"{OWN}, one process"
YQ = "yq"
YQ_ONE_PROCESSOR = f"{YQ}, one processor"
FLOOR, KUBECTL, KUBECONFORM = "floor", "kubectl kustomize", "kubeconform"

_ROOT = Path(__file__).parent.parent


def beside(name: str) -> str | None:
    """Return the path of a program beside this Python, where `make bench-peers` puts peers."""
    path = Path(sys.executable).with_name(name)
    return str(path) if path.exists() else None


def own(
    *arguments: str,
    stdin: Path | None = None,
    folder: Path | None = None,
    name: str = OWN,
    statuses: tuple[int, ...] = (0,),
) -> Command:
    """Return a command of this tool."""
    return Command(name, (beside(OWN) or OWN, *arguments), stdin, folder, statuses=statuses)


def one_process(stdin: Path) -> Command:
    """Return the filter on one processor, where it starts no other process."""
    return Command(ONE_PROCESS, (beside(OWN) or OWN,), stdin, processors=1)


def floor(stdin: Path) -> Command:
    """Return the loop of `bench.floor`."""
    return Command(FLOOR, (sys.executable, "-m", "bench.floor"), stdin, _ROOT)


def round_trip(stdin: Path) -> Command:
    """Return the script with ruamel.yaml."""
    return Command("ruamel.yaml", (sys.executable, "-m", "bench.round_trip"), stdin, _ROOT)


def yq(stdin: Path, expression: str, *options: str, processors: int = 0) -> tuple[Command, ...]:
    """Return yq with an expression."""
    path = beside(YQ)
    name = YQ_ONE_PROCESSOR if processors else YQ
    arguments = (str(path), *options, expression, "-")
    return (Command(name, arguments, stdin, processors=processors),) if path else ()


def kustomize(source: Path) -> tuple[Command, ...]:
    """Return `kubectl kustomize`, with the guard as a patch of a file with that name."""
    (source.parent / "kustomization.yaml").write_text(guard.for_kustomize(source.name))
    path = beside("kubectl")
    arguments = (str(path), "kustomize", str(source.parent))
    return (Command(KUBECTL, arguments),) if path else ()


def kubeconform(folder: Path, schemas: Path) -> tuple[Command, ...]:
    """Return kubeconform on a folder; in `schemas` there are none."""
    path = beside(KUBECONFORM)
    options = ("-ignore-missing-schemas", "-schema-location", str(schemas), "-summary")
    arguments = (str(path), *options, "-output", "json", str(folder))
    return (Command(KUBECONFORM, arguments),) if path else ()
