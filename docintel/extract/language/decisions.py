"""A field's value together with the rule that decided it and the words it went by."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from docintel.schema import Document, Ground

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """A value, and why.

    Attributes:
        rule: `group/name` of the rule that decided.
        span: where the words stand that it went by; None where it went by none.
    """

    value: T
    rule: str
    span: tuple[int, int] | None = None

    def ground(self, document: Document, field: str) -> Ground:
        """The decision as a ground of a record's field."""
        return Ground(field, self.rule, document.evidence(*self.span) if self.span else None)
