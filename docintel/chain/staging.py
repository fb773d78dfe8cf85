"""Where a document stands in the work it belongs to: a finding, a commitment, a report of progress, a result.

In: an extraction. Out: the stage with what tells it. The title is asked first, for it is where an office says what it
issues; then how the document speaks of problems and how far its measures are.
"""

import re
from collections import Counter

from docintel.schema import DocType, Evidence, Extraction, Ground, Modality, Stage, Staging, Status
from docintel.text.normalize import fold
from docintel.text.script import to_simplified

#: What titles say, the first that fits.
_TITLES: tuple[tuple[Stage, str, re.Pattern[str]], ...] = tuple(
    (stage, rule, re.compile(pattern))
    for stage, rule, pattern in (
        # 关于巡察整改进展情况的通报 · 整改阶段性情况
        (Stage.PROGRESS, "progress", r"整改.{0,8}(?:进展|推进|阶段性)|阶段性.{0,4}整改|中期整改"),
        # 整改方案 · 问题整改责任清单 · 立行立改承诺书
        (Stage.COMMITMENT, "plan", r"整改.{0,6}(?:方案|计划|承诺|清单|任务)|整改.{0,4}表态"),
        # 关于巡察整改情况的通报 · 反馈问题整改落实情况的报告 · 整改台账
        (
            Stage.RESULT,
            "rectified",
            r"整改.{0,12}(?:情况|结果|成效|报告|公告|公示|台账|完成)|(?:办理|落实)情况的?(?:报告|复函|回复)",
        ),
        # 向县中医院党总支反馈巡察情况 · 检查情况的通报 · 审计结果公告 · 反馈意见
        (
            Stage.FINDING,
            "found",
            r"反馈|(?:巡[视察]|检查|督[查导察]|审计|抽查|暗访|核查|评估|调研)[^整]{0,12}(?:情况|结果|发现|问题|意见|通报|公告|报告)"
            r"|问题.{0,6}(?:通报|曝光)|典型(?:案例|问题|案件)|监察建议书|提示函|整改通知",
        ),
        # 专项整治实施方案 · 廉洁承诺书
        (Stage.COMMITMENT, "promised", r"(?:实施|工作|行动)?方案(?:的通知)?$|承诺书|倡议书|公开承诺"),
    )
)
#: What a body says that looked into others: 督导组发现, 审计发现.
_DISCOVERED = re.compile(
    r"(?:巡[视察]|督[导查察]|检查|审计|暗访|抽查|核查|调研)组?(?:[^。;\n]{0,12})?(?:发现|指出|查出)"
)
#: The share of problems or measures that makes a document one of them.
_MOST = 0.6


def stage(extraction: Extraction) -> Staging:
    """The stage of a document, with its grounds."""
    return _by_title(extraction) or _by_text(extraction) or _by_records(extraction)


def _by_text(extraction: Extraction) -> Staging | None:
    """A finding, where the body says that an inspection found what it tells."""
    discovered = _DISCOVERED.search(_plain(extraction.document.text))
    found = sum(issue.modality is Modality.FOUND for issue in extraction.issues)
    if discovered is None or _statuses(extraction)[Status.DONE] >= found:
        return None
    return _staging(Stage.FINDING, "text/found", extraction.document.evidence(*discovered.span()))


def _by_title(extraction: Extraction) -> Staging | None:
    document = extraction.document
    title = _plain(document.title)
    found = next(((s, rule, m) for s, rule, pattern in _TITLES if (m := pattern.search(title))), None)
    if found is None:
        return None
    kind, rule, match = found
    at = _plain(document.text).find(title)
    words = document.evidence(at + match.start(), at + match.end()) if title and at >= 0 else None
    if kind is Stage.RESULT and _statuses(extraction)[Status.REQUIRED] > _statuses(extraction)[Status.DONE]:
        return _staging(Stage.PROGRESS, f"title/{rule}", words)
    return _staging(kind, f"title/{rule}", words)


def _by_records(extraction: Extraction) -> Staging:
    """What problems and measures say where the title is silent."""
    statuses, modalities = _statuses(extraction), Counter(issue.modality for issue in extraction.issues)
    found = modalities[Modality.FOUND] >= _MOST * modalities.total() > 0
    answered = {n for measure in extraction.measures for n in measure.addresses}
    carried = statuses[Status.DONE] >= _MOST * statuses.total() > 0
    if found and carried and len(answered) >= _MOST * len(extraction.issues):
        return _staging(Stage.RESULT, "measures/done")
    if extraction.doc_type is DocType.CASE_NOTICE or (found and len(extraction.issues) >= statuses[Status.DONE]):
        return _staging(Stage.FINDING, "issues/found")
    if extraction.doc_type is not DocType.COMMENTARY and statuses[Status.REQUIRED] >= _MOST * statuses.total() > 0:
        return _staging(Stage.COMMITMENT, "measures/required")
    if statuses[Status.ONGOING] + statuses[Status.DONE] >= _MOST * statuses.total() > 0:
        return _staging(Stage.PROGRESS, "measures/ongoing")
    return _staging(Stage.OTHER, "none")


def _plain(text: str) -> str:
    """Folded and in Simplified script, as the patterns are."""
    return to_simplified(fold(text))


def _statuses(extraction: Extraction) -> Counter[Status]:
    return Counter(measure.status for measure in extraction.measures)


def _staging(kind: Stage, rule: str, words: Evidence | None = None) -> Staging:
    return Staging(kind, (Ground("stage", rule, words),))
