"""The data dictionary: what every column of a table is called and means, in Chinese and English.

Takes the name of a table and of a column; gives names and meanings. `docintel.schema.tables` has their types.
"""

from typing import NamedTuple

from docintel.schema.vocabulary import FIELD_NAMES, RECORD_NAMES


class Meaning(NamedTuple):
    """What a column means, in both languages."""

    chinese: str
    english: str


#: Names of columns that are no fields of records.
_NAMES = FIELD_NAMES | {
    "document": "文档编号",
    "id": "文档编号",
    "work": "文书编号",
    "sources": "来源数",
    "ordinal": "序号",
    "source": "来源文件",
    "path": "文件路径",
    "secrecy": "密级",
    "language": "字体",
    "source_url": "网址",
    "pages": "页数",
    "characters": "字数",
    "missing": "未读部分",
    "warnings": "提示",
    "attachments": "附件",
    "parser": "解析器",
    "extractor": "抽取版本",
    "ingested_at": "入库时间",
    "start": "起",
    "end": "止",
    "mentions": "各处位置",
    "acts": "行为明细",
    "penalties": "处理明细",
    "violation_spans": "行为位置",
    "against_spans": "依据位置",
}
#: Names that differ from table to table: one column must not have two, nor two columns one.
_NAMES_IN = {
    ("measures", "quote"): "措施",
    ("issues", "quote"): "问题",
    ("measures", "units"): "责任单位",
    ("persons", "unit"): "所在单位",
    ("persons", "name"): "姓名",
    ("cases", "units"): "涉及单位",
    ("units", "name"): "文中名称",
    ("documents", "status"): "读取情况",
    ("documents", "confidence"): "识别置信度",
}
_MEANINGS = {
    "document": Meaning("文件内容的 SHA-256，相同内容只有一个", "SHA-256 of the file's bytes; joins all tables"),
    "id": Meaning("文件内容的 SHA-256，相同内容只有一个", "SHA-256 of the file's bytes; joins all tables"),
    "work": Meaning("同一文书多处发布时，首要来源的文档编号", "id of the document that leads its work"),
    "sources": Meaning("同一文书有几份来源文档", "how many documents republish this work, itself included"),
    "ordinal": Meaning(
        "该文档中这类记录的序号，从 0 起；“对应问题”“涉及数据”用它指称",
        "number of the record in its document and table, from 0; `addresses` and `statistics` refer to it",
    ),
    "source": Meaning("文件名，不含文件夹", "the file's name, without folders"),
    "path": Meaning("文件所在路径；压缩包内的文件在 !/ 之后", "where the file lies; a member of an archive behind !/"),
    "title": Meaning("文档标题", "the document's title; empty where it shows none"),
    "doc_type": Meaning("文种", "what kind of text the document is"),
    "publisher": Meaning("发布机构", "who published or issued it"),
    "published": Meaning("发布日期", "day of publication"),
    "number": Meaning("公文的发文字号", "number of an official document"),
    "secrecy": Meaning("公文的密级标志", "its mark of secrecy, as written"),
    "region": Meaning("涉及地区的全称", "full name of the place it is about"),
    "source_url": Meaning("首发网址", "where it was first published"),
    "language": Meaning("zh-Hans 简体，zh-Hant 繁体", "zh-Hans, or zh-Hant for Traditional script"),
    "pages": Meaning("文件页数；无分页的格式为空", "pages of the file; missing where the format has none"),
    "characters": Meaning("正文字数", "characters of the text"),
    "missing": Meaning("文件中未能读出的部分及原因", "what of the file is not in the text, and why"),
    "warnings": Meaning("读取时需要知道的情况", "what a reader should know about how it was read"),
    "attachments": Meaning("文中列出的附件", "names of the attachments it lists"),
    "parser": Meaning("读取该文件的解析器", "which parser read it"),
    "extractor": Meaning("抽取记录的程序和模型版本", "version of the rules and models that read the records"),
    "ingested_at": Meaning("入库时间（UTC）", "when it was put into the library (UTC)"),
    "quote": Meaning("原文，一字不改", "the verbatim words"),
    "name": Meaning("原文中的写法", "as the text writes it first"),
    "start": Meaning("原文在全文中的起点，从 0 计", "first character of the quote in the text, from 0"),
    "end": Meaning("原文在全文中的终点", "one past the last character of the quote"),
    "page": Meaning("所在页，从 1 计；无分页的格式为空", "page from 1; missing where the format has none"),
    "confidence": Meaning("把握，0 到 1；低于 0.7 的请核对", "how sure it is, 0 to 1; look at those below 0.7"),
    "value": Meaning(
        "数值：万、亿已换算，百分数照写，隐去的数为空",
        "the number: 万 and 亿 multiplied out, a percentage as written; missing for a masked figure",
    ),
    "unit_of_measure": Meaning("量词，不含万、亿", "the measure word without 万 or 亿: 个, 起, 人次, 元, %"),
    "metric": Meaning("指标：统计的是什么", "what is counted"),
    "subject": Meaning("统计对象，照原文", "what is counted, as in the text"),
    "action": Meaning("动作或状态，照原文", "the verb or state, as in the text"),
    "approximate": Meaning("文中写了余、多、近、约等", "the text says 余, 多, 近, 约, 以上 or the like"),
    "unit": Meaning("责任单位的规范全称", "canonical name of the unit whose figure it is"),
    "period": Meaning("时期：YYYY、YYYY-MM、YYYY-MM-DD 或 起/止", "YYYY, YYYY-MM, YYYY-MM-DD, or start/end"),
    "canonical": Meaning("规范名称", "the full official name, or an identifier in one spelling"),
    "kind": Meaning("类别", "what kind it is"),
    "place": Meaning("所属地区的全称", "full name of the place it belongs to"),
    "adcode": Meaning("行政区划代码（GB/T 2260）", "six digits of the place (GB/T 2260)"),
    "position": Meaning("职务，照原文", "position, as written"),
    "anonymised": Meaning("文中隐去了姓名，如张某", "the text hides the name: 张某, 李某某"),
    "persons": Meaning("涉及人员的姓名", "names of the persons; empty for a unit or group without names"),
    "units": Meaning("单位的规范全称", "canonical names of the units"),
    "date": Meaning("作出处理的时间", "when it was decided, as `period`"),
    "violations": Meaning("做了什么，照原文", "what they did, in the text's words"),
    "sanctions": Meaning("受到什么处理", "what followed, in the text's words"),
    "amounts": Meaning("涉及的各项金额，单位元", "all sums tied to the case, in yuan"),
    "acts": Meaning("各项行为及其金额和时间", "each act with its sums and period"),
    "penalties": Meaning("各项处理及其类别、刑期、罚金", "each penalty with kind, months and fine"),
    "mentions": Meaning("各处出现的位置", "places of all mentions, [start, end]"),
    "violation_spans": Meaning("各项行为的位置", "places of the acts, [start, end]"),
    "against_spans": Meaning("依据的位置", "places of the other figures, [start, end]"),
    "category": Meaning("类别", "what field or kind it belongs to"),
    "modality": Meaning("文中怎样提到这个问题", "how the document speaks of the problem"),
    "status": Meaning("进展到哪一步", "how far the measure has come"),
    "addresses": Meaning("所针对的问题在同一文档中的序号", "`ordinal` of the issues that it answers"),
    "deadline": Meaning("完成时限，照原文", "by when, as written"),
    "law": Meaning("法规名称，不含书名号", "title of the law or regulation; missing for a document number"),
    "relation": Meaning("核对的是哪种数量关系", "which relation of figures was checked"),
    "statistics": Meaning("所涉数据在同一文档中的序号，被核对的在前", "`ordinal` of the statistics"),
    "against": Meaning("其他数据的原文", "the words of the other figures"),
    "stated": Meaning("文中的数", "the figure as the text gives it"),
    "computed": Meaning("由其他数据推算的数", "what it would be by the others"),
    "holds": Meaning("两者是否一致", "whether the two agree, within the precision in which they are given"),
}
_MEANINGS_IN = {
    ("documents", "status"): Meaning("是否读全", "whether it was read in full"),
    ("documents", "confidence"): Meaning("文字识别的把握；不是图像的为 1", "how sure the recogniser was"),
    ("persons", "unit"): Meaning("所任职务的单位", "canonical name of the unit the position is in"),
    ("units", "canonical"): Meaning("规范全称", "the full official name as far as the document lets one know it"),
    ("references", "canonical"): Meaning("统一写法，便于检索", "in one spelling, to be searched for"),
}


def chinese_column(table: str, name: str) -> str:
    """What people call a column of a table."""
    if table == "documents" and name in RECORD_NAMES:
        return f"{RECORD_NAMES[name]}数"
    return _NAMES_IN.get((table, name)) or _NAMES[name]


def meaning(table: str, name: str) -> Meaning:
    """What a column of a table means."""
    if table == "documents" and name in RECORD_NAMES:
        return Meaning(f"从该文档抽取的{RECORD_NAMES[name]}条数", f"how many {name} were read from it")
    return _MEANINGS_IN.get((table, name)) or _MEANINGS[name]
