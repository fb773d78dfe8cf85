"""People without names who were dealt with: `分管副局长被免职`, `3名经办人员受到诫勉`.

In: a reading, its statements and the cases found of people and units. Out: `Case`s without persons.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from docintel.extract.cases.acts import is_aside, is_wrong, split_acts
from docintel.extract.cases.consequences import sanctions_in
from docintel.extract.cases.facts import Facts, make_case
from docintel.extract.cases.sanctions import may_state
from docintel.extract.cases.statements import Statement
from docintel.extract.cases.unnamed_subjects import Unnamed, unnamed_in
from docintel.extract.language.reading import Clause, Reading
from docintel.schema import Case

#: `虚报名单的|村文书`
_RELATIVE = re.compile(r"(?P<act>.{3,})的")


def find_unnamed_cases(reading: Reading, statements: Sequence[Statement], found: Sequence[Case]) -> Iterator[Case]:
    """Those whose sanctions are nobody's yet."""
    taken = {penalty.evidence.start for case in found for penalty in case.penalties}
    for sentence, told in groupby(statements, attrgetter("sentence")):
        clauses: list[Clause] = []
        for statement in told if may_state(reading, sentence.start, sentence.end) else ():
            if statement.groups or statement.quoted:
                clauses = []
                continue
            clauses.append(statement.clause)
            unnamed = unnamed_in(reading, clauses)
            if unnamed:
                sanctions = sanctions_in(reading, *statement.clause)
                if sanctions[0].start not in taken:
                    yield _case(reading, unnamed, statement.clause)


def _case(reading: Reading, unnamed: Unnamed, clause: Clause) -> Case:
    folded, sanctions = reading.folded, sanctions_in(reading, *clause)
    relative = _RELATIVE.match(folded, *unnamed.who)
    told = unnamed.told or (relative.span("act") if relative and is_wrong(folded, *relative.span("act")) else None)
    told = None if told and is_aside(folded, *told) else told
    end = told[1] if told and told[0] >= unnamed.who[1] else clause.end
    quote, stated = (unnamed.start, end), (sanctions[0].start, sanctions[0].end)
    facts = Facts(
        quote=quote,
        acts=list(split_acts(folded, *told)) if told else [],
        sanctions=sanctions,
        grounds=[("", "case/unnamed", quote), ("sanctions", "sanction/unnamed", stated)],
    )
    return make_case(reading, facts)
