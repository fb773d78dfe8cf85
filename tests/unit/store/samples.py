"""A made-up notice and what becomes of it when it is republished."""

import random

_UNITS = ("云栖县卫生健康局", "松陵区人民医院", "白榆区教育局", "青岚市交通运输局", "云栖县农业农村局", "松陵区财政局")
_NAMES = ("陆远", "沈秋", "顾平", "梁柏", "叶青", "何川")
_FAULTS = (
    "违规收受管理服务对象所送礼品礼金，并多次接受宴请",
    "在药品采购中为他人谋取利益，隐瞒不报个人有关事项",
    "公车私用，虚列会议费用于支付接待开支",
    "违规发放津贴补贴，未经集体研究决定大额资金使用",
)

HEADER = "编者按：近日有关部门发布了一则通报，现将全文转发，请各单位认真学习，对照检查，举一反三。"
FOOTER = "（责任编辑 赵一 发布时间 2023年6月8日 10:23 点击次数 1024）"


def notice(seed=1, *, cases=4, gap="\n"):
    """A notice of so many cases; other seeds have the same template with other names and figures."""
    chance = random.Random(seed)
    parts = ["为进一步严明纪律，持之以恒正风肃纪，青岚市纪委监委日前对以下典型问题进行公开通报"]
    for number in range(cases):
        unit, name, fault = (chance.choice(words) for words in (_UNITS, _NAMES, _FAULTS))
        year, month, sum_, fined = (chance.randrange(*span) for span in ((2015, 2023), (1, 13), (11, 99), (10, 99)))
        parts.append(
            f"{'甲乙丙丁戊己庚辛'[number]}、{unit}原负责人{name}{fault}。{year}年{month}月以来，{name}{fault}，"
            f"涉及金额{sum_}.{fined}万元，共{fined}人次。{name}受到党内严重警告处分，违纪所得已收缴"
        )
    parts.append("上述问题反映出有的党员干部纪律意识淡薄，必须引以为戒，全市各级党组织要切实扛起管党治党政治责任")
    return "。".join(parts).replace("。", f"。{gap}")
