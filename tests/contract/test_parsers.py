"""What every parser must keep: any bytes give a Document or an InputError, and blocks cover the text."""

import difflib
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docintel.errors import InputError, NotFoundError, ParseError, UnsupportedFormatError
from docintel.parse import parse_bytes
from docintel.parse.sandbox import parse

SHARED = Path(__file__).parents[3] / "shared"
TEXT = "某县纪委监委紧盯医疗卫生领域突出问题，开展专项监督检查，共发现问题35个，督促整改30个。"
SAMPLES = {
    "html": f"<html><body><h1>某县通报</h1><p>{TEXT}</p></body></html>",
    "text": f"某县通报\n来源：某县日报\n{TEXT}",
}


def read(data):
    """The document, or the error that says why there is none."""
    try:
        return parse_bytes(data, "a.dat")
    except InputError as exc:
        return exc


def check(document):
    if isinstance(document, InputError):
        assert "a.dat" in str(document)
        assert document.hint
        return
    text, blocks = document.text, document.blocks
    assert text
    assert "\n".join(text[block.start : block.end] for block in blocks) == text
    assert all(block.start < block.end for block in blocks)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_in_any_encoding(name, encoding):
    data = SAMPLES[name].encode(encoding)
    document = parse_bytes(data, "a.dat")
    check(document)
    assert (document.parser, document.title, document.source) == (name, "某县通报", "a.dat")
    assert TEXT in document.text
    assert parse_bytes(data, "a.dat") == document


@given(st.binary(max_size=600))
@example(b"<p>")
@example(b"\xef\xbb\xbf")
@example(b"<html><body><table><td colspan=99999999999999999999>x")
def test_any_bytes_give_a_document_or_an_input_error(data):
    check(read(data))


@given(st.text(max_size=200), st.sampled_from(["", "<html><body>", "<p>", "<table><tr><td>", "<div class=TRS_Editor>"]))
def test_any_text_gives_a_document_or_an_input_error(text, markup):
    check(read((markup + text).encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize("suffix", [".pdf", ".html", ""])
def test_the_suffix_does_not_matter(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_text(SAMPLES["text"], encoding="gb18030")
    assert parse(path).parser == "text"


def test_unreadable_paths(tmp_path):
    with pytest.raises(NotFoundError, match=r"none\.txt"):
        parse(tmp_path / "none.txt")
    with pytest.raises(InputError, match="folder"):
        parse(str(tmp_path))
    with pytest.raises(ParseError, match="empty"):
        parse_bytes(b"", "a.txt")
    with pytest.raises(UnsupportedFormatError, match=r"a\.doc is 7z archive"):
        parse_bytes(b"7z\xbc\xaf\x27\x1c", "a.doc")
    with pytest.raises(ParseError, match=r"a\.doc is damaged"):
        parse_bytes(b"%PDF-1.4", "a.doc")


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the reference pages of ../shared")
def test_main_text_equals_the_reference():
    reference = json.loads((SHARED / "corpus" / "ccdi_reference.json").read_text(encoding="utf-8"))
    for name, expected in reference.items():
        document = parse(SHARED / "corpus" / "ccdi" / f"{name}.html")
        mine, theirs = ("".join(text.split()) for text in (document.main_text, expected["text"]))
        assert mine == theirs or difflib.SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= 0.98, name
        assert "".join(document.title.split()) == "".join(expected["title"].split())
        assert document.published == expected["published"]
