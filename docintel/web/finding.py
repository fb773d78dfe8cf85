"""A search as the page and the API ask it: what the address says, the hits that are worth showing, what they share.

In: the parameters of an address. Out: hits in the order asked for, facets with counts, and the addresses that change
one thing. The address says everything, so that it can be kept, sent and come back to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from docintel.index.marking import wanted
from docintel.library import Library
from docintel.query import Query
from docintel.schema import Filters, Hit, HitKind, Order
from docintel.web.regions import Region, region_tree

#: The longest question, in characters: a long paragraph.
LONGEST_QUERY = 2000
PAGE_SIZE = 20
#: Values of a facet that are shown at once.
_SHOWN = 8
_FACETS = ("doc_type", "category", "region", "unit", "year")
_FILTERS = ("type", "category", "region", "unit", "publisher", "reference", "since", "until")


def _none_if_empty(value: Any) -> Any:
    """An empty field of a form asks for nothing."""
    return None if isinstance(value, str) and not value.strip() else value


Word = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_none_if_empty), Field(default=None)]


class Asked(BaseModel):
    """What the address of a search says.

    `type` and `category` are labels of `docintel schema`; region, unit, publisher and reference are parts of names;
    since and until are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    """

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Field(default="", max_length=LONGEST_QUERY)]
    kind: HitKind = HitKind.PASSAGE
    type: Word
    category: Word
    region: Word
    unit: Word
    publisher: Word
    reference: Word
    since: Word
    until: Word
    sort: Order = Order.RELEVANCE
    page: Annotated[int, Field(default=1, ge=1, le=10_000)]

    @property
    def filters(self) -> Filters:
        """The filters of the library."""
        given = {name: getattr(self, name) for name in _FILTERS}
        return Filters(doc_type=given.pop("type"), **given)

    @property
    def has_question(self) -> bool:
        """Whether there is something to look for."""
        return any(char.isalnum() for char in self.q)

    def active(self) -> dict[str, str]:
        """The filters that ask for something, by their names in the address."""
        return {name: value for name in _FILTERS if (value := getattr(self, name))}

    def query(self, **changed: Any) -> str:
        """The address's query with some parameters changed; None removes one. The page begins anew."""
        values = self.model_dump(mode="json", exclude_defaults=True) | {"page": None} | changed
        return urlencode({name: str(value) for name, value in values.items() if value not in (None, "")})


def asked_of(query: str) -> Asked | None:
    """What the query of an address asks; None where somebody wrote something else into it, or nothing."""
    try:
        asked = Asked.model_validate(dict(parse_qsl(query)))
    except ValidationError:
        return None
    return asked if asked.has_question else None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value by which hits can be narrowed."""

    value: str
    count: int
    active: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        hits: all of them, in the order asked for.
        shown: those of the page asked for.
        exact: at least one was found by its words, not by meaning alone.
        query: what was understood of the question.
        marks: the words to mark in hits.
    """

    hits: tuple[Hit, ...]
    shown: tuple[Hit, ...]
    facets: Mapping[str, Sequence[FacetValue]]
    regions: Sequence[Region]
    pages: int
    exact: bool
    query: Query
    marks: frozenset[str]


def find(library: Library, asked: Asked) -> Found:
    """Search.

    Raises:
        QueryError: a condition or filter makes no sense, or nothing was asked.
    """
    query = library.understood(asked.q)
    found = library.find(asked.q, kind=asked.kind, filters=asked.filters, order=asked.sort)
    others = library.thesaurus.expander().related(query.words).values()
    first = PAGE_SIZE * (asked.page - 1)
    return Found(
        hits=found.hits,
        shown=found.hits[first : first + PAGE_SIZE],
        facets={name: list(_values(found.facets[name], _active(asked, name))) for name in _FACETS},
        regions=region_tree(found.facets["region"]),
        pages=max(1, -(-len(found.hits) // PAGE_SIZE)),
        exact=found.by_words,
        query=query,
        marks=frozenset(wanted(query.text)).union(*others),
    )


def _values(counts: Mapping[str, int], active: str | None) -> Iterator[FacetValue]:
    for i, (value, count) in enumerate(counts.items()):
        if i < _SHOWN or value == active:
            yield FacetValue(value, count, value == active)


def _active(asked: Asked, facet: str) -> str | None:
    """The value of a facet that is asked for now."""
    if facet == "year":
        return asked.since if asked.since == asked.until else None
    active: str | None = getattr(asked, "type" if facet == "doc_type" else facet)
    return active
