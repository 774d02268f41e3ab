"""The text of a first configuration: what a repository needs, with a comment on each key."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transformer.pipeline.settings import Cluster

KIND = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"

_HEAD = f"""\
# What hostnet-transform needs to know of this repository: its commands, hooks and jobs read it.
%s
{KIND}spec:
"""

_PRINTS_SCHEMA = "# `hostnet-transform schema config` prints the JSON Schema of all keys."
_NAMES_SCHEMA = "# yaml-language-server: $schema=%s"
"""Editors read this, and complain if the file is not there."""

_CLUSTERS = """\
  # Several clusters, each with its own pools ({origin}).
  # A file may belong to several. Workloads in none of these paths are checked in every cluster.
"""

_BUILD = """\
  # Validate what kustomize builds, not the sources that go in. Wherever `validate` runs, kustomize
  # or kubectl must be on PATH. Findings then come without edits: there are no suggestions, and
  # --fix is refused (`hostnet-transform -w` edits the sources).
  build: true
"""

_BASELINE = """\
  # Findings that were there before are not reported. To drop from the list what is no longer found,
  # and add nothing:
  #   hostnet-transform validate --baseline {file} --write-baseline {file} .
  baseline: {baseline}
"""

_POOLS = """\
  # No NodePool is in this repository. To check against those of the cluster, save them
  # (`kubectl get nodepools -o yaml`), and name the file:
  # pools: [nodepools.yaml]
"""

_VENDORED = """\
  # Folders that are not yours to edit can be left out. Network components in them are then not
  # looked into, either:
  # exclude: [{folders}]
"""

_DEFAULTS = """\
  # No key needs to be set.
"""


class Proposal(NamedTuple):
    """What a configuration should say.

    `origin` is what `clusters` follow from, in words; `baseline` the path of the list of known
    findings. `lacks_pools`: no NodePool is in the input; `vendored` are folders with files of
    others.
    """

    clusters: tuple[Cluster, ...] = ()
    origin: str = ""
    build: bool = False
    baseline: str = ""
    lacks_pools: bool = False
    vendored: tuple[str, ...] = ()


def render(proposal: Proposal, schema: str = "") -> str:
    """Return the text of the file; `schema` is the path of its JSON Schema, if that is there."""
    advice = [_POOLS] if proposal.lacks_pools else []
    if proposal.vendored:
        folders = ", ".join(scalar(f"/{folder}/") for folder in proposal.vendored)
        advice.append(_VENDORED.format(folders=folders))
    blocks = [*_blocks(proposal), *advice] or [_DEFAULTS]
    head = _HEAD % (_NAMES_SCHEMA % schema if schema else _PRINTS_SCHEMA)
    return head + "\n".join(blocks)


def additions(proposal: Proposal) -> str:
    """Return the lines to add below `spec` of a configuration that is there."""
    return "".join(_blocks(proposal))


def _blocks(proposal: Proposal) -> Iterator[str]:
    """Yield the lines of each key that is to be set."""
    if proposal.clusters:
        lines = "".join(cluster_lines(proposal.clusters))
        yield _CLUSTERS.format(origin=proposal.origin) + lines
    if proposal.build:
        yield _BUILD
    if proposal.baseline:
        file = shlex.quote(proposal.baseline)
        yield _BASELINE.format(file=file, baseline=scalar(proposal.baseline))


def cluster_lines(clusters: Sequence[Cluster]) -> Iterator[str]:
    """Yield the lines of `clusters`, below `spec`."""
    yield "  clusters:\n"
    for one in clusters:
        yield f"    - name: {scalar(one.name)}\n      paths:\n"
        for path in one.paths:
            yield f"        - {scalar(path)}\n"


def scalar(text: str) -> str:
    """Return a text as YAML, plain if it is a safe word or path."""
    is_plain = re.fullmatch(r"[A-Za-z/][\w./-]*", text, re.ASCII)
    is_word = text.lower() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    return text if is_plain and not is_word else json.dumps(text)
