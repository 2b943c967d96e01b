"""What holds for every test: generated examples are the same in every run, so that a green commit stays green.

`STDSPEC_RANDOM=1` has Hypothesis look for new ones; `make soak` and `make fuzz` do so by themselves.
"""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
if "STDSPEC_RANDOM" not in os.environ:
    settings.load_profile("same")
