"""Closed vocabularies: every label a record may carry.

The values are the identifiers of the JSON output; the Chinese names are what people see.
"""

from enum import StrEnum

from docintel.schema.document import ReadStatus


class DocType(StrEnum):
    """What kind of text a document is."""

    SPEECH = "speech"
    CASE_NOTICE = "case_notice"
    INSPECTION_REPORT = "inspection_report"
    MEETING = "meeting"
    INTERVIEW = "interview"
    NEWS = "news"
    COMMENTARY = "commentary"
    OTHER = "other"


class UnitKind(StrEnum):
    """What kind of organisation a unit is."""

    DISCIPLINE = "discipline"
    PARTY = "party"
    GOVERNMENT = "government"
    HEALTH_AUTHORITY = "health_authority"
    HOSPITAL = "hospital"
    COMPANY = "company"
    DEPARTMENT = "department"
    PROCURATORATE_COURT = "procuratorate_court"
    SCHOOL = "school"
    OTHER = "other"


class Metric(StrEnum):
    """What a statistic counts."""

    ISSUES_FOUND = "issues_found"
    ISSUES_RECTIFIED = "issues_rectified"
    ISSUES_PENDING = "issues_pending"
    RULES_MADE = "rules_made"
    WORKFLOWS = "workflows"
    RISK_POINTS = "risk_points"
    CONTROLS = "controls"
    PERSONS_DISCIPLINED = "persons_disciplined"
    PERSONS_EDUCATED = "persons_educated"
    PERSONS_VOLUNTARY = "persons_voluntary"
    PERSONS_PROSECUTED = "persons_prosecuted"
    CASES_FILED = "cases_filed"
    CASES_HANDLED = "cases_handled"
    CLUES = "clues"
    COMPLAINTS = "complaints"
    TALKS = "talks"
    EDUCATION_SESSIONS = "education_sessions"
    PEOPLE_REACHED = "people_reached"
    INSPECTIONS = "inspections"
    INSTITUTIONS = "institutions"
    AMOUNT_RETURNED = "amount_returned"
    AMOUNT_RECOVERED = "amount_recovered"
    AMOUNT_INVOLVED = "amount_involved"
    COMMENDATIONS = "commendations"
    TASKS = "tasks"
    NOTICES = "notices"
    OCCURRENCES = "occurrences"
    SHARE = "share"
    OTHER = "other"


class IssueCategory(StrEnum):
    """What field a problem belongs to."""

    PROCUREMENT = "procurement"
    BIDDING = "bidding"
    KICKBACKS = "kickbacks"
    GIFTS = "gifts"
    DINING_TRAVEL = "dining_travel"
    FINANCE = "finance"
    POWER = "power"
    PERSONNEL = "personnel"
    CLINICAL = "clinical"
    INSURANCE = "insurance"
    DATA = "data"
    ASSETS = "assets"
    FORMALISM = "formalism"
    RESPONSIBILITY = "responsibility"
    RULES = "rules"
    PARTY_WORK = "party_work"
    SERVICE = "service"
    BRIBERY = "bribery"
    OTHER = "other"


class Modality(StrEnum):
    """How a document speaks of a problem."""

    FOUND = "found"
    RISK = "risk"
    TARGET = "target"


class MeasureCategory(StrEnum):
    """What kind of action a measure is."""

    RULES = "rules"
    PROCESS = "process"
    EDUCATION = "education"
    CAMPAIGN = "campaign"
    INSPECTION = "inspection"
    ACCOUNTABILITY = "accountability"
    RISK_CONTROL = "risk_control"
    TRANSPARENCY = "transparency"
    DIGITAL = "digital"
    PLEDGE = "pledge"
    TALK = "talk"
    EVALUATION = "evaluation"
    PROCUREMENT_CONTROL = "procurement_control"
    REPORTING = "reporting"
    ORGANISATION = "organisation"
    NOTICE = "notice"
    REFUND = "refund"
    CULTURE = "culture"
    OTHER = "other"


class Status(StrEnum):
    """How far a measure has come."""

    DONE = "done"
    ONGOING = "ongoing"
    REQUIRED = "required"


class Progress(StrEnum):
    """How far the rectification of a problem has come."""

    DONE = "done"
    ONGOING = "ongoing"
    OPEN = "open"
    OVERDUE = "overdue"


class Stage(StrEnum):
    """Where a document stands in a work: what was found, what is promised, how far it is, what came of it."""

    FINDING = "finding"
    COMMITMENT = "commitment"
    PROGRESS = "progress"
    RESULT = "result"
    OTHER = "other"


class Answer(StrEnum):
    """What a report says to a problem of a feedback."""

    ANSWERED = "answered"
    PARTLY = "partly"
    NEVER = "never"
    UNASKED = "unasked"


class EffectKind(StrEnum):
    """What tells of the outcome of a measure."""

    RATE = "rate"
    BALANCE = "balance"
    AMOUNT = "amount"
    CHANGE = "change"
    TOLD = "told"
    RECURRENCE = "recurrence"


class Verdict(StrEnum):
    """What the outcome of a measure comes to."""

    WORKED = "worked"
    PARTLY = "partly"
    FAILED = "failed"


class SanctionKind(StrEnum):
    """What kind of consequence a sanction is."""

    PARTY = "party"
    PUBLIC = "public"
    ORGANISATIONAL = "organisational"
    CRIMINAL = "criminal"
    ECONOMIC = "economic"
    NOTICE = "notice"
    OTHER = "other"


class ReferenceKind(StrEnum):
    """What an official identifier names."""

    DOCUMENT = "document"
    COURT = "court"
    LAW = "law"
    REGULATION = "regulation"


class Relation(StrEnum):
    """How figures of a document hang together."""

    PARTS = "parts"
    AT_MOST = "at_most"
    BALANCE = "balance"
    SHARE = "share"
    GROWTH = "growth"
    REPEATED = "repeated"


CHINESE_NAMES: dict[type[StrEnum], dict[str, str]] = {
    ReadStatus: {
        ReadStatus.FULL: "完整",
        ReadStatus.PARTIAL: "部分",
        ReadStatus.FAILED: "失败",
    },
    DocType: {
        DocType.SPEECH: "会议讲话",
        DocType.CASE_NOTICE: "典型案例通报",
        DocType.INSPECTION_REPORT: "巡察整改与数据解读",
        DocType.MEETING: "会议报道",
        DocType.INTERVIEW: "访谈",
        DocType.NEWS: "工作动态",
        DocType.COMMENTARY: "评论",
        DocType.OTHER: "其他",
    },
    UnitKind: {
        UnitKind.DISCIPLINE: "纪检监察机关",
        UnitKind.PARTY: "党组织",
        UnitKind.GOVERNMENT: "政府部门",
        UnitKind.HEALTH_AUTHORITY: "卫生健康部门",
        UnitKind.HOSPITAL: "医疗机构",
        UnitKind.COMPANY: "企业",
        UnitKind.DEPARTMENT: "内设科室",
        UnitKind.PROCURATORATE_COURT: "检察院法院",
        UnitKind.SCHOOL: "学校",
        UnitKind.OTHER: "其他",
    },
    Metric: {
        Metric.ISSUES_FOUND: "发现问题",
        Metric.ISSUES_RECTIFIED: "整改问题",
        Metric.ISSUES_PENDING: "未整改问题",
        Metric.RULES_MADE: "建立完善制度",
        Metric.WORKFLOWS: "流程图",
        Metric.RISK_POINTS: "廉政风险点",
        Metric.CONTROLS: "防控措施",
        Metric.PERSONS_DISCIPLINED: "处分处理人数",
        Metric.PERSONS_EDUCATED: "批评教育人数",
        Metric.PERSONS_VOLUNTARY: "主动说明投案人数",
        Metric.PERSONS_PROSECUTED: "移送司法人数",
        Metric.CASES_FILED: "立案",
        Metric.CASES_HANDLED: "查处问题",
        Metric.CLUES: "问题线索",
        Metric.COMPLAINTS: "信访举报投诉",
        Metric.TALKS: "约谈谈话函询",
        Metric.EDUCATION_SESSIONS: "教育培训场次",
        Metric.PEOPLE_REACHED: "受教育参与人数",
        Metric.INSPECTIONS: "督查检查巡察",
        Metric.INSTITUTIONS: "涉及单位数",
        Metric.AMOUNT_RETURNED: "上交退缴金额",
        Metric.AMOUNT_RECOVERED: "追缴挽回金额",
        Metric.AMOUNT_INVOLVED: "涉案金额",
        Metric.COMMENDATIONS: "表扬信锦旗",
        Metric.TASKS: "重点任务",
        Metric.NOTICES: "通报建议书提示函",
        Metric.OCCURRENCES: "行为次数",
        Metric.SHARE: "占比增幅",
        Metric.OTHER: "其他",
    },
    IssueCategory: {
        IssueCategory.PROCUREMENT: "药品耗材设备采购",
        IssueCategory.BIDDING: "工程与招投标",
        IssueCategory.KICKBACKS: "回扣与利益输送",
        IssueCategory.GIFTS: "红包礼品礼金",
        IssueCategory.DINING_TRAVEL: "违规吃喝旅游宴请",
        IssueCategory.FINANCE: "财务津补贴小金库",
        IssueCategory.POWER: "权力集中与一把手监督",
        IssueCategory.PERSONNEL: "选人用人招聘",
        IssueCategory.CLINICAL: "诊疗不规范",
        IssueCategory.INSURANCE: "骗保与收费",
        IssueCategory.DATA: "统方与信息权限",
        IssueCategory.ASSETS: "耗材库存资产",
        IssueCategory.FORMALISM: "形式主义官僚主义",
        IssueCategory.RESPONSIBILITY: "责任落实与监督缺位",
        IssueCategory.RULES: "制度缺失与不落实",
        IssueCategory.PARTY_WORK: "党建与纪律意识",
        IssueCategory.SERVICE: "服务态度与作风",
        IssueCategory.BRIBERY: "受贿贪污",
        IssueCategory.OTHER: "其他",
    },
    Modality: {
        Modality.FOUND: "已发现",
        Modality.RISK: "风险",
        Modality.TARGET: "整治对象",
    },
    MeasureCategory: {
        MeasureCategory.RULES: "建章立制",
        MeasureCategory.PROCESS: "流程与权力清单",
        MeasureCategory.EDUCATION: "警示教育",
        MeasureCategory.CAMPAIGN: "专项整治",
        MeasureCategory.INSPECTION: "监督检查",
        MeasureCategory.ACCOUNTABILITY: "查处问责",
        MeasureCategory.RISK_CONTROL: "风险防控",
        MeasureCategory.TRANSPARENCY: "公开公示",
        MeasureCategory.DIGITAL: "数字化监督",
        MeasureCategory.PLEDGE: "承诺签约",
        MeasureCategory.TALK: "约谈提醒",
        MeasureCategory.EVALUATION: "考核评价",
        MeasureCategory.PROCUREMENT_CONTROL: "采购与药商管理",
        MeasureCategory.REPORTING: "举报与线索",
        MeasureCategory.ORGANISATION: "组织机制",
        MeasureCategory.NOTICE: "建议书与通报",
        MeasureCategory.REFUND: "退缴上交",
        MeasureCategory.CULTURE: "廉洁文化",
        MeasureCategory.OTHER: "其他",
    },
    Status: {
        Status.DONE: "已完成",
        Status.ONGOING: "持续推进",
        Status.REQUIRED: "要求落实",
    },
    Progress: {
        Progress.DONE: "已完成",
        Progress.ONGOING: "持续推进",
        Progress.OPEN: "未完成",
        Progress.OVERDUE: "逾期",
    },
    Stage: {
        Stage.FINDING: "发现问题",
        Stage.COMMITMENT: "整改承诺",
        Stage.PROGRESS: "整改进展",
        Stage.RESULT: "整改结果",
        Stage.OTHER: "其他",
    },
    Answer: {
        Answer.ANSWERED: "已回应",
        Answer.PARTLY: "部分回应",
        Answer.NEVER: "未回应",
        Answer.UNASKED: "反馈未提及",
    },
    EffectKind: {
        EffectKind.RATE: "比率",
        EffectKind.BALANCE: "发现与整改",
        EffectKind.AMOUNT: "退缴追回",
        EffectKind.CHANGE: "升降变化",
        EffectKind.TOLD: "文中结论",
        EffectKind.RECURRENCE: "问题再现",
    },
    Verdict: {
        Verdict.WORKED: "见效",
        Verdict.PARTLY: "部分见效",
        Verdict.FAILED: "未见效",
    },
    SanctionKind: {
        SanctionKind.PARTY: "党纪处分",
        SanctionKind.PUBLIC: "政务处分",
        SanctionKind.ORGANISATIONAL: "组织处理",
        SanctionKind.CRIMINAL: "刑事追究",
        SanctionKind.ECONOMIC: "经济处理",
        SanctionKind.NOTICE: "通报曝光",
        SanctionKind.OTHER: "其他处理",
    },
    ReferenceKind: {
        ReferenceKind.DOCUMENT: "文号",
        ReferenceKind.COURT: "案号",
        ReferenceKind.LAW: "法律法规",
        ReferenceKind.REGULATION: "党内法规",
    },
    Relation: {
        Relation.PARTS: "分项之和",
        Relation.AT_MOST: "不超过总数",
        Relation.BALANCE: "发现＝已整改＋未整改",
        Relation.SHARE: "占比",
        Relation.GROWTH: "同比增减",
        Relation.REPEATED: "前后一致",
    },
}


def chinese_name(label: StrEnum) -> str:
    """The name a person sees for a label, e.g. `Metric.ISSUES_FOUND` → 发现问题."""
    return CHINESE_NAMES[type(label)][label]


#: What people call the record types; `documents` beside them.
RECORD_NAMES: dict[str, str] = {
    "documents": "文档",
    "statistics": "统计数据",
    "units": "责任单位",
    "persons": "人员",
    "cases": "案件",
    "issues": "问题",
    "measures": "措施",
    "references": "文号法规",
    "checks": "数据核对",
}

#: What people call the fields of records and documents.
FIELD_NAMES: dict[str, str] = {
    "doc": "来源文件",
    "title": "标题",
    "doc_type": "文种",
    "publisher": "发布机构",
    "published": "发布日期",
    "number": "文号",
    "status": "状态",
    "name": "名称",
    "canonical": "规范名称",
    "kind": "类别",
    "place": "所在地",
    "adcode": "行政区划代码",
    "value": "数值",
    "unit_of_measure": "量词",
    "metric": "指标",
    "subject": "对象",
    "action": "动作",
    "approximate": "约数",
    "unit": "责任单位",
    "units": "责任单位",
    "period": "时期",
    "region": "地区",
    "position": "职务",
    "anonymised": "化名",
    "persons": "人员",
    "violations": "行为",
    "sanctions": "处理",
    "amounts": "金额（元）",
    "date": "处理时间",
    "category": "类别",
    "modality": "性质",
    "addresses": "对应问题",
    "deadline": "时限",
    "law": "法规名称",
    "relation": "核对",
    "statistics": "涉及数据",
    "against": "依据",
    "stated": "文中",
    "computed": "推算",
    "holds": "结论",
    "quote": "原文",
    "page": "页",
    "confidence": "置信度",
}
