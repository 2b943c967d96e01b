"""Standards: clauses, how they are judged, and the verdicts."""
