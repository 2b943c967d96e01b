"""Where cited documents can be found."""

from __future__ import annotations

import pytest

from stdspec.standard.addresses import address


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("ISO/IEC TS 4213", "urn:iso:std:iso-iec:ts:4213"),
        ("ISO/IEC 5259-2", "urn:iso:std:iso-iec:5259:-2"),
        ("ISO/IEC 42001:2023, A.4.5", "urn:iso:std:iso-iec:42001"),
        ("ISO/PAS 8800", "urn:iso:std:iso:pas:8800"),
        ("ISO 9001:2015, 8.5.2", "urn:iso:std:iso:9001"),
        ("EU AI Act, article 14(4)(e)", "http://data.europa.eu/eli/reg/2024/1689/oj"),
        ("NIST AI RMF 1.0, MEASURE 2.9", "https://doi.org/10.6028/NIST.AI.100-1"),
    ],
)
def test_a_document_is_known_whatever_part_of_it_is_cited(reference, found):
    assert address(reference) == found


@pytest.mark.parametrize("reference", ["", "ISO", "ISO and others 9001", "EU AI Acts", "IEC 62304", "house", "ISO ٣"])
def test_no_address_is_made_up(reference):
    assert address(reference) is None
