"""How tests are run: which examples hypothesis looks for, and how often garbage is collected.

Examples are new in each run; on a build server they are more, and always the same ones. What is
built by kubectl is small: with its collection of garbage, Go takes half as long again.
"""

import gc
import os

from hypothesis import HealthCheck, settings

# A slow machine is no defect, and some properties are about few of the examples.
PATIENT = (HealthCheck.too_slow, HealthCheck.filter_too_much)

settings.register_profile("ci", deadline=None, suppress_health_check=PATIENT, derandomize=True)
settings.register_profile("default", settings.get_profile("ci"), derandomize=False, max_examples=40)
gc.set_threshold(100_000, 20, 20)
os.environ.setdefault("GOGC", "off")
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_collection_finish() -> None:
    """Leave the thousands of tests, which stay, out of each search for garbage."""
    gc.collect()
    gc.freeze()
