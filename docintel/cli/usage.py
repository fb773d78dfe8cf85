"""Wrong use of the command line, said in Chinese beside the English of typer.

In: what typer raises. Out: a text for the terminal: what is wrong, how the command is used, and where its help is.
"""

import re

from rich.text import Text
from typer.exceptions import TyperException

#: What typer says, and the same in Chinese; the first that fits.
_SAYINGS = tuple(
    (re.compile(english, re.DOTALL), chinese)
    for english, chinese in (
        (r"No such command '(.+?)'", "没有命令 {0}"),
        (r"No such option: (\S+)", "没有选项 {0}"),
        (r"Missing \w+ (.+?)\.", "缺少 {0}"),
        (r"Option (\S+) requires an? \S*\s?argument", "{0} 缺少取值"),
        (r"Option (\S+) does not take a value", "{0} 不带取值"),
        (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", "多出 {0}"),
        (r"Invalid value for (.+?): .* greater than or equal to (\S+)", "{0} 应不小于 {1}"),
        (r"Invalid value for (.+?): .* less than or equal to (\S+)", "{0} 应不大于 {1}"),
        (r"Invalid value for (.+?): .* is not one of (.+?)\.?$", "{0} 可取 {1}"),
        (r"Invalid value for (.+?): .* valid integer", "{0} 应为整数"),
        (r"Invalid value for (.+?): .* valid number", "{0} 应为数字"),
        (r"Invalid value for (.+?): .* does not exist", "{0} 不存在"),
        (r"Invalid value for (.+?): .* is a directory", "{0} 是文件夹"),
        (r"Invalid value for (.+?): .* is a file", "{0} 是文件"),
        (r"Invalid value for (.+?):", "{0} 的取值有误"),
    )
)


def usage_text(exc: TyperException) -> Text | None:
    """What is wrong and how to put it right; None for an error that is a help text."""
    told = exc.format_message()
    context = getattr(exc, "ctx", None)
    if told.lstrip().startswith("Usage:"):
        return None
    text = Text.assemble(("用法有误 ", "bold red"), f"{_in_chinese(told)}{told}")
    if context is not None:
        usage = context.get_usage().removeprefix("Usage:").strip()
        text.append(f"\n用法 Usage: {usage}\n查看帮助 Help: {context.command_path} --help", style="yellow")
    return text


def _in_chinese(told: str) -> str:
    for english, chinese in _SAYINGS:
        if match := english.match(told):
            return f"{chinese.format(*match.groups())}。 "
    return ""
