"""Says what in a spec the language does not allow: unknown keys, wrong types, values out of range, unknown kinds.

The schemas in `schemas/` decide; this package loads them, runs them and puts what they refuse into our words.
"""

from stdspec.validate.check import Checked, check, check_data, check_part, examine

__all__ = ["Checked", "check", "check_data", "check_part", "examine"]
