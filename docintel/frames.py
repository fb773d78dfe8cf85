"""Data frames whose columns and dtypes are always the same, in an empty one too.

In: rows, or a file of JSON Lines that `docintel extract` wrote. Out: pandas data frames.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docintel.errors import InputError, NotFoundError
from docintel.schema.serial import SCHEMA_VERSION
from docintel.schema.tables import TABLES, Column, columns_of, rows_of_json

if TYPE_CHECKING:
    import pandas as pd

#: What stands for a missing cell where a column has no room for one.
_DEFAULTS: dict[str, Any] = {"bool": False, "int64": 0}


def to_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column]) -> "pd.DataFrame":
    """Rows as a data frame with these columns, in their order and of their dtypes; other keys are left out."""
    import pandas as pd  # half a second, for those who ask for tables only

    found = list(rows)
    series = {column.name: _series([row.get(column.name) for row in found], column.dtype) for column in columns}
    return pd.DataFrame(series, columns=list(series))


def named_frame(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> "pd.DataFrame":
    """Rows as a data frame with the dtypes that their values have; an empty one has these columns too."""
    import pandas as pd

    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=[*dict.fromkeys(names)])


def _series(values: list[Any], dtype: str) -> "pd.Series":
    import pandas as pd

    if dtype in _DEFAULTS:
        values = [_DEFAULTS[dtype] if value is None else value for value in values]
    return pd.Series(values, dtype=dtype)


def read_jsonl(path: Path | str) -> "dict[str, pd.DataFrame]":
    """What `docintel extract --format jsonl` or `docintel export` wrote, as data frames.

    Returns:
        `documents`, then a frame a record type, with the columns of `Library.records`.

    Raises:
        NotFoundError: there is no such file.
        InputError: a line is no extraction, or of another version of the form.
    """
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for number, data in _lines(Path(path)):
        try:
            for table, row in rows_of_json(data, {}):
                rows[table].append(row)
        except (KeyError, TypeError, AttributeError) as exc:
            raise _not_ours(path, number) from exc
    return {table: to_frame(found, columns_of(table)) for table, found in rows.items()}


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file with their line numbers, from 1."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    data = json.loads(line)
                    if not isinstance(data, dict) or data.get("schema_version") != SCHEMA_VERSION:
                        raise _not_ours(path, number)
                    yield number, data
    except FileNotFoundError as exc:
        raise NotFoundError(f"没有文件 {path}。 There is no file {path}.") from exc
    except IsADirectoryError as exc:
        raise InputError(f"{path} 是文件夹。 {path} is a folder.", hint="Name a .jsonl file in it.") from exc
    except ValueError as exc:  # neither JSON nor UTF-8
        raise _not_ours(path, 1) from exc


def _not_ours(path: Path | str, number: int) -> InputError:
    return InputError(
        f"{path} 第 {number} 行不是抽取结果。 Line {number} of {path} is no extraction.",
        hint="请用 docintel extract --format jsonl 重新生成。 Write it with docintel extract --format jsonl.",
    )
