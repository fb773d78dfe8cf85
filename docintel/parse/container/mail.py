"""A mail to a Document, and its attachments.

In: a message as mail programs save it (EML), or a page saved in one file (MHTML). Out: subject, sender, receivers and
date, then the body with all that it quotes; attachments are files of their own. A page is read as a page.
"""

import mimetypes
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import PurePosixPath

from docintel.errors import InputError, ParseError
from docintel.parse.assemble import Declared, assemble
from docintel.parse.container.mail_parts import (
    Parts,
    body_text,
    children,
    file_name,
    header,
    mail_date,
    payload,
    read_message,
    saved_page,
    sort_parts,
)
from docintel.parse.file import File, Member
from docintel.parse.html import parse_html, shown_lines
from docintel.parse.plain import unwrap
from docintel.parse.structure import Line
from docintel.schema import BlockKind, Document
from docintel.text.normalize import clean

#: Inline pictures of less than this, in bytes, are logos and signatures.
_LOGO = 20 << 10
#: A plain body with less than this share of the other's characters only says that there is another.
_STUB = 0.5
_LABELS = (("From", "发件人"), ("To", "收件人"), ("Cc", "抄送"))
#: Parts that are of no use to a reader: certificates and signatures.
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


def parse_mail(file: File) -> Document:
    """Read a mail, or a page that was saved in one file.

    Raises:
        ParseError: it holds no text, or is nested too deep.
    """
    message = read_message(file)
    if (page := saved_page(message)) is not None:
        return _read_page(file, message, page)
    parts = sort_parts(message)
    subject = clean(header(message, "Subject")).replace("\n", " ")
    lines = [Line(subject, BlockKind.TITLE)] if subject else []
    lines += [
        Line(f"{label}：{value}", BlockKind.BYLINE)
        for name, label in _LABELS
        if (value := " ".join(header(message, name).split()))
    ]
    date = mail_date(message)
    lines += [Line(f"日期：{date}", BlockKind.BYLINE)] if date else []
    lines += _body(parts)
    return assemble(
        file, lines, parser="mail", declared=Declared(published=date[:10]), missing=_missing(message, parts)
    )


def mail_members(file: File) -> Iterator[Member]:
    """The attachments of a mail, mails that are attached included; none for a page saved in one file.

    Small pictures that stand in the text are left out.

    Raises:
        ParseError: the mail is nested too deep.
    """
    message = read_message(file)
    if saved_page(message) is not None:
        return
    for number, part in enumerate(sort_parts(message).attachments, start=1):
        if part.get_content_type() in _SIGNATURES | _ENCRYPTED | _TNEF or _is_logo(part):
            continue
        path = _path(part, number)
        try:
            yield Member(path, payload(part))
        except Exception as exc:  # the email package raises anything on parts that others made
            reason = f"{file.name} 的附件 {path} 无法取出。 The attachment {path} of {file.name} cannot be had: {exc}"
            yield Member(path, error=InputError(reason, hint="请从邮件程序另存附件。 Save it from your mail program."))


def _read_page(file: File, message: Message, page: Message) -> Document:
    inner = File(payload(page), file.name, file.limits, file.progress)
    if not inner.data.strip():
        raise ParseError(
            f"{file.name} 是没有正文的网页。 {file.name} is a saved page without a body.",
            hint="请重新完整保存网页。 Save the page again, complete.",
        )
    document = parse_html(inner)
    url = document.source_url or header(message, "Snapshot-Content-Location") or header(page, "Content-Location")
    return replace(
        document,
        id=file.id,
        parser="mhtml",
        source_url=url if url.startswith("http") else None,
        missing=(*document.missing, *_cut_off(message)),
    )


def _body(parts: Parts) -> list[Line]:
    """The plain body; the HTML one where it says more, or has a table."""
    lines: list[Line] = []
    for plain, html in parts.bodies:
        rich = shown_lines(body_text(html)) if html is not None else []
        text = body_text(plain) if plain is not None else ""
        simple = [Line(line) for line in unwrap(text.splitlines())]
        tables = any(line.kind is BlockKind.TABLE for line in rich)
        lines += rich if tables or _length(simple) < _STUB * _length(rich) else simple
    return lines


def _length(lines: list[Line]) -> int:
    return sum(len("".join(line.text.split())) for line in lines)


def _missing(message: Message, parts: Parts) -> list[str]:
    said = _cut_off(message)
    if parts.too_deep:
        said.append("嵌套过深的部分未读。 Parts that are nested too deep were not read.")
    types = {part.get_content_type() for part in parts.attachments}
    if types & _TNEF:
        said.append("附件 winmail.dat 未读。 The attachment winmail.dat (TNEF of Outlook) was not read.")
    if types & _ENCRYPTED or message.get_content_type() in _ENCRYPTED:
        said.append("邮件内容已加密，未读。 The content is encrypted, and was not read.")
    return said


def _cut_off(message: Message) -> list[str]:
    defects = {type(defect).__name__ for part in message.walk() for defect in part.defects}
    if defects & {"CloseBoundaryNotFoundDefect", "StartBoundaryNotFoundDefect"}:
        return ["邮件不完整，结尾缺失。 The mail is cut off: its end is missing."]
    return []


def _is_logo(part: Message) -> bool:
    inline = part.get_content_disposition() != "attachment"
    return inline and part.get_content_maintype() == "image" and len(part.get_payload()) * 3 // 4 < _LOGO


def _path(part: Message, number: int) -> str:
    """The name of an attachment, without folders."""
    name = PurePosixPath(file_name(part).replace("\\", "/")).name
    if part.get_content_type() == "message/rfc822":
        subject = next((header(inner, "Subject") for inner in children(part)), "")
        name = name or " ".join(subject.replace("/", " ").replace("\\", " ").split())[:80]
        return name if name.lower().endswith(".eml") else f"{name or f'邮件{number}'}.eml"
    return name or f"附件{number}{mimetypes.guess_extension(part.get_content_type()) or ''}"
