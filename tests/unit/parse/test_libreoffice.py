import os
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from docintel.parse.office.libreoffice import ConversionError, convert, find_soffice

needs_libreoffice = pytest.mark.skipif(find_soffice() is None, reason="LibreOffice is not installed")
posix_only = pytest.mark.skipif(os.name != "posix", reason="stands in for LibreOffice by a shell script")


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """Put a shell script in the place of LibreOffice; in it `$OUT` and `$IN` are what it is asked for."""

    def put(body):
        script = tmp_path / "soffice"
        script.write_text(
            "#!/bin/sh\nPROFILE=${1#-env:UserInstallation=file://}\n"
            'while [ $# -gt 1 ]; do [ "$1" = --outdir ] && OUT=$2; shift; done\nIN=$1\nmkdir -p "$OUT"\n' + body
        )
        script.chmod(0o755)
        monkeypatch.setenv("DOCINTEL_SOFFICE", str(script))
        return tmp_path

    return put


@posix_only
def test_the_named_program_is_taken(pretend):
    folder = pretend("")
    assert find_soffice() == folder / "soffice"


def test_a_name_that_is_no_program_means_none(monkeypatch):
    monkeypatch.setenv("DOCINTEL_SOFFICE", "/nowhere/soffice")
    assert find_soffice() is None
    with pytest.raises(ConversionError, match="not installed"):
        convert(b"x", ".doc", "docx", timeout_s=1)


@posix_only
def test_the_file_goes_in_and_comes_out(pretend):
    pretend('cp "$IN" "$OUT/in.docx"')
    assert convert(b"abc", ".doc", "docx", timeout_s=20) == b"abc"


@posix_only
def test_its_profile_forbids_macros_and_links(pretend):
    pretend('cp "$PROFILE/user/registrymodifications.xcu" "$OUT/in.docx"')
    settings = convert(b"", ".doc", "docx", timeout_s=20).decode()
    assert '"MacroSecurityLevel" oor:op="fuse"><value>3<' in settings
    assert '"DisableMacrosExecution" oor:op="fuse"><value>true<' in settings


@posix_only
def test_its_environment_tells_nothing_of_ours(pretend, monkeypatch):
    monkeypatch.setenv("A_SECRET", "1")
    pretend('env > "$OUT/in.docx"')
    assert b"A_SECRET" not in convert(b"", ".doc", "docx", timeout_s=20)


@posix_only
def test_it_is_started_again_where_it_asks_for_that(pretend):
    folder = pretend('[ -e "$PROFILE/seen" ] && cp "$IN" "$OUT/in.docx" && exit\ntouch "$PROFILE/seen"\nexit 81\n')
    assert convert(b"abc", ".doc", "docx", timeout_s=20) == b"abc"
    assert [path.name for path in folder.iterdir()] == ["soffice"]


@posix_only
def test_no_file_is_an_error_with_its_last_words(pretend):
    pretend("echo source file could not be loaded")
    with pytest.raises(ConversionError, match="source file could not be loaded"):
        convert(b"abc", ".doc", "docx", timeout_s=20)


@posix_only
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_past_its_time_it_and_its_children_are_killed(pretend):
    folder = pretend('sleep 300 & echo $! > "$(dirname "$0")/child"; sleep 300')
    with pytest.raises(ConversionError, match="too long"):
        convert(b"abc", ".doc", "docx", timeout_s=1)
    child = Path("/proc", (folder / "child").read_text().strip(), "cmdline")
    for _ in range(100):
        if not child.exists() or not child.read_bytes():  # gone, or a zombie that no one has buried
            return
        time.sleep(0.02)
    pytest.fail("the child lives on")


@pytest.mark.slow
@needs_libreoffice
def test_a_real_file_becomes_a_package():
    words = "".join(f"\\u{ord(char)}?" for char in "发现问题")
    made = convert(b"{\\rtf1\\ansi " + words.encode() + b"35}", ".rtf", "docx", timeout_s=90)
    assert "发现问题" in zipfile.ZipFile(BytesIO(made)).read("word/document.xml").decode()
