"""HN906: a suppression that suppresses nothing.

The annotation `transform.hostnet.io/ignore` of an object, or an entry under `ignore` in the
configuration, names a rule that finds nothing there (or one that does not exist). It was of use
once, and would now hide a new mistake. Only rules that had something to judge in this run are
reported, and of the configuration only entries that cover an object in the input.

Bad, on a workload to which HN410 has nothing to say:

    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      annotations:
        transform.hostnet.io/ignore: "HN410"
    spec:
      containers: [{name: web, image: "web:1"}]

Mend it: take the id away.

Source: this tool.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN906", "a suppression that suppresses nothing", "warning")
