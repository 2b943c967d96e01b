"""Where a document that a clause cites can be found: an address that does not change, for those that have one.

The table holds only addresses that the document's own publisher gives it. Documents of ISO have the names that ISO
registered for them, RFC 5141; they say which document it is and cost nothing to look up.
"""

from __future__ import annotations

import re
from typing import Final

_ADDRESSES: Final = {
    "CycloneDX 1.6": "https://cyclonedx.org/docs/1.6/json/",
    "EU AI Act": "http://data.europa.eu/eli/reg/2024/1689/oj",
    "NIST AI RMF 1.0": "https://doi.org/10.6028/NIST.AI.100-1",
    "NIST SP 800-226": "https://doi.org/10.6028/NIST.SP.800-226",
    "Regulation (EU) 2016/679": "http://data.europa.eu/eli/reg/2016/679/oj",
    "SPDX 2.3": "https://spdx.github.io/spdx-spec/v2.3/",
    "Semantic Versioning 2.0.0": "https://semver.org/spec/v2.0.0.html",
}
"""How a document is cited, up to the first comma, to its address."""

_ISO: Final = re.compile(r"(ISO(?:/IEC|/IEEE)?)(?:[ /](PAS|TR|TS))? ([0-9]+)(?:-([0-9]+))?(?::[0-9]{4})?")
"""A document of ISO: who publishes it, of which type it is where it is no standard, its number and its part."""


def address(reference: str) -> str | None:
    """The address of the document that a reference names; None where none is known.

    What follows a comma says where in the document, and an address does not.
    """
    document = reference.partition(",")[0].strip()
    if document in _ADDRESSES:
        return _ADDRESSES[document]
    found = _ISO.fullmatch(document)
    if found is None:
        return None
    publisher, kind, number, part = found.groups()
    names = [publisher.lower().replace("/", "-"), kind.lower() if kind else "", number, f"-{part}" if part else ""]
    return ":".join(["urn", "iso", "std", *filter(None, names)])
