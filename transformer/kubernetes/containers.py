"""The containers of a pod template."""

from collections.abc import Iterator
from typing import Any

from transformer.kubernetes.pod_template import PodTemplate


def containers(template: PodTemplate) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield pointer (within the object) and value of each container, those for the start first."""
    for field in ("initContainers", "containers"):
        found = template.spec.get(field)
        for index, container in enumerate(found if isinstance(found, list) else ()):
            if isinstance(container, dict):
                yield f"{template.pointer}/spec/{field}/{index}", container
