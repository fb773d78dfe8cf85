"""Search by words and by meaning.

In: a query in the language of `docintel.query`, over a catalog and its index. Out: hits, and why each was found.
"""

from docintel.search.copies import documents_of, letter_pairs, once, overlap
from docintel.search.matching import Matching
from docintel.search.narrowing import Narrowing
from docintel.search.ordering import MOST, found_by_words, ordered, worthwhile
from docintel.search.ranking import Question, fuse, rank, scaled
from docintel.search.reasons import reasons
from docintel.search.searching import has_words, search
from docintel.search.thesaurus import Expander, OwnThesaurus, Thesaurus, shipped

__all__ = [
    "MOST",
    "Expander",
    "Matching",
    "Narrowing",
    "OwnThesaurus",
    "Question",
    "Thesaurus",
    "documents_of",
    "found_by_words",
    "fuse",
    "has_words",
    "letter_pairs",
    "once",
    "ordered",
    "overlap",
    "rank",
    "reasons",
    "scaled",
    "search",
    "shipped",
    "worthwhile",
]
