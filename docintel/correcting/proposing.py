"""What a person asks for, made into a correction that can be kept.

In: an extraction as the person sees it, and a `Request`. Out: a `Correction`, checked against the document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from docintel.correcting.applying import SAME
from docintel.correcting.draft import Draft
from docintel.correcting.fields import UNSEEN, complete, not_in_text, read_fields
from docintel.correcting.finding import twin
from docintel.correcting.places import Places, Span, squeezed
from docintel.correcting.stored import stored_at
from docintel.errors import CorrectionError
from docintel.schema import RECORD_NAMES, RECORD_TYPES, Correction, CorrectionAction, Extraction, Record

#: Checks follow from the statistics, so a person accepts or rejects them and corrects the statistics.
_CORRECTED = tuple(kind for kind in RECORD_TYPES if kind != "checks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks for.

    Attributes:
        kind: the record type; empty for a review.
        ordinal: the record's number as the person sees it; None where `quote` tells which.
        quote: of an added record its words; of any other the words it is expected to have.
        start: where the quote stands, of several places.
        occurrence: the how manieth place of the quote is meant, from 1.
        fields: what a change sets and an added record says, as a person writes it.
        by: who.
        note: why.
        where: what its errors begin with, such as the line of a file.
    """

    kind: str
    action: CorrectionAction
    ordinal: int | None = None
    quote: str | None = None
    start: int | None = None
    occurrence: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    by: str
    note: str = ""
    where: str = ""


def propose(extraction: Extraction, request: Request) -> Correction:
    """The correction that a request asks for.

    Raises:
        CorrectionError: there is no such record, field, value or quote, or nothing would change.
    """
    try:
        return _propose(extraction, request)
    except CorrectionError as exc:
        raise CorrectionError(f"{request.where}{exc}", hint=exc.hint) from exc


def _propose(extraction: Extraction, request: Request) -> Correction:
    common: dict[str, Any] = {
        "document": extraction.document.id,
        "kind": request.kind,
        "action": request.action,
        "by": request.by,
        "note": request.note,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    _check(request)
    if request.action is CorrectionAction.REVIEW:
        return Correction(**common | {"kind": "", "fields": {"records": _snapshot(extraction)}})
    if request.action is CorrectionAction.ADD:
        return Correction(**common | _added(extraction, request))
    number = _number(extraction, request)
    evidence = extraction.records(request.kind)[number].evidence
    before = stored_at(extraction, request.kind, number)
    read = read_fields(request.kind, request.fields, extraction, evidence.start)
    changed = {name: value for name, value in read.items() if before.get(name) != value}
    if request.action is CorrectionAction.CHANGE and not changed:
        raise CorrectionError(
            f"{request.kind}/{number} 已是如此，无须更改。 It says so already.",
            hint="确认无误请用 To say that it is right: --accept",
        )
    place = {"start": evidence.start, "end": evidence.end, "quote": evidence.quote}
    return Correction(**common | place | {"fields": changed, "before": before})


def _check(request: Request) -> None:
    """See that the parts of a request go together, and that what it says can be kept and shown."""
    for name, said in (("by", request.by), ("note", request.note)):
        if not isinstance(said, str) or UNSEEN.search(said):
            raise CorrectionError(
                f"{name} 应为可见的文字。 {name} is no plain text: {said!r}.",
                hint="请去掉控制字符。 Leave out control characters.",
            )
    if not request.by.strip():
        raise CorrectionError("没有写明何人。 Nobody is named who says so.", hint="--by 姓名 NAME")
    if request.action is CorrectionAction.REVIEW:
        return
    if request.kind not in RECORD_TYPES:
        raise CorrectionError(
            f"没有 {request.kind!r} 这类记录。 {request.kind!r} is no record type.",
            hint="类别 Types: " + ", ".join(f"{kind}（{RECORD_NAMES[kind]}）" for kind in RECORD_TYPES),
        )
    sets = request.action in (CorrectionAction.CHANGE, CorrectionAction.ADD)
    if sets and request.kind not in _CORRECTED:
        raise CorrectionError(
            "核对由数据推算得出，只能确认或剔除。 Checks follow from the statistics: accept or reject them.",
            hint="请更改所涉数据。 Change the statistics they tie together.",
        )
    if request.action is CorrectionAction.CHANGE and not request.fields:
        raise CorrectionError("没有说明改什么。 Nothing is said to change.", hint="--set FIELD=VALUE")
    if request.fields and not sets:
        raise CorrectionError(
            f"{request.action} 不带字段。 To {request.action} a record sets no fields.",
            hint="改字段请不用 --accept、--reject。 To change fields leave these out.",
        )


def _snapshot(extraction: Extraction) -> dict[str, list[dict[str, Any]]]:
    """All records but the checks, in a form that outlives the reading."""
    return {kind: [stored_at(extraction, kind, i) for i in range(len(extraction.records(kind)))] for kind in _CORRECTED}


def _added(extraction: Extraction, request: Request) -> dict[str, Any]:
    kind, document = request.kind, extraction.document
    start, end = _quoted(Places(document), request)
    evidence = document.evidence(start, end)
    read = complete(kind, read_fields(kind, request.fields, extraction, start), evidence.quote)
    there = twin(Draft(extraction).items[kind], kind, read, (start, end), SAME)
    if there:
        number = extraction.records(kind).index(there.record)
        raise CorrectionError(
            f"已有这条记录 {kind}/{number}：“{there.record.evidence.quote}”。 This record is there already.",
            hint=f"更改用 To change it: {kind}/{number} --set FIELD=VALUE",
        )
    return {"start": start, "end": end, "quote": evidence.quote, "fields": read}


def _quoted(places: Places, request: Request) -> Span:
    """The one place that the quote of a request means."""
    quote = request.quote or ""
    spans = places.all(quote)
    if not quote.strip():
        raise CorrectionError("没有给出引文。 No quote is given.", hint="--quote “原文 the words of the document”")
    if not spans:
        raise not_in_text(quote, places)
    if request.start is not None:
        return min(spans, key=lambda span: abs(span[0] - (request.start or 0)))
    if request.occurrence is not None:
        if not 1 <= request.occurrence <= len(spans):
            raise CorrectionError(
                f"“{quote}”在文中只有 {len(spans)} 处。 It stands in {len(spans)} places.",
                hint=f"--occurrence 1–{len(spans)}",
            )
        return spans[request.occurrence - 1]
    if len(spans) > 1:
        raise CorrectionError(
            f"“{quote}”在文中有 {len(spans)} 处。 It stands in {len(spans)} places.",
            hint="请指明 Say which: " + "；".join(_around(places, i, span) for i, span in enumerate(spans[:6], 1)),
        )
    return spans[0]


def _around(places: Places, number: int, span: Span) -> str:
    text = places.document.text
    around = text[max(0, span[0] - 10) : span[0]], text[span[1] : span[1] + 10]
    return f"--occurrence {number}（--at {span[0]}）…{around[0]}【】{around[1]}…".replace("\n", " ")


def _number(extraction: Extraction, request: Request) -> int:
    """Which record a request means: the one of its number, if it has the words, else the one that has them."""
    kind, records, said = request.kind, extraction.records(request.kind), squeezed(request.quote or "")
    if request.ordinal is not None:
        if not 0 <= request.ordinal < len(records):
            raise CorrectionError(
                f"该文档的 {kind} 只有 {len(records)} 条，编号从 0 起。"
                f" The document has {len(records)} {kind}; they are numbered from 0."
            )
        if not said or squeezed(records[request.ordinal].evidence.quote) == said:
            return request.ordinal
    if not said:
        raise CorrectionError(
            "没有指明哪条记录。 Nothing says which record is meant.",
            hint=f"写作 Write it like {kind}/3, as docintel show does.",
        )
    same = [i for i, each in enumerate(records) if squeezed(each.evidence.quote) == said]
    return _of_those(kind, same, request, records)


def _of_those(kind: str, same: Sequence[int], request: Request, records: Sequence[Record]) -> int:
    """The one that is meant of the records that have the words."""
    if not same:
        raise CorrectionError(
            f"没有原文为“{request.quote}”的 {kind} 记录。 No record of {kind} has the words {request.quote!r}.",
            hint="记录可能已被更改，请重新查看。 It may have been changed meanwhile; see: docintel show",
        )
    if request.start is not None:
        return min(same, key=lambda i: abs(records[i].evidence.start - (request.start or 0)))
    if request.occurrence is not None and 1 <= request.occurrence <= len(same):
        return same[request.occurrence - 1]
    if len(same) > 1:
        raise CorrectionError(
            f"有 {len(same)} 条记录的原文是“{request.quote}”。 So many records have these words.",
            hint="请指明 Say which: " + ", ".join(f"{kind}/{i}" for i in same),
        )
    return same[0]


__all__ = ["Request", "propose"]
