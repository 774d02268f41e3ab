"""Where in the syntax tree one step of a JSON patch takes effect."""

from typing import Any

from transformer.patch import aliases
from transformer.patch.placement import Add, Insert, Placement, Remove, SetValue
from transformer.patch.render import Text
from transformer.patch.steps import Step
from transformer.yamltree.syntax import Chain, Collection, Mapping, Node, Scalar, Sequence, Tree


def located(tree: Tree, tokens: tuple[str, ...]) -> tuple[Node, Chain] | None:
    """Return the node at a pointer, and those around it; None if its text is elsewhere."""
    node: Node | None = tree.root
    chain: Chain = ()
    for token in tokens:
        if isinstance(node, Mapping) and token in node.keys:
            child = node.entries[node.keys.index(token)][1]
        elif isinstance(node, Sequence):
            child = node.items[int(token)]
        else:
            return None
        chain = (*chain, node)
        node = child
    return None if node is None else (node, chain)


def place(tree: Tree, step: Step, wanted: Any, text: Text | None = None) -> list[Placement]:
    """Return the placements of `step`, which makes the value of `tree` the one that is `wanted`.

    `text` is written for the value of the step, if that is possible at its place.

    Raises:
        PatchError: aliases or merge keys prevent it.
    """
    if not tree.has_aliases:
        return [_placed(tree, step, text)]
    shift = None
    found = located(tree, step.tokens[:-1]) if step.tokens else None
    if found is not None and step.op != "replace" and isinstance(found[0], Sequence):
        index = int(step.tokens[-1])
        is_last = index == len(found[0].items)
        shift = None if is_last else aliases.Shift(found[0], index, step.op == "remove")
    return aliases.place(tree, wanted, shift)


def _placed(tree: Tree, step: Step, text: Text | None) -> Placement:
    """Return the placement of `step` where no text is shared."""
    if not step.tokens:
        assert tree.root is not None
        return SetValue(tree.root, (), step.value)
    found = located(tree, step.tokens[:-1])
    assert found is not None
    parent, chain = found
    assert isinstance(parent, Collection)
    last = step.tokens[-1]
    if step.op == "add":
        value = _value(step, text, parent, chain)
        if isinstance(parent, Mapping):
            return Add(parent, chain, {last: value})
        is_last = int(last) == len(parent.items)
        return Add(parent, chain, [value]) if is_last else Insert(parent, chain, int(last), value)
    if isinstance(parent, Mapping):
        index = parent.keys.index(last)
        empty: Any = {}
        nodes = [value for _, value in parent.entries]
    else:
        index, empty = int(last), []
        nodes = list(parent.items)
    if step.op == "replace":
        node = nodes[index]
        return SetValue(node, (*chain, parent), _over(step, text, node, parent))
    if len(nodes) == 1:
        return SetValue(parent, chain, empty)
    return Remove(parent, chain, index, index + 1)


def _value(step: Step, text: Text | None, parent: Collection, chain: Chain) -> Any:
    """Return what to write for the value of a step into `parent`: text, if that is a block."""
    has_elements = bool(parent.entries if isinstance(parent, Mapping) else parent.items)
    is_block = not parent.is_flow or (not has_elements and bool(chain) and not chain[-1].is_flow)
    return text if text is not None and is_block else step.value


def _over(step: Step, text: Text | None, node: Node, parent: Collection) -> Any:
    """Return what to write for the value of a step over `node`: text of a scalar over a scalar."""
    is_scalar = isinstance(node, Scalar) and node.start < node.end and node.tag is None
    is_fit = text is not None and text.kind == "scalar" and not parent.is_flow and is_scalar
    return (
        text._replace(above=(), behind="", below=()) if text is not None and is_fit else step.value
    )
