from docintel.extract.language.reading import Reading
from docintel.extract.work.links import link_measures
from docintel.schema import Case, Modality
from tests.factories import evidence, make_document, make_issue


def link(document, measures, issues, cases=()):
    quotes = [evidence(document, quote) for quote in measures]
    return link_measures(Reading(document), [(quote.start, quote.end) for quote in quotes], cases, issues)


def test_a_problem_in_front_in_the_sentence_is_answered():
    document = make_document("针对台账不清的问题，县医院完善制度。召开会议。")
    issues = [make_issue(document, "台账不清的问题")]
    assert link(document, ["县医院完善制度", "召开会议"], issues) == [(0,), ()]


def test_a_problem_inside_the_measure_is_answered():
    document = make_document("集中整治收受红包问题。")
    issues = [make_issue(document, "收受红包问题", modality=Modality.TARGET)]
    assert link(document, ["集中整治收受红包问题"], issues) == [(0,)]


def test_a_problem_behind_the_measure_is_not_answered():
    document = make_document("召开会议，解决收费混乱问题。")
    assert link(document, ["召开会议"], [make_issue(document, "收费混乱问题")]) == [()]


def test_a_sanction_answers_the_acts_of_its_own_case():
    document = make_document(
        "王小明收受礼金问题。王小明受到警告处分。李大力公款旅游问题。李大力挪用公款。李大力被开除党籍。"
    )
    issues = [make_issue(document, quote) for quote in ("收受礼金", "公款旅游", "挪用公款")]
    cases = [
        Case(evidence=evidence(document, "王小明收受礼金"), persons=("王小明",)),
        Case(evidence=evidence(document, "李大力公款旅游"), persons=("李大力",)),
    ]
    assert link(document, ["王小明受到警告处分", "李大力被开除党籍"], issues, cases) == [(0,), (1, 2)]


def test_a_problem_told_elsewhere_is_answered_by_its_very_words():
    document = make_document("违规吃喝问题时有发生。\n要抓好违规吃喝整治。\n要召开会议。")
    issues = [make_issue(document, "违规吃喝问题")]
    assert link(document, ["要抓好违规吃喝整治", "要召开会议"], issues) == [(0,), ()]


def test_without_cases_a_sanction_answers_nothing():
    document = make_document("李大力公款旅游。李大力被开除党籍。")
    assert link(document, ["李大力被开除党籍"], [make_issue(document, "公款旅游")]) == [()]
