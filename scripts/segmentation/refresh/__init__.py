"""One night's work: lock, build, publish, report, one line and an exit code."""
