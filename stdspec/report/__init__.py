"""The report: report.json, the truth about one run, and report.html, a view of it."""
