"""Tables as CSV or Parquet files, written row by row: as much memory for a million rows as for a thousand.

In: rows of tables. Out: files, whole or not at all.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from docintel.exports.cells import (
    DICTIONARY,
    Names,
    day,
    dictionary_headings,
    dictionary_rows,
    flat_columns,
    heading,
    labelled,
    neutral,
    shown,
    table_name,
)
from docintel.files import whole
from docintel.schema.tables import Column, ColumnType, Row

#: Rows of a table that are held until they are written as one row group.
_GROUP = 5_000


class _Table(Protocol):
    """A file of one table."""

    def add(self, row: Row) -> None: ...

    def close(self) -> None: ...

    def give_up(self) -> None: ...


class _Csv:
    """A CSV file with a byte order mark, without which spreadsheets take UTF-8 for something else."""

    def __init__(self, path: Path, columns: Sequence[Column], names: Names) -> None:
        self._columns, self._names = columns, names
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(heading(column, names) for column in columns)

    def add(self, row: Row) -> None:
        cells = (shown(column, row.get(column.name), self._names) for column in self._columns)
        self._writer.writerow(["" if cell is None else neutral(cell) for cell in cells])

    def close(self) -> None:
        self._file.close()

    def give_up(self) -> None:
        with suppress(OSError):  # what is left to write has no room either
            self._file.close()


class _Parquet:
    """A Parquet file: lists as lists, days as dates, what a column means in its metadata."""

    def __init__(self, path: Path, columns: Sequence[Column], names: Names) -> None:
        import pyarrow as pa  # only for Parquet
        import pyarrow.parquet as pq

        self._columns, self._names = columns, names
        self._rows: list[list[Any]] = []
        self._schema = pa.schema([_field(column, names) for column in columns])
        self._file = path.open("wb")
        self._writer = pq.ParquetWriter(self._file, self._schema)

    def add(self, row: Row) -> None:
        self._rows.append([self._cell(column, row.get(column.name)) for column in self._columns])
        if len(self._rows) == _GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()
        self._file.close()

    def give_up(self) -> None:
        self._writer.is_open = False  # else it would write its footer when it is collected
        with suppress(OSError):
            self._file.close()

    def _cell(self, column: Column, value: Any) -> Any:
        return day(value) if column.type is ColumnType.DATE else labelled(column, value, self._names)

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            values = [
                pa.array(list(cells), field.type)
                for cells, field in zip(zip(*self._rows, strict=True), self._schema, strict=True)
            ]
            self._writer.write_table(pa.Table.from_arrays(values, schema=self._schema))
            self._rows.clear()


def _field(column: Column, names: Names) -> Any:
    import pyarrow as pa

    types = {
        ColumnType.TEXT: pa.string(),
        ColumnType.INTEGER: pa.int64(),
        ColumnType.NUMBER: pa.float64(),
        ColumnType.BOOLEAN: pa.bool_(),
        ColumnType.DATE: pa.date32(),
        ColumnType.TEXTS: pa.list_(pa.string()),
        ColumnType.INTEGERS: pa.list_(pa.int64()),
        ColumnType.NUMBERS: pa.list_(pa.float64()),
    }
    about = {"meaning_zh": column.meaning.chinese, "meaning_en": column.meaning.english}
    return pa.field(heading(column, names), types[column.type], metadata=about)


_MAKERS: dict[str, type[_Csv] | type[_Parquet]] = {"csv": _Csv, "parquet": _Parquet}


def write_folder(
    rows: Iterable[tuple[str, Row]], folder: Path, how: str, tables: tuple[str, ...], names: Names
) -> list[Path]:
    """Write a file a table, and beside them the data dictionary as CSV; all of them, or after an error none.

    Args:
        how: `csv` or `parquet`.
        tables: those that are written; rows of others are passed over.
    """
    paths = {table: folder / f"{table_name(table, names)}.{how}" for table in tables}
    about = folder / f"{table_name(DICTIONARY, names)}.csv"
    with ExitStack() as stack:
        with _open_tables(stack, paths, how, names) as files:
            _fill(files, rows)
        with stack.enter_context(whole(about)).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([dictionary_headings(names), *dictionary_rows(tables, names)])
    return [*paths.values(), about]


def write_single(rows: Iterable[tuple[str, Row]], path: Path, how: str, table: str, names: Names) -> list[Path]:
    """Write one table as one file."""
    with ExitStack() as stack, _open_tables(stack, {table: path}, how, names) as files:
        _fill(files, rows)
    return [path]


@contextmanager
def _open_tables(stack: ExitStack, paths: dict[str, Path], how: str, names: Names) -> Iterator[dict[str, _Table]]:
    """Files to fill, closed at the end of the block; they take their names when the stack ends well."""
    files: dict[str, _Table] = {}
    try:
        for table, path in paths.items():
            files[table] = _MAKERS[how](stack.enter_context(whole(path)), flat_columns(table), names)
        yield files
        for file in files.values():
            file.close()
    except BaseException:
        for file in files.values():
            file.give_up()
        raise


def _fill(files: dict[str, _Table], rows: Iterable[tuple[str, Row]]) -> None:
    for table, row in rows:
        if table in files:
            files[table].add(row)
