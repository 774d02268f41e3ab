"""HN906: a suppression that suppresses nothing.

The annotation `transform.hostnet.io/ignore` of an object, or an entry under `ignore` in the
configuration, names a rule that finds nothing there (or one that does not exist). It is no longer
needed, and would hide a new mistake. Only rules that had something to check in this run are
reported, and only entries of the configuration that match an object in the input.

Bad, on a workload where HN403 finds nothing:

    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      annotations:
        transform.hostnet.io/ignore: "HN403"
    spec:
      containers: [{name: web, image: "web:1"}]

Fix: remove the id.

Source: this tool.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN906", "a suppression that suppresses nothing", "warning")
