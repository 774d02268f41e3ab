"""`make splice-table`: how many lines of a file an edit changes, made by this tool and by others.

The edits are JSON patches of files in `testdata/patch/`. Each tool makes them as its users do: yq
in place (`-c`: lists at the column of their key), ruamel.yaml in a round trip, kyaml as Flux's
image automation uses it. Removed and added lines count, their line breaks included, and a line that
is changed counts twice.
"""

import argparse
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import jsonpatch
from ruamel.yaml import YAML

from bench.programs import OWN, beside
from bench.tables import aligned
from transformer import splice
from transformer.config.operations_file import load
from transformer.inputs.reading import value_of
from transformer.kubernetes.objects import manifests
from transformer.pipeline.documents import documents

ROOT = Path(__file__).parent.parent
CASES = ROOT / "testdata/patch"
PAGE = ROOT / "docs/splice.md"
BEGIN, END = "<!-- table: make splice-table -->\n", "<!-- end of the table -->\n"


class Edit(NamedTuple):
    """An edit: its folder in `testdata/patch/`, what is edited in what, how many lines have to
    change, and the expression for yq.
    """

    folder: str
    what: str
    least: int
    expression: str

    @property
    def source(self) -> bytes:
        """The file that is edited."""
        return (CASES / self.folder / "in.yaml").read_bytes()

    @property
    def expected(self) -> bytes:
        """The file with the values that it is to have."""
        return (CASES / self.folder / "out.yaml").read_bytes()

    @property
    def patch(self) -> Path:
        """The file of the JSON patch."""
        return next((CASES / self.folder).glob("patch.*"))

    @property
    def target(self) -> str | None:
        """The object that is edited, if the file has others."""
        file = CASES / self.folder / "target"
        return file.read_text("utf-8").strip() if file.exists() else None

    @property
    def operations(self) -> list[dict[str, Any]]:
        """The operations of the JSON patch."""
        return [one.as_dict() for one in load(self.patch)]


_FIRST = ".spec.template.spec.containers[0]"
EDITS = (
    Edit(
        "helm-release", "HelmRelease: the tag of an image", 2, '.spec.values.image.tag = "1.19.0"'
    ),
    Edit("kustomization", "Kustomization: a new tag", 2, '.images[1].newTag = "2.10"'),
    Edit(
        "deployment",
        "Deployment, indented by 4: one more variable",
        2,
        f'{_FIRST}.env += [{{"name": "REDIS_TLS", "value": "true"}}]',
    ),
    Edit(
        "cron-job",
        "CronJob with a script: suspended, an annotation removed",
        2,
        'del(.metadata.annotations."example.com/page") | .spec.suspend = true',
    ),
    Edit(
        "several-documents",
        "Four documents: the image in one",
        2,
        '(select(.kind == "Deployment" and .metadata.name == "search") | '
        f'{_FIRST}.image) = "registry.example.com/shop/search:8.2.0"',
    ),
    Edit(
        "quoted-numbers",
        "ConfigMap of numbers in quotes: three labels",
        6,
        '.metadata.labels |= (.release = "20261201" | .commit = "7654321" | .hash = "98e7")',
    ),
    Edit("crlf", "Service with CRLF: a port", 2, ".spec.ports[0].targetPort = 8443"),
    Edit(
        "long-strings",
        "PrometheusRule with long and folded strings: a label",
        2,
        '.spec.groups[0].rules[0].labels.severity = "critical"',
    ),
    Edit(
        "anchors",
        "List with an anchor and a merge: a value beside the merge",
        2,
        '(.items[] | select(.metadata.name == "cart") | .data.TIMEOUT) = "10"',
    ),
    Edit("kyaml", "KYAML: an image", 2, f'{_FIRST}.image = "registry.example.com/shop/web:1.19.0"'),
)


def by_splice(edit: Edit) -> bytes:
    """Return the file as this tool edits it."""
    return splice(edit.source, edit.operations, target=edit.target)


def by_ruamel(edit: Edit) -> bytes:
    """Return the file as a script with ruamel.yaml edits it: quotes kept, no line folded."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1 << 30
    found: list[Any] = list(yaml.load_all(edit.source))
    for one in [item for document in found for item in manifests(document)]:
        if edit.target in (None, str(one.ref)):
            jsonpatch.apply_patch(one.value, edit.operations, in_place=True)
    out = io.BytesIO()
    yaml.dump_all(found, out)
    return out.getvalue()


def by_yq(edit: Edit, *options: str) -> bytes:
    """Return the file as `yq -i` edits it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "in.yaml"
        file.write_bytes(edit.source)
        command = [str(beside("yq")), "-i", *options, edit.expression, str(file)]
        subprocess.run(command, check=True, capture_output=True)
        return file.read_bytes()


def by_kyaml(edit: Edit) -> bytes:
    """Return the file as the program in `bench/kyaml_edit/` edits it."""
    target = [] if edit.target is None else [edit.target]
    command = [str(beside("kyaml-edit")), str(edit.patch), *target]
    return subprocess.run(command, input=edit.source, stdout=subprocess.PIPE, check=True).stdout


TOOLS: Mapping[str, Callable[[Edit], bytes]] = {
    OWN: by_splice,
    "yq -i": by_yq,
    "yq -i -c": lambda edit: by_yq(edit, "-c"),
    "ruamel.yaml": by_ruamel,
    "kyaml": by_kyaml,
}


def changed_lines(old: bytes, new: bytes) -> int:
    """Return how many lines are only in one of two texts, in the shortest difference."""
    above, below = old.splitlines(keepends=True), new.splitlines(keepends=True)
    longest = [0] * (len(below) + 1)  # common lines of what is above and each beginning of `below`
    for line in above:
        before = longest
        longest = [0]
        for index, other in enumerate(below):
            same = before[index] + 1 if line == other else 0
            longest.append(max(same, before[index + 1], longest[index]))
    return len(above) + len(below) - 2 * longest[-1]


def cell(edit: Edit, tool: str) -> str:
    """Return how many lines a tool changes; with a remark, if the values are not those wanted."""
    new = TOOLS[tool](edit)
    lines = str(changed_lines(edit.source, new))
    return lines if _values(new) == _values(edit.expected) else f"{lines}, and other values"


def _values(data: bytes) -> list[Any]:
    return [value for one in documents([data]) if (value := value_of(one)) is not None]


def known() -> dict[str, str]:
    """Return the versions of the other tools."""
    said = subprocess.run([str(beside("yq")), "--version"], capture_output=True, text=True).stdout
    module = (ROOT / "bench/kyaml_edit/go.mod").read_text("utf-8")
    return {
        "yq": said.split()[-1],
        "ruamel.yaml": version("ruamel.yaml"),
        "kyaml": module.partition("kustomize/kyaml ")[2].split()[0],
    }


def rendered() -> str:
    """Return the table, and the versions, as they are in the page."""
    rows = [(it.what, str(it.least), *(cell(it, tool) for tool in TOOLS)) for it in EDITS]
    versions = ", ".join(f"{name} {number}" for name, number in known().items())
    return f"{aligned(('edit', 'least', *TOOLS), rows)}\n\nMeasured with {versions}.\n"


def main() -> int:
    """Print the table, write it into the page if that is asked for, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.splice_table", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write it into docs/splice.md, too")
    options = parser.parse_args()
    text = rendered()
    print(text, end="")
    if options.write:
        head, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        tail = rest.partition(END)[2]
        PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
