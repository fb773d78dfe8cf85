"""The words docintel is spoken in: plain frozen dataclasses, the standard library only, no input or output."""

from docintel.schema.document import NOT_CONTENT, Block, BlockKind, Document, Evidence
from docintel.schema.records import (
    RECORD_TYPES,
    Case,
    Extraction,
    Issue,
    Measure,
    Person,
    Record,
    Statistic,
    Unit,
)
from docintel.schema.results import FileReport, Filters, Hit, HitKind, IngestStatus, Passage, Precedent, Suggestion
from docintel.schema.vocabulary import (
    DocType,
    IssueCategory,
    MeasureCategory,
    Metric,
    Modality,
    Status,
    UnitKind,
    chinese_name,
)

__all__ = [
    "NOT_CONTENT",
    "RECORD_TYPES",
    "Block",
    "BlockKind",
    "Case",
    "DocType",
    "Document",
    "Evidence",
    "Extraction",
    "FileReport",
    "Filters",
    "Hit",
    "HitKind",
    "IngestStatus",
    "Issue",
    "IssueCategory",
    "Measure",
    "MeasureCategory",
    "Metric",
    "Modality",
    "Passage",
    "Person",
    "Precedent",
    "Record",
    "Statistic",
    "Status",
    "Suggestion",
    "Unit",
    "UnitKind",
    "chinese_name",
]
