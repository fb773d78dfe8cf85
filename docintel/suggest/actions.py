"""Tell what somebody else could do again from what only happened: of a measure, what use it is as a suggestion.

In: a measure and the extraction it is of. Out: its use. Reports tell of actions (`推行双人双锁`), of events
(`召开动员会`), of what came of an action (`追缴1360万元`, `发现问题112个`), and of what somebody said; only the first
answers "what can we do?". Each clause of a quote is judged by its words, and the quote is as useful as its best clause.
"""

import re
from enum import IntEnum

from docintel.schema import Extraction, Measure, MeasureCategory, Status
from docintel.text.normalize import fold
from docintel.text.script import to_simplified


class Use(IntEnum):
    """What use a measure is to somebody with a like problem, least first."""

    NONE = 0
    """What was said, found or done wrong, or done to one person: nothing to take over."""
    RESULT = 1
    """What came of an action: sums recovered, problems settled, letters handled."""
    EVENT = 2
    """What was held once: a meeting, a visit of inspectors."""
    VAGUE = 3
    """An aim without a way: `加强监督`, `压实责任`."""
    ACTION = 4
    """What another unit can do."""


#: Saying, not doing: `设备科科长段文澜通报了盘点情况`, `市中心医院作了表态发言`, `现将四起典型案例通报如下`.
_TOLD = re.compile(
    r"(?:通报|介绍|汇报|报告|说明|反馈|公布)了.{0,20}(?:情况|进展|成效|阶段|结果|案$|案件|问题|意见)|作(?:了|出)?(?:表态|发言|检讨|说明|汇报)"
    r"|汇报(?:进展|情况)|(?:表示|指出|强调|透露|坦言|告诉|认为|宣读|致辞|说道)|(?:传达|学习)了|通报如下|一起案件$"
    r"|通报\d{4}年|纪委监委通报(?:了|的)?|(?:现将|选取其中).{0,12}(?:通报|案例)|被.{0,12}通报批评|制定本(?:规定|办法)"
    r"|(?:对该|对其|向其).{0,16}通报批评|(?:负责同志|有关人员|代表|等)参加$|^(?:未|没有|没)(?:发现|查出)"
)
#: A remark on what was found, no action: `与医院无关，不列为问题`, `认定“三龄两历一身份”存疑9人`.
_REMARK = re.compile(
    r"无关$|不(?:列为|列入|作为|算作|计入|纳入).{0,4}(?:问题|整改|线索|统计|范围)|不属于|不予(?:认定|采纳)$|存疑|有待(?:核实|查证)"
)
#: What only leads over to what follows: `经院党委研究，通报如下`.
_ANNOUNCED = re.compile("(?:通报|公布|公告)如下$")
#: What somebody came upon: `盘点时二级库房短少耗材128件`, `查出各类问题311个`; not `发现一起查处一起`.
_FOUND = re.compile(
    r"(?:发现|查出|查实|查明|揪出|找出|短少|短缺|缺少|盘亏|多出|指出|反馈).{0,24}?(?:\d|问题|异常|账外|情形|违规|线索)"
    r"|(?:发现|查出)$|^\d+个方面|反馈(?:巡察|巡视|检查)?意见|收到.{0,20}(?:线索|举报|信访)"
)
#: What a finding says of how it came about, no action of its own: `盘点时`, `在“回头看”中`, `核查后`.
_ADJUNCT = re.compile(r"^.{0,24}?(?:时|中|后|期间)(?=.{0,12}(?:发现|查出|查实|短少|短缺|缺少|盘亏|多出))")
#: What befell one person or group: `受到党内警告处分`, `被开除公职`, `处分27人`, `立案89件`.
_PUNISHED = re.compile(
    r"(?:受到|给予|予以|分别被|被).{0,24}(?:处分|处理|诫勉|警告|记过|开除|撤职|免职|留置|判处|调离|批评教育|停职|暂停|罚款|逮捕|起诉)"
    r"|判处|判了|有期徒刑|移送(?:司法|检察|公安|审查)|(?:处分|处理|问责|诫勉|立案|查处|开除|追责|移送司法|留置).{0,12}\d+(?:余|多)?(?:人|名|件|起|例)"
    r"|降职|撤销.{0,6}职务|(?:并处|处)罚[金款]|不得评先评优|取消.{0,12}(?:资格|评优)|扣[发罚].{0,12}(?:绩效|奖金)"
)
#: Sums and counts that came of it: `追缴违纪款23万元`, `已完成整改29个`, `受理信访举报5827件次`, `推送预警902次`.
_RESULT = re.compile(
    r"(?:追缴|追回|收缴|退缴|上缴|上交|清退|挽回|收回|补扣|核减|入账|入库|缴回|退还|返还|退回|缴纳).{0,30}(?:元|款|资金|所得|基金|财物|红包)"
    r"|.{0,16}(?:资金|款项?|所得|财物|费用|红包|礼金)(?:已|均|全部|如数|被).{0,8}(?:追缴|追回|收缴|退缴|上缴|上交|清退|退还|退回|收回)"
    r"|(?:完成|已|基本完成|推进)(?:整改|改正)?(?:问题)?\d+个|(?:整改|销号)\d+[项个]|(?:完成整改|整改到位|整改完毕|督促整改|改正到位)$"
    r"|收到.{0,12}(?:锦旗|表扬信|感谢信)|(?:尚有|其余|剩余|还有).{0,16}\d|\d+(?:余|多)?[名人].{0,16}主动(?:说明|交代|投案|上交|上缴)"
    r"|(?:受理|接收|接到|处置|收集|排查问题线索|移交|移送|转办|推送|上报|预警|拦截|劝离|查处).{0,20}\d+(?:余|多)?(?:件|条|次|人次|处|起|个|人)"
)
#: Done so often, without about what: `发出提示函13份`, `共查摆问题184项`.
_COUNTED = re.compile(
    r"(?:共|已|先后|累计|全年|今年)*(?:查摆|排查|查找|发出|制发|下发|提出|建立|完善|制定|修订|新建|开展|举办)"
    r".{0,10}\d+(?:余|多)?(?:份|项|个|件|条|次|场|期|场次)"
)
#: Held once: `召开动员部署会`, `县委巡察组对县医院开展了巡察`.
_EVENT = re.compile(
    r"(?:召开|举行|举办).{0,30}(?:会议?|仪式|座谈|活动)(?:\d+次)?$|(?:巡察|巡视|督导|审计)(?:组|局).{0,24}(?:巡察|巡视|反馈|走访|延伸)"
    r"|^.{0,40}会(?:议)?(?:在.{0,12})?召开$"
)
#: An aim without a way: `加强监督`, `进一步压实整改责任`, `坚决纠正`.
_VAGUE = re.compile(
    r"(?:要|应|将|应当|必须|会|[着]力|持续|坚决|严肃|切实|进一步|全面|深入|不断|继续|始终|统筹|大力|从严)*"
    r"(?:加强|强化|提高|提升|增强|深化|压实|落实|推进|推动|抓好|抓实|做好|做实|纠正|整治|查处|惩治|治理|铲除|筑牢|严守|坚持|保持|聚焦|深挖|防止|杜绝)"
    r"[^,:;]{0,14}"
)
#: Words of a way to do it; an aim that has one is an action.
_WAY = re.compile(
    r"每[月周日季年半]|逐[一笔项人条件份]|双人|两人|一律|不得|必须|名单|清单|台账|制度|办法|规定|流程|系统|平台|公示|公开|轮岗|抽查|盘点|"
    r"核对|比对|扫码|签字|集体|实行|推行|推广|备案|审批|报备|评审|招标|回避|培训|旁听|考核|约谈|问卷|回访|监控|试点|分离|\d"
)
#: Wrongdoing, by whoever: `干预药品采购`, `院长肖某违规收受礼金`; and the lack of what there should be: `未经集体研究`,
#: `库存检查走过场`. An issue that was read as a measure says nothing else.
_WRONG = re.compile(
    r"[^,;:]{0,24}?(?:干预|插手|收受|索取|索要|索贿|套取|骗取|虚报|虚列|虚开|虚构|虚增|挪用|侵占|侵吞|截留|私分|私设|伪造|篡改"
    r"|倒卖|泄露|贪污|隐瞒|瞒报|谎报|纵容|包庇|充当|指使|授意|默许|行贿|受贿|串通|围标|串标|规避|冒领|擅自|私自|违规|违反|违法|非法"
    r"|变相|借机|大操大办|接受.{0,8}宴请|公款(?:吃喝|送礼|旅游|消费|娱乐)|公车私[用养]|大吃大喝|收送|收礼|送礼|吃空饷|酒驾|醉驾|以权谋私|贪占|克扣|吃拿卡要|敷衍|推诿|滥用|玩忽|勾结)"
    r"|(?:[^,;:]*(?:不到位|不严格?|不力|不规范|缺失|缺位|走过场|流于形式|空转|失管|混乱|薄弱|不健全|不完善|滞后|脱节|不实|不符"
    r"|不作为|慢作为|虚设|弱化|淡薄|不透明|不及时|不足|不够)|(?:未|没有|从不).{2,}|.{1,10}(?:未[按经能及]|没有按).{2,})$"
)
#: Words of what is done against it, or about it: a clause that has one is no wrongdoing. Of the measures that people
#: marked in 120 documents none is taken for one, of their issues one in seven.
_AGAINST = re.compile(
    r"严禁|不得|禁止|防|杜绝|查(?!走过场|流于形式|不|缺)|治|打|惩|遏制|制止|阻断|拦截|拒绝|举报|清|追|收回|收缴|退|缴|避免|不准|零容忍|改|纠正|通报|曝光"
    r"|问责|处理|处[分罚]|论处|警惕|警示|堵|约谈|责|取消|取缔|停止|废止|拆除|扣留|推送|劝离|解决|破解|针对|围绕|聚焦|专项|剖析|移送|起诉"
    r"|判处|立案|罚|拘|抓|公[布开示]|控|监督|预警|提醒|提示|教育|制度|办法|规定|名单|建|设立|签|承诺|谈|学|读|讲|补|发现|认定|核实"
    r"|涉嫌|梳理|研判|盯|强化|开除|^对|鼓励|上交|一律|(?<!主)要|(?<!供)应|必须|的$|者"
)
#: What is to be done, without what: `11月底前完成整改`.
_TO_BE_DONE = ("完成整改", "整改到位", "落到实处", "举一反三")
#: What follows the name of somebody who only said something.
_SAYS = re.compile(
    r"(?:也|还|又|在.{0,12}[上中])?(?:通报|介绍|汇报|报告|说|谈|讲|表态|表示|指出|强调|要求|提醒|宣读|回应|解释|回忆|承认|交代|坦言)"
)
_CLAUSE = re.compile(r"[,;。:]")
_EDUCATING = frozenset({MeasureCategory.EDUCATION, MeasureCategory.TALK, MeasureCategory.PLEDGE})


def use_of(measure: Measure, extraction: Extraction) -> Use:
    """What use a measure is to somebody with a like problem: that of its best clause."""
    quote = _plain(measure.evidence.quote).strip().rstrip(")")
    if _ANNOUNCED.search(quote):
        return Use.NONE
    clauses = [clause for clause in _CLAUSE.split(quote) if len(clause) > 1] or [quote]
    best = max(_use_of_clause(clause, measure) for clause in clauses)
    if best is Use.ACTION and _names_a_teller(measure, extraction):
        return Use.NONE
    return best


def _use_of_clause(clause: str, measure: Measure) -> Use:
    clause = _ADJUNCT.sub("", clause)
    if _TOLD.search(clause) or _REMARK.search(clause) or (_WRONG.match(clause) and not _AGAINST.search(clause)):
        return Use.NONE
    if measure.status is Status.REQUIRED:
        return _use_of_order(clause, measure)
    if measure.category is MeasureCategory.ACCOUNTABILITY or _PUNISHED.search(clause) or _FOUND.search(clause):
        return Use.NONE
    if _RESULT.search(clause):
        return Use.RESULT
    if measure.category not in _EDUCATING and _EVENT.search(clause):
        return Use.EVENT
    return Use.VAGUE if _is_aim(clause) or _COUNTED.fullmatch(clause) else Use.ACTION


def _use_of_order(clause: str, measure: Measure) -> Use:
    """Of what is ordered: to punish what will be found is an aim, unless it says how."""
    if measure.category is MeasureCategory.ACCOUNTABILITY:
        return Use.ACTION if _WAY.search(clause) else Use.VAGUE
    return Use.VAGUE if _is_aim(clause) else Use.ACTION


def _is_aim(clause: str) -> bool:
    return clause.endswith(_TO_BE_DONE) or bool(_VAGUE.fullmatch(clause) and not _WAY.search(clause))


def _names_a_teller(measure: Measure, extraction: Extraction) -> bool:
    """Whether a person is the measure's actor and only said something: `段文澜通报了盘点情况`."""
    quote = measure.evidence
    named = [m for person in extraction.persons for m in person.mentions or (person.evidence,)]
    ends = [each.end for each in named if quote.start <= each.start and each.end <= quote.end]
    return any(_SAYS.match(_plain(extraction.document.text[end : quote.end])) for end in ends)


def _plain(text: str) -> str:
    """Folded and in Simplified script, as the patterns are."""
    return to_simplified(fold(text))
