"""HN907: a suppression whose time is over.

An entry under `ignore` in the configuration has an `until`, the last day (UTC) on which it counts.
That day has passed, so what the entry covers is reported again. Only entries that match an object
in the input are reported.

Bad: an entry with `until: 2027-03-31`, from April 2027 on.

Fix: resolve what the entry covers and remove it. If the reason still holds, give it a later day.

Source: this tool.
"""

from transformer.rules.base import ValidationRule

RULE = ValidationRule("HN907", "a suppression whose time is over", "warning")
