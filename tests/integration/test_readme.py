"""What the READMEs show is what a reader gets who types it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docintel.cli import app

ROOT = Path(__file__).resolve().parents[2]
READMES = pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])


def sessions(readme):
    """Blocks of the terminal: the files that are shown, the command, and what it prints."""
    for block in re.findall(r"```text\n(.*?)```", (ROOT / readme).read_text("utf-8"), re.DOTALL):
        parts = [part.partition("\n")[::2] for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part.strip()]
        files = {line.removeprefix("cat "): text for line, text in parts if line.startswith("cat ")}
        commands = [(line.split()[1:], text) for line, text in parts if line.startswith("docintel ")]
        if len(commands) == 1:
            yield files, *commands[0]


@READMES
@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("name", ["check", "ledger", "explain"])
def test_a_command_prints_what_is_shown(readme, name, tmp_path, monkeypatch):
    (session,) = [each for each in sessions(readme) if each[1][0] == name]
    files, command, shown = session
    assert files or (ROOT / command[1]).is_file()
    for file, text in files.items():
        (tmp_path / file).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path if files else ROOT)
    done = CliRunner().invoke(app, command, env={"COLUMNS": "110"})
    assert done.exit_code == 0, done.output
    printed = done.stdout.split()
    wanted = shown.replace("…\n", "").split()
    rules = {word for word in (*printed, *wanted) if set(word) == {"─"}}
    printed, wanted = ([word for word in words if word not in rules] for words in (printed, wanted))
    assert printed[-len(wanted) :] == wanted
