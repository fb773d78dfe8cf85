"""What people found in documents: gold files, and the corrections of a library.

In: a folder of JSON files in the form of `docintel extract`, each naming its document as `doc`, and the folder that the
documents lie in or below; or corrected documents. Out: gold files with their documents, or what was read beside gold.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docintel.errors import InputError, NotFoundError
from docintel.evaluation.extraction import matched
from docintel.schema import (
    CORRECTION_RULE,
    RECORD_TYPES,
    CorrectedDocument,
    CorrectionAction,
    Record,
)
from docintel.schema.serial import extraction_to_dict

#: A gold file and the document that it is of.
Pair = tuple[Path, Path]


def pairs(gold: Path, documents: Path) -> list[Pair]:
    """The gold files of a folder with their documents, in the order of their names.

    Raises:
        NotFoundError: there is no gold, or a document is not below `documents`.
        InputError: a gold file cannot be read, or several documents have the name that it gives.
    """
    files: dict[str, list[Path]] = {}
    for path in sorted(documents.rglob("*")):
        if path.is_file():
            files.setdefault(path.name, []).append(path)
    found = []
    for path in sorted(gold.glob("*.json")):
        name = load(path)["doc"]
        if name not in files:
            raise NotFoundError(
                f"{path} 标注的 {name} 不在 {documents} 中。 {path} is of {name}, which is not below {documents}.",
                hint="请用 --documents 指定文档所在文件夹。 Name the folder of the documents.",
            )
        found.append((path, _one_of(files[name], path)))
    if not found:
        raise NotFoundError(
            f"{gold} 中没有标注文件。 There is no gold in {gold}: no file ends in .json.",
            hint=_FORM,
        )
    return found


def _one_of(files: list[Path], gold: Path) -> Path:
    """The one document of a name; copies of one are one."""
    first, *others = files
    if any(other.read_bytes() != first.read_bytes() for other in others):
        listed = "、".join(map(str, files))
        raise InputError(
            f"{gold} 标注的 {first.name} 有 {len(files)} 份不同的文档。"
            f" {len(files)} different documents have the name that {gold} gives: {listed}.",
            hint="请改名，或用 --documents 指定其中一个文件夹。 Rename one, or name the folder of one: --documents",
        )
    return first


def load(path: Path) -> dict[str, Any]:
    """One gold file.

    Raises:
        InputError: it is no JSON, or no gold.
    """
    try:
        gold = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as exc:
        raise InputError(f"{path} 无法读取。 {path} cannot be read: {exc}", hint=_FORM) from exc
    spoken_of = [kind for kind in RECORD_TYPES if isinstance(gold, dict) and isinstance(gold.get(kind), list)]
    if not spoken_of or not isinstance(gold.get("doc"), str):
        raise InputError(f"{path} 不是标注文件。 {path} is no gold.", hint=_FORM)
    for kind in spoken_of:
        for number, record in enumerate(gold[kind]):
            if not _is_record(kind, record):
                said = json.dumps(record, ensure_ascii=False)[:60]
                raise InputError(
                    f"{path} 的 {kind}/{number} 不是记录。 {kind}/{number} of {path} is no record: {said}.", hint=_FORM
                )
    return dict(gold)


def _is_record(kind: str, record: Any) -> bool:
    """Whether it says what tells a record of a type from others."""
    return isinstance(record, dict) and all(isinstance(record.get(name), one) for name, one in _TOLD_BY[kind].items())


#: What tells records of a type apart, and of which Python type it is.
_TOLD_BY: dict[str, dict[str, type]] = {
    **{kind: {"quote": str} for kind in RECORD_TYPES},
    "units": {"name": str, "canonical": str},
    "persons": {"name": str},
    "cases": {"quote": str, "persons": list},
}
_FORM = (
    "标注文件是 JSON 对象，写有 doc（文件名）和各类记录，记录的形式同 docintel extract。"
    " A gold file is a JSON object with `doc`, a file name, and lists of records, such as `docintel extract` writes."
)


def is_corrected(record: Record) -> bool:
    """Whether a person accepted, changed or added a record."""
    return any(ground.rule.startswith(f"{CORRECTION_RULE}/") for ground in record.grounds)


def rejections(corrected: CorrectedDocument, kind: str) -> list[str]:
    """The quotes of the records of a type that people rejected."""
    return [
        each.quote for each in corrected.corrections if each.kind == kind and each.action is CorrectionAction.REJECT
    ]


def beside_gold(corrected: CorrectedDocument) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was read of a corrected document, and what stands, in JSON form.

    Of a document that nobody reviewed as a whole the records that people looked at are left, of both.
    """
    found, gold = extraction_to_dict(corrected.machine), extraction_to_dict(corrected.current)
    if corrected.reviewed:
        return found, gold
    for kind in RECORD_TYPES:
        records = zip(gold[kind], corrected.current.records(kind), strict=True)
        gold[kind] = [one for one, record in records if is_corrected(record)]
        seen = gold[kind] + [dict(each.before) for each in corrected.corrections if each.kind == kind and each.before]
        found[kind] = [one for one in found[kind] if matched(kind, [one], seen)]
    return found, gold


def is_looked_at(corrected: CorrectedDocument, kinds: Iterable[str]) -> bool:
    """Whether people said anything of records of these types."""
    return corrected.reviewed or any(each.kind in kinds for each in corrected.corrections)
