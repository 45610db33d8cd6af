"""How each part of a build ended: nodes of the graph, hooks and checks of sources."""

from dataclasses import dataclass

PASSED = frozenset({"success", "pass", "no-op", "reused"})
WARNED = "warn"
SKIPPED = "skipped"
HOOK = "operation"
SOURCE = "source"


@dataclass(frozen=True)
class End:
    """How one of them ended.

    Attributes:
        kind: model, seed, snapshot, test, unit_test, source or operation, a hook.
        name: Its name.
        status: dbt's word for it.
        message: What dbt or the warehouse says about it, on one line; may be empty.
    """

    kind: str
    name: str
    status: str
    message: str

    @property
    def is_failed(self) -> bool:
        """Whether it ran and did not pass."""
        return self.status not in PASSED | {WARNED, SKIPPED}

    def __str__(self) -> str:
        told = f": {self.message}" if self.message else ""
        return f"{self.status.upper()} {self.kind} {self.name}{told}"
