"""Documents that no longer hold: what was withdrawn or replaced, since when, and by what.

A clause that rests on one still judges; its standard is asked to look at what took the document's place. The table
holds only what is certain; a document that it does not know is taken to hold.
"""

from __future__ import annotations

import datetime
import re
from typing import Final

from msgspec import Struct


class Withdrawn(Struct, frozen=True):
    """A document that no longer holds.

    Attributes:
        names: how it is cited, each with the edition or the number that tells it from its successor.
        since: the ISO date from which it no longer holds.
        successor: what took its place, or None.
    """

    names: tuple[str, ...]
    since: str
    successor: str | None


WITHDRAWN: Final = (
    Withdrawn(("SR 11-7", "SR Letter 11-7"), "2026-04-17", "SR 26-2"),
    Withdrawn(("OCC 2011-12", "OCC Bulletin 2011-12"), "2026-04-17", "OCC Bulletin 2026-13"),
    Withdrawn(("FIL-22-2017",), "2026-04-17", "FIL-15-2026"),
    Withdrawn(("Executive Order 14110", "EO 14110"), "2025-01-20", None),
    Withdrawn(("Directive 95/46/EC",), "2018-05-25", "Regulation (EU) 2016/679 (GDPR)"),
    Withdrawn(("Directive 93/42/EEC",), "2021-05-26", "Regulation (EU) 2017/745"),
    Withdrawn(("PCI DSS 3.2.1",), "2024-03-31", "PCI DSS 4.0.1"),
    Withdrawn(("PCI DSS 4.0",), "2024-12-31", "PCI DSS 4.0.1"),
    Withdrawn(("NIST SP 800-53 Rev. 4", "NIST SP 800-53r4"), "2021-09-23", "NIST SP 800-53 Rev. 5"),
    Withdrawn(("NIST CSF 1.1", "NIST Cybersecurity Framework 1.1"), "2024-02-26", "NIST CSF 2.0"),
    Withdrawn(("ISO/IEC 27001:2013",), "2025-10-31", "ISO/IEC 27001:2022"),
    Withdrawn(("ISO/IEC 25010:2011",), "2023-11-30", "ISO/IEC 25010:2023"),
    Withdrawn(("ISO 14971:2007",), "2019-12-31", "ISO 14971:2019"),
    Withdrawn(("ISO 9001:2008",), "2018-09-14", "ISO 9001:2015"),
    Withdrawn(("ISO/TS 16949:2009", "ISO/TS 16949"), "2018-09-14", "IATF 16949:2016"),
    Withdrawn(("ISO/PAS 21448:2019", "ISO/PAS 21448"), "2022-06-30", "ISO 21448:2022"),
    Withdrawn(("ISO 26262:2011",), "2018-12-31", "ISO 26262:2018"),
    Withdrawn(("GB/T 35273-2017",), "2020-10-01", "GB/T 35273-2020"),
)
"""What no longer holds. Where only the month of a replacement is known, its last day; where a certificate of the old
edition counted for longer, the day on which that ended."""

_VERSION: Final = re.compile(r"\b(?:version |v\.? ?)(?=\d)", re.IGNORECASE)
_SPACE: Final = re.compile(r"[\s\u00a0]+")


def withdrawn(reference: str, today: datetime.date) -> tuple[str, Withdrawn] | None:
    """The withdrawn document that a reference names on a day, with the name it is called by; None when it names none.

    Letters count in either case, and a `v` or `version` before a number does not count. An edition is only met whole:
    PCI DSS 4.0.1 is not PCI DSS 4.0.
    """
    text = _SPACE.sub(" ", _VERSION.sub("", reference))
    for document in WITHDRAWN:
        if today >= datetime.date.fromisoformat(document.since):
            for name in document.names:
                if _pattern(name).search(text):
                    return name, document
    return None


def told(name: str, document: Withdrawn) -> str:
    """The fact and the remedy about a citation of a withdrawn document."""
    if document.successor is None:
        return f"{name} was withdrawn on {document.since}; cite what still holds, or say in house why it is asked"
    return (
        f"{name} no longer holds since {document.since}; look at {document.successor}, which took its place, and cite "
        "that"
    )


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/-]){re.escape(name)}(?![\w/-]|[.:]\w)", re.IGNORECASE)
