"""What a workbook's file says of how its cells look, in any of its formats."""

from dataclasses import dataclass, field

Place = tuple[int, int]
_MONTH, _DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
#: Formats that have a number only; 27 to 58 are those of Chinese versions. Source: ECMA-376 part 1, 18.8.30.
_BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 17: "mmm-yy"},
    **dict.fromkeys((27, 36, 50, 52, 57), _MONTH),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), _DAY),
    **{30: "m/d/yy", 31: f'yyyy"年"{_DAY}'},
}


@dataclass(slots=True)
class Shown:
    """What a sheet's own part of the file says of its cells; rows and columns from 0.

    Attributes:
        formats: number format by cell, where it has one that is known.
        errors: of formulas, as the sheet shows them.
        height, width: how far cells with values reach.
    """

    formats: dict[Place, str] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)
    height: int = 0
    width: int = 0

    def reach(self, row: int, column: int) -> None:
        """Take note of a cell with a value."""
        self.height, self.width = max(self.height, row + 1), max(self.width, column + 1)


def code_of(number: str, codes: dict[str | None, str]) -> str:
    """A number format by its number; empty for General and unknown ones."""
    return codes.get(number) or (_BUILT_IN.get(int(number), "") if number.isdigit() else "")
