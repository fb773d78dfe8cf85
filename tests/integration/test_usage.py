"""Wrong use of the command line is told in Chinese and English, with the way to the help, and exits with 2."""

import pytest
from typer.testing import CliRunner

from docintel.cli import app


def use(*command):
    done = CliRunner().invoke(app, command)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize(
    ("command", "chinese", "english"),
    [
        (["search", "采购", "--top", "0"], "'--top' 应不小于 1", "greater than or equal to 1"),
        (["search", "采购", "--top", "9" * 20], "'--top' 应不大于 1000000", "less than or equal to"),
        (["serve", "--port", "99999"], "'--port' 应不大于 65535", "less than or equal to 65535"),
        (["search", "采购", "--top", "x"], "'--top' 应为整数", "valid integer"),
        (["search", "采购", "--kind", "x"], "'--kind' 可取 'passage'", "is not one of"),
        (["search", "采购", "--topp"], "没有选项 --topp", "No such option"),
        (["--topp"], "没有选项 --topp", "No such option"),
        (["search"], "缺少 'query'", "Missing argument"),
        (["search", "采购", "回扣"], "多出 回扣", "unexpected extra argument"),
        (["search", "采购", "--top"], "'--top' 缺少取值", "requires an argument"),
        (["serch"], "没有命令 serch", "Did you mean"),
        (["library", "remve"], "没有命令 remve", "Did you mean"),
        (["library", "restore", "/nowhere/a.zip"], "'backup' 不存在", "does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_told_in_both_languages(command, chinese, english):
    code, told = use(*command)
    assert code == 2
    assert f"用法有误 {chinese}" in told
    assert english in told


@pytest.mark.parametrize(
    "command",
    [
        ["extract", "a.txt", "--out"],
        ["extract", "a.txt", "--format", "csv", "--out"],
        ["parse", "a.txt", "--render"],
        ["ledger", "a.txt", "--out"],
        ["suggest", "采购", "--out"],
        ["suggest", "采购", "--plan"],
        ["statistics", "--plot"],
        ["export", "--out"],
        ["answered", "a.txt", "b.txt", "--out"],
        ["recurring", "--out"],
        ["library", "backup"],
    ],
    ids=" ".join,
)
def test_the_folder_of_what_is_written_has_to_be_there(command, tmp_path):
    folder = tmp_path / "missing"
    code, told = use(*command, str(folder / "a.xlsx"))
    assert code == 2
    assert "没有" in told
    assert "There is no folder" in told
    assert not folder.exists()


def test_the_way_to_the_help_is_told():
    assert "docintel search --help" in use("search", "采购", "--top", "0")[1].replace("root", "docintel")


def test_a_group_alone_shows_its_help():
    told = use("library")[1]
    assert "用法有误" not in told
    assert "verify" in told
