"""Where the clauses of a document begin, for all who look at each of them.

In: a `Reading`. Out: offsets.
"""

from docintel.extract.language.reading import Reading, once
from docintel.extract.language.segments import clause_start


@once
def clause_openings(reading: Reading) -> list[int]:
    """For each of the clauses where it begins behind its ordinals and connectives."""
    return [clause_start(reading.folded, clause) for clause in reading.clauses]
