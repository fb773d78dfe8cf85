"""What the tests with a browser look at: sizes of windows, and a report with pages."""

from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
#: What is left of a desktop's window at 200 %.
ZOOMED = {"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2}
HOSTILE_NAME = "<img src=x onerror=alert(1)>.txt"
HOSTILE = "<script>alert('x')</script><svg onload=alert(2)>"
HOSTILE_TEXT = f"""关于{HOSTILE}的通报

检查发现，松陵县采购中心{HOSTILE}账实不符的问题突出。建立{HOSTILE}盘点制度，完成整改3个。

2024年3月5日
"""
_LINES = (
    "关于医用耗材管理的通知",
    "",
    "检查发现，耗材二级库账实不符的问题突出。",
    "要求建立耗材盘点制度，每月对二级库盘点一次。",
    "",
    "2024年3月5日",
)


def scanned_notice(path: Path) -> Path:
    """Write a PDF of two pages."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path))
    for page in (1, 2):
        canvas.setFont("STSong-Light", 14)
        for number, line in enumerate(_LINES):
            canvas.drawString(80, 740 - 28 * number, line)
        canvas.drawString(290, 60, str(page))
        canvas.showPage()
    canvas.save()
    return path
