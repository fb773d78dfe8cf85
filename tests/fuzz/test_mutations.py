"""Good samples of every format, bytes flipped, cut, inserted, doubled: a Document or an InputError, nothing else.

Packages are also changed inside, one part at a time, where their checksums would not catch it.
"""

import io
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import PurePath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docintel.errors import InputError
from docintel.parse import CONTAINERS, DEFAULT_LIMITS, PARSERS, File, detect, open_container, parse_file
from docintel.parse.office import libreoffice
from docintel.schema import BlockKind
from scripts.badfiles.cases import good_cases
from tests.ole_samples import make_doc

LIMITS = replace(DEFAULT_LIMITS, ocr=False, memory_mb=1024)
RTF = (
    rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}\f0\b \'cd\'a8\'b1\'a8\b0\par \u26597?\u22788?12\par{\*\x y}"
    rb"\trowd\cellx900\cellx1800\intbl a\cell b\cell\row}"
)
#: Formats that another program converts, seconds a file: fewer examples.
CONVERTED = {"odt", "odp", "ppt", "wordml", "works"}
EXAMPLES = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(autouse=True, scope="module")
def _without_libreoffice():
    """Old Word files are read by our own reader: another program takes seconds a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libreoffice, "find_soffice", lambda: None)
        yield


pytestmark = pytest.mark.slow


@cache
def samples():
    """A small good file of each format, by the format."""
    found = {"rtf": ("a.rtf", RTF), "doc": ("a.doc", make_doc(["某县通报", "查处问题12个。"]))}
    for case in good_cases(office=False):
        name = f"a{PurePath(case.name).suffix}"
        found.setdefault(detect(case.data, name), (name, case.data))
    return found


FORMATS = sorted((PARSERS.keys() | CONTAINERS.keys()) - CONVERTED)
#: What is done to the bytes: an operation, where, how far, and a byte, each as a share.
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "double", "zero"]),
        st.floats(0, 1),
        st.floats(0, 0.2),
        st.binary(max_size=8),
    ),
    min_size=1,
    max_size=6,
)


def edited(data, edits):
    for operation, share, reach, payload in edits:
        start = min(int(share * len(data)), max(0, len(data) - 1))
        end = start + int(reach * len(data))
        if operation == "flip":
            flipped = bytes(a ^ b for a, b in zip(data[start:], payload, strict=False))
            data = data[:start] + flipped + data[start + len(flipped) :]
        elif operation == "cut":
            data = data[:start] + data[end:]
        elif operation == "insert":
            data = data[:start] + payload + data[start:]
        elif operation == "double":
            data = data[:end] + data[start:end] + data[end:]
        else:
            data = data[:start] + bytes(end - start) + data[end:]
    return data


def edited_inside(package, share, edits):
    """A ZIP package with one of its parts edited."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        names = source.namelist()
        chosen = names[min(int(share * len(names)), len(names) - 1)]
        for name in names:
            data = source.read(name)
            target.writestr(name, edited(data, edits) if name == chosen else data)
    return out.getvalue()


def check_reading(data, name):
    """The file gives a Document whose blocks hold together, or an error that names it and says what to do."""
    try:
        document = parse_file(File(data, name, LIMITS))
    except InputError as exc:
        check_error(exc, name)
        return
    text, blocks = document.text, document.blocks
    assert text
    assert "\n".join(text[block.start : block.end] for block in blocks) == text
    assert all(block.start < block.end for block in blocks)
    for block in blocks:
        assert (block.kind is BlockKind.TABLE) == bool(block.cells)
        assert len({len(row) for row in block.cells}) <= 1
        assert 0 <= block.confidence <= 1
        for y, row in enumerate(block.cells):
            for x in range(len(row)):
                document.cell_span(block, y, x)


def check_members(data, name):
    """The container gives members, and where it ends early an error that names it."""
    try:
        for member in open_container(File(data, name, LIMITS)):
            assert member.path
            assert member.error is None or member.error.hint
    except InputError as exc:
        check_error(exc, name)


def check_error(error, name):
    assert name in str(error)
    assert error.hint


@pytest.mark.parametrize("format_", FORMATS)
@EXAMPLES
@given(edits=EDITS)
def test_bytes_changed(format_, edits):
    name, good = samples()[format_]
    data = edited(good, edits)
    check_reading(data, name)
    check_members(data, name)


@pytest.mark.parametrize("format_", ["docx", "ofd", "pptx", "sheet", "zip"])
@EXAMPLES
@given(share=st.floats(0, 1), edits=EDITS)
def test_bytes_changed_inside_a_package(format_, share, edits):
    name, good = samples()[format_]
    data = edited_inside(good, share, edits)
    check_reading(data, name)
    check_members(data, name)
