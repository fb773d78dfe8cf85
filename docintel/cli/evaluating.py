"""Commands that say how good docintel is, against what people judged: `evaluate extraction`, `evaluate search`, ….

In: words of the command line. Out: figures.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.options import AsJson, LibraryFolder, open_library
from docintel.cli.screen import answer, counter, err, file_progress
from docintel.config import default_library
from docintel.errors import NotFoundError
from docintel.files import printable
from docintel.schema import RECORD_TYPES, Document, Extraction
from docintel.schema.serial import extraction_to_dict

if TYPE_CHECKING:
    from docintel.evaluation.extraction import Report
    from docintel.evaluation.judged import Judgement, Query, Task
    from docintel.evaluation.retrieval import Evaluation
    from docintel.learning.gold import Pair
    from docintel.library import Library

evaluate_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="评测：与人的评定对照，看抽取、检索、建议有多准。 How good docintel is, against what people judged.",
)
app.add_typer(evaluate_app, name="evaluate")

Queries = Annotated[
    Path,
    typer.Option("--queries", help="放 queries.jsonl 和 judgements.jsonl 的文件夹。 Folder of queries and judgements."),
]
Gold = Annotated[
    Path | None,
    typer.Option("--gold", help="标注文件夹，默认与 queries 并列。 Gold files; default: `gold` beside the queries."),
]
Documents = Annotated[
    Path | None,
    typer.Option(
        "--documents",
        help="标注的文档，默认与 gold 并列。 Documents of the gold; default: `reports` beside it.",
    ),
]
EvaluatedLibrary = Annotated[
    Path | None,
    typer.Option(
        "--library",
        help="用这个资料库评测，文档按文件名对应；不读标注。 Ask this library instead; documents go by file name.",
    ),
]
EncoderName = Annotated[
    str | None,
    typer.Option("--encoder", help="换一个句向量模型（名称或文件夹）。 Another encoder, by name or folder."),
]


@evaluate_app.command("search")
def evaluate_search(
    queries: Queries = Path("corpora/queries"),
    gold: Gold = None,
    documents: Documents = None,
    library: EvaluatedLibrary = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """检索有多准：与只按词、只按语义、两者按名次融合相比。 How good search is, beside words or meaning alone."""
    from docintel.evaluation.judged import Task

    judged = _judged(queries, Task.SEARCH)
    with _asked(library, gold or queries.parent / "gold", documents, encoder) as opened:
        _report(opened, *judged, as_json)


@evaluate_app.command("suggest")
def evaluate_suggest(
    queries: Queries = Path("corpora/queries"),
    gold: Gold = None,
    documents: Documents = None,
    library: EvaluatedLibrary = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """建议有多准：十条里几条可用，与直接检索措施相比。 How good suggestions are, beside plain searches for measures."""
    from docintel.evaluation.judged import Task

    judged = _judged(queries, Task.SUGGEST)
    with _asked(library, gold or queries.parent / "gold", documents, encoder) as opened:
        _report(opened, *judged, as_json)


@evaluate_app.command("extraction")
def evaluate_extraction(
    gold: Annotated[
        Path | None,
        typer.Argument(
            help="标注文件夹；不给出时与资料库中的订正比对。 Gold files; without, the corrections of the library.",
            show_default=False,
        ),
    ] = None,
    documents: Documents = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """抽取有多准：与订正比对，或与标注比对。 How good extraction is, against corrections or against gold files.

    与订正比对时，审定的文档整篇计入，其余只计人看过的记录。与标注比对时，由资料库的模型读取（没有则用随附的）。
    Of corrections, reviewed documents count as a whole, of others the records that people looked at. With gold files
    the documents are read by the library's model where there is a library, else by the shipped one.
    """
    if gold is None:
        with open_library(library) as opened:
            report, model = opened.score(), opened.info()["model"]
        title = "与订正比对 Against corrections"
        if model == "own":
            err.print(
                "本库的模型就学自这些订正，数字偏高；docintel train 给出留出文档上的数字。"
                " The library learned from these corrections, so it looks better than it is; see `docintel train`.",
                style="yellow",
            )
    else:
        report, title = _read_against(_pairs(gold, documents), library), f"与标注比对 Against {gold}"
    rows = _rows(report)
    answer(rows, as_json, lambda: views.scores_view(rows, title))


def _rows(report: "Report") -> list[dict[str, Any]]:
    """The figures of the record types that there are, each with those of its fields."""
    return [
        {"records": kind, "gold": score.gold, "found": score.predicted, "hits": score.hits}
        | {name: round(getattr(score, name), 4) for name in ("precision", "recall", "f1")}
        | {
            "fields": {
                name.partition(".")[2]: {"right": right, "asked": asked, "accuracy": round(report.accuracy(name), 4)}
                for name, (right, asked) in report.fields.items()
                if name.startswith(f"{kind}.")
            }
        }
        for kind, score in report.records.items()
        if score.gold or score.predicted
    ]


def _read_against(pairs: "Sequence[Pair]", library: Path | None) -> "Report":
    """Read annotated documents and score what is found, of the types that their gold speaks of."""
    from docintel.evaluation.extraction import score_extractions
    from docintel.learning.gold import load
    from docintel.parse.sandbox import parse

    with ExitStack() as stack:
        read = _reader(library, stack)
        bar = stack.enter_context(file_progress("抽取 Extracting", [path for _, path in pairs]))

        def compared() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
            for path, source in pairs:
                bar.reached(printable(source))
                empty: dict[str, Any] = {kind: [] for kind in RECORD_TYPES}
                marked = load(path)
                found = extraction_to_dict(read(parse(source)))
                yield empty | {kind: found[kind] for kind in RECORD_TYPES if kind in marked}, empty | marked

        return score_extractions(compared())


def _reader(library: Path | None, stack: ExitStack) -> "Callable[[Document], Extraction]":
    """What reads documents: the library where there is one, else docintel as it ships."""
    from docintel.extract.pipeline import extract

    folder = library or default_library()
    if not (folder / "catalog.sqlite").exists():
        return extract
    return stack.enter_context(open_library(folder)).read


@evaluate_app.command("answers")
def evaluate_answers(
    gold: Annotated[Path, typer.Argument(help="标注文件夹。 Folder of gold files.")] = Path("corpora/gold"),
    documents: Documents = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """以标注的问题为查询，能否找到回应它的措施。 Whether each issue of gold finds the measures that answer it."""
    from docintel.evaluation.gold import issues_asked
    from docintel.learning.gold import load

    judged = issues_asked(load(path) for path, _ in _pairs(gold, documents))
    with _asked(None, gold, documents, encoder) as opened:
        _report(opened, *judged, as_json)


def _judged(folder: Path, task: "Task") -> "tuple[list[Query], list[Judgement]]":
    """The queries of a task with their judgements."""
    from docintel.evaluation.judged import load_judgements, load_queries

    every = load_queries(folder)
    asked = [query for query in every if query.task is task]
    ids = {query.id for query in asked}
    judged = [judgement for judgement in load_judgements(folder, every) if judgement.query in ids]
    if not judged:
        raise NotFoundError(
            f"{folder} 中没有对 {task} 查询的评定。 Nobody has judged answers to queries of {task} in {folder}.",
            hint="先评定：python scripts/pool_queries.py --help。 Pool answers and judge them first.",
        )
    return asked, judged


@contextmanager
def _asked(library: Path | None, gold: Path, documents: Path | None, encoder: str | None) -> "Iterator[Library]":
    """The library that is asked: the one named, else one of the annotated documents with their gold."""
    if library:
        with open_library(library) as opened:
            yield opened
        return
    from docintel.gold_library import gold_library

    pairs = _pairs(gold, documents)
    with file_progress("读取标注文档 Reading", [path for _, path in pairs]) as bar:
        opened = gold_library(pairs, encoder=encoder, progress=lambda report: bar.reached(report.path))
    with opened:
        yield opened


def _pairs(gold: Path, documents: Path | None) -> "list[Pair]":
    from docintel.learning.gold import pairs

    return pairs(gold, documents or gold.parent / "reports")


def _report(library: "Library", queries: "Sequence[Query]", judgements: "Sequence[Judgement]", as_json: bool) -> None:
    with counter("逐条查询 Asking", len(queries)) as count:
        found = library.evaluate(queries, judgements, progress=lambda _: count())
    _warn(found)
    rows = [asdict(row) for row in found.rows]
    answer(rows, as_json, lambda: views.evaluation_view(rows))


def _warn(found: "Evaluation") -> None:
    """Say what does not count."""
    if found.lost:
        err.print(
            f"{len(found.lost)} 条评定在资料库中找不到文档（或重名）或原文，不计。"
            f" {len(found.lost)} judgements do not count: no document, or more than one, has the name, or it says"
            f" something else, as of {found.lost[0].document}.",
            style="yellow",
        )
    if found.unanswered:
        err.print(
            f"{len(found.unanswered)} 个查询没有有用的答案，不计。 {len(found.unanswered)} queries do not count, for"
            f" nothing that is judged answers them: {', '.join(found.unanswered)}",
            style="yellow",
        )
