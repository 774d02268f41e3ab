"""What `placement` reports: workload copies, each with its verdicts by pool, as plain values.

Lines and columns are 1-based; pointers are JSON pointers (RFC 6901) relative to the object. The
pool `""` stands for nodes in no pool.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from transformer.findings import Severity, Unseen

Word: TypeAlias = Literal["runs", "breaks", "kept off", "cannot", "unknown"]

MEANINGS = {
    "breaks!": "can be scheduled there, and does not work there (error)",
    "breaks": "can be scheduled there, and does not work there (warnings or less)",
    "unknown": "depends on what is not in the input",
    "off for now": "only a cordon, or a condition of nodes, keeps it off",
    "kept off": "a guard or a taint keeps it off",
    "runs": "can be scheduled there, and works",
    "cannot": "selects other nodes",
}
"""What the words mean that `shown` returns, in the order in which people want to read of them."""


def shown(word: Word | Literal[""], severity: str, later: str = "") -> str:
    """Return a verdict as reports for people show it: an exclamation mark stands for an error.

    `later`: what it is once a cordon or a condition of nodes is gone.
    """
    if later:
        return "off for now"
    return f"{word}!" if word == "breaks" and severity == "error" else word


NOT_JUDGED = (
    "resources",
    "topology spread",
    "pod affinity and anti-affinity",
    "volumes",
    "preemption",
    "host ports between pods that can also run elsewhere",
    "other schedulers (schedulerName)",
    "scheduling gates",
    "node affinity that the kubelet checks (nodeName)",
    "Pod Security beyond host networks and host ports",
)
"""What the cluster decides and the verdicts leave out."""

NOT_IN_INPUT = "the NodePool, which is not in the input"
"""What is not known of a pool that a workload does not name."""

OTHER_HOSTS = "host-network pools not in the input"
"""Represents all of these, for pods that ask for the label of their nodes."""

OTHER_POOLS = "pools not in the input"
"""Represents all of these, for pods that ask for a pool where no pool is in the input."""

NO_POOLS = "the NodePools, none of which is in the input"
"""What is not known of such pods."""

NO_POOL = "no pool"
"""How texts call nodes in no pool."""


class Spot(NamedTuple):
    """A place in an object and in its file."""

    pointer: str
    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return `file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"


SUPPRESSED = " (suppressed)"
"""What the message of a reason ends in that is suppressed."""


class Reason(NamedTuple):
    """Why pods break: the rule that reports it, in words that name no pool, and where it is.

    `is_suppressed`: somebody knows of it and accepts it, as the configuration or an annotation say.
    """

    rule: str
    severity: Severity
    message: str
    hint: str
    at: Spot
    is_suppressed: bool = False

    @property
    def rank(self) -> int:
        """Return its place among others: errors come first."""
        return _SEVERITIES.index(self.severity)


_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

OR_ON_HOST = ", or set hostNetwork: true"
"""What a help offers besides the guard, unless pods would not work on the host's network either."""

_NO_NETWORK = ("HN401", "HN411", "HN420")
"""The rules on pods that need a network of their own."""


class Edit(NamedTuple):
    """An edit of `transform` that changes a verdict to `word`: its rule, and what the rule does.

    If `word` is `breaks`, pods break for fewer reasons than before. Not `is_enabled`: the rule is
    off in the configuration; `--enable` switches it on.
    """

    rule: str
    message: str
    word: Word
    is_enabled: bool = True

    def settles(self, reason: Reason) -> bool:
        """Whether pods no longer break for a reason: one that leaves others is about networks."""
        return self.word != "breaks" or reason.rule in _NO_NETWORK


class PoolVerdict(NamedTuple):
    """The verdict on a workload copy in each of `pools`.

    `filter` decides it at `at`, if it is neither `runs` nor `breaks`. `undecided` is what is not
    known, if it is `unknown`. `fitting` of `nodes` Nodes in the input take the pods; 0 nodes: there
    are none in the input. `edit` is what `transform` would do about it, if anything. If only a
    cordon, or a taint for a condition of nodes, keeps the pods off, `later` is the verdict once it
    is gone, and `reasons` and `undecided` are those of then.
    """

    pools: tuple[str, ...]
    word: Word
    filter: str = ""
    at: Spot | None = None
    undecided: tuple[str, ...] = ()
    fitting: int = 0
    nodes: int = 0
    reasons: tuple[Reason, ...] = ()
    edit: Edit | None = None
    later: Word | Literal[""] = ""

    @property
    def lasting(self) -> Word:
        """The verdict once no cordon or condition of nodes keeps the pods off."""
        return self.later or self.word

    @property
    def shown(self) -> str:
        """The verdict as reports for people show it."""
        return shown(self.word, self.severity, self.later)

    @property
    def severity(self) -> str:
        """Return how bad it is: `error`, `warning`, or nothing if the pods do not break."""
        if self.lasting != "breaks":
            return ""
        errors = (one for one in self.reasons if one.severity == "error")
        return "warning" if all(one.is_suppressed for one in errors) else "error"

    @property
    def is_trouble(self) -> bool:
        """Whether pods break, now or later, for a reason that is not suppressed."""
        return self.lasting == "breaks" and not all(one.is_suppressed for one in self.reasons)

    @property
    def outcome(self) -> tuple[str, ...]:
        """What matters when verdicts are compared."""
        rules = (reason.rule for reason in self.reasons)
        return (self.word, self.later, self.severity, *rules)


def differing(
    verdicts: Sequence[PoolVerdict], others: Sequence[PoolVerdict]
) -> Iterator[PoolVerdict]:
    """Yield the verdicts on the pools for which the others are different."""
    if [(one.pools, one.outcome) for one in verdicts] == [
        (one.pools, one.outcome) for one in others
    ]:
        return
    known = {pool: one.outcome for one in others for pool in one.pools}
    for one in verdicts:
        pools = tuple(pool for pool in one.pools if known.get(pool, one.outcome) != one.outcome)
        if pools:
            yield one._replace(pools=pools)


class Workload(NamedTuple):
    """A workload copy, and its verdicts: together they have each pool of its world once.

    `copy` is the pool that the copy is for (empty: any), `component` the network component of the
    catalog that it is (empty: none). `patches` are the patches of kustomizations without which it
    is judged. `after` are the verdicts on pools where the edits of `transform` change them. `old`
    are those of the old state on pools where they differ: None if there is no old state, or if the
    workload `is_new`. `is_elsewhere`: nodes that are not shown, and in no host-network pool, have
    what it selects, as far as is known. `build` is the folder of the kustomization that it is built
    from, if any. `is_built_often`: others build one of the same name. `is_part`: the object has
    further pod templates.
    """

    kind: str
    api_version: str
    namespace: str
    name: str
    copy: str
    template: str
    at: Spot
    component: str
    verdicts: tuple[PoolVerdict, ...]
    patches: tuple[str, ...] = ()
    after: tuple[PoolVerdict, ...] = ()
    old: tuple[PoolVerdict, ...] | None = None
    is_new: bool = False
    is_elsewhere: bool = False
    build: str = ""
    is_built_often: bool = False
    is_part: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What distinguishes the copy: its build, its object in its file, its template and pool."""
        named = (self.kind, self.namespace, self.name)
        return self.build, str(self.at), *named, self.template, self.copy

    def __str__(self) -> str:
        """Return `Kind/namespace/name`, with the pool of a copy."""
        parts = (self.kind, self.namespace, self.name) if self.namespace else (self.kind, self.name)
        return "/".join(parts) + (f" for {self.copy}" if self.copy else "")


class Asked(NamedTuple):
    """Something that pods ask for, such as a nodeSelector, and where."""

    name: str
    text: str
    at: Spot


class Step(NamedTuple):
    """A filter of the scheduler, whether nodes pass it (`passes`, `fails`, `unknown`), and why."""

    filter: str
    answer: str
    text: str


class PoolSteps(NamedTuple):
    """Labels and taints of the nodes of a pool that fit best, and what each filter says of them."""

    pool: str
    labels: tuple[str, ...]
    taints: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


class Explanation(NamedTuple):
    """What decides where a workload copy can be scheduled: what it asks for, and pool by pool.

    `left_out`: why there is no verdict on it, if so.
    """

    world: str
    key: tuple[str, ...]
    asks: tuple[Asked, ...]
    pools: tuple[PoolSteps, ...]
    left_out: str = ""


class PoolColumn(NamedTuple):
    """A pool of a world; `is_host_network` is None if that is not known.

    `nodes` is their number as far as it is known. Not `is_known`: the pool is not in the input.
    `is_new`: it is not in the old state. `to_convert` Nodes in the input are not known to be edge
    workers: OpenYurt converts them if it is an Edge pool. `also` are the places of its further
    definitions, `elsewhere` says which clusters have it, if this one lacks it.
    """

    name: str
    is_host_network: bool | None = False
    type: str = ""
    nodes: int | None = None
    is_known: bool = True
    file: str = ""
    line: int = 0
    taints: tuple[str, ...] = ()
    is_new: bool = False
    to_convert: int = 0
    also: tuple[str, ...] = ()
    elsewhere: str = ""

    @property
    def is_ambiguous(self) -> bool:
        """Whether only some of its definitions make it a host-network pool."""
        return self.is_known and self.is_host_network is None

    @property
    def places(self) -> tuple[str, ...]:
        """The places of its definitions in the input, as `file:line`."""
        return (f"{self.file}:{self.line}", *self.also) if self.file else self.also


class WorldPlacement(NamedTuple):
    """Where the workloads of a world can land; `workloads` can be iterated several times.

    `name` is that of the cluster in the configuration. `gone` are workloads of the old state that
    are no longer there, and `old_pools` says which of the NodePools there are host-network (None:
    that is ambiguous). `summary` says in words what there is, or what changes.
    """

    name: str
    pools: tuple[PoolColumn, ...]
    workloads: Iterable[Workload]
    gone: tuple[Workload, ...] = ()
    summary: tuple[str, ...] = ()
    old_pools: Mapping[str, bool | None] = {}


class PlacementReport(NamedTuple):
    """The placement of each world, and what was not looked into.

    `is_compared`: there is an old state, called `since`. `shows_after`: verdicts after the edits of
    `transform` are part of it. `explanations` are those of the workload that was asked for.
    `is_built`: what kustomize builds is judged. `reading` are the options that say what is read, as
    words of a command, and `editing` those of them that `transform` has too. `folds`: workloads
    that are alike share a row.
    """

    worlds: tuple[WorldPlacement, ...]
    unseen: tuple[Unseen, ...] = ()
    documents: int = 0
    files: int = 0
    is_compared: bool = False
    since: str = ""
    shows_after: bool = False
    explanations: tuple[Explanation, ...] = ()
    is_built: bool = False
    reading: tuple[str, ...] = ()
    editing: tuple[str, ...] = ()
    folds: bool = True
