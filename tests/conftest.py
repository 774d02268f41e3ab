"""How hypothesis looks for examples: anew in each run, but the same ones on a build server."""

import os

from hypothesis import HealthCheck, settings

# A slow machine is no defect, and some properties are about few of the examples.
PATIENT = (HealthCheck.too_slow, HealthCheck.filter_too_much)

settings.register_profile("default", deadline=None, suppress_health_check=PATIENT)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")
