"""Reports and standards as CycloneDX 1.6: what a model is made of, and what its evidence says of each requirement.

JSON as the specification has it, made of report.json alone: the same report gives the same bytes.
"""

from __future__ import annotations

from typing import Final

FILE: Final = "bom.cdx.json"
"""The bill of materials among the artefacts of a run."""
FORMAT: Final = "cyclonedx-1.6"
"""What a record calls it."""
