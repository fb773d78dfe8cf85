"""Workbooks as files: which names they have, and what is said where they cannot be written."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from docintel.errors import InputError
from docintel.exports import write_advice, write_ledger, write_recurrences

WRITERS = pytest.mark.parametrize("write", [write_ledger, write_recurrences, write_advice])


@WRITERS
@pytest.mark.parametrize("name", ["a.pdf", "a.csv", "a", "a.xls"])
def test_a_workbook_goes_under_no_other_name(write, name, tmp_path):
    with pytest.raises(InputError, match=r"written as \.xlsx") as caught:
        write([], tmp_path / name)
    assert str(tmp_path / "a.xlsx") in caught.value.hint
    assert not list(tmp_path.iterdir())


@WRITERS
def test_a_workbook_may_be_called_in_capitals(write, tmp_path):
    write([], tmp_path / "A.XLSX")
    assert CalamineWorkbook.from_path(str(tmp_path / "A.XLSX")).sheet_names


@WRITERS
@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no file system that nobody writes to")
def test_a_place_that_cannot_be_written_is_an_error_of_the_file_system(write):
    with pytest.raises(OSError, match=r"No such file|Permission|not permitted"):
        write([], Path("/proc/a.xlsx"))
