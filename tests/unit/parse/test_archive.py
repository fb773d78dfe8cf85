"""Archives: names, what is refused and why, limits, damage."""

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.errors import InputError, ParseError
from docintel.parse.container.archive import clean_path, compressed_members, tar_members, zip_members
from docintel.parse.file import File, Limits

NOTICE = "云栖县纪委监委通报一起典型问题。".encode() * 40


def make_zip(*members, method=zipfile.ZIP_DEFLATED):
    """A ZIP of (name, data); a name in bytes is written as it is, without the UTF-8 mark."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            if isinstance(name, bytes):
                info = _Unmarked(name.decode("cp437"))
                info.compress_type = method
                archive.writestr(info, data)
            else:
                archive.writestr(name, data)
    return out.getvalue()


class _Unmarked(zipfile.ZipInfo):
    """An entry as Chinese systems write it."""

    def _encodeFilenameFlags(self):  # noqa: N802
        return self.filename.encode("cp437"), self.flag_bits


def make_tar(*members, mode="w", encoding="utf-8", **options):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, encoding=encoding, **options) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def read(members, data, name="线索.zip", /, **limits):
    """The members that came, and the error at the end."""
    found = []
    try:
        for member in members(File(data, name, Limits(**limits))):
            found.append(member)
    except ParseError as exc:
        return found, exc
    return found, None


def names(data, members=zip_members):
    found, error = read(members, data)
    assert error is None
    return [member.path for member in found]


def test_members_come_in_order_without_folders_and_twice_where_a_name_is():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = make_zip(("台账/", b""), ("台账/七月.txt", NOTICE), ("a.txt", b"1"), ("a.txt", b"2"))
    found, error = read(zip_members, data)
    assert [(m.path, m.data, m.error) for m in found] == [
        ("台账/七月.txt", NOTICE, None),
        ("a.txt", b"1", None),
        ("a.txt", b"2", None),
    ]
    assert error is None


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_method_is_unpacked(method):
    data = random.Random(1).randbytes(300_000) + bytes(300_000)
    ((member,), error) = read(zip_members, make_zip(("a.bin", data), method=method))
    assert (member.data == data, error) == (True, None)


NAMES = [
    ("问题线索/七月.txt".encode("gbk"), "问题线索/七月.txt"),
    ("镕基.txt".encode("gb18030"), "镕基.txt"),
    ("问题线索.txt".encode(), "问题线索.txt"),  # UTF-8 without its mark
    (b"plain.txt", "plain.txt"),
    (b"caf\x82.txt", "café.txt"),  # neither: code page 437
    ("线索\\七月.txt".encode("gbk"), "线索/七月.txt"),
]


@pytest.mark.parametrize(("raw", "expected"), NAMES)
def test_names(raw, expected):
    assert names(make_zip((raw, b"x"))) == [expected]


def test_a_gbk_name_that_is_valid_utf8_is_read_as_the_others_of_its_archive():
    assert names(make_zip(*((name.encode("gbk"), b"x") for name in ("线索.txt", "联通", "通报.txt")))) == [
        "线索.txt",
        "联通",
        "通报.txt",
    ]


def test_the_unicode_field_wins_where_it_was_made_for_the_name():
    for crc, expected in ((zlib.crc32(b"xiansuo.txt"), "线索.txt"), (1, "xiansuo.txt")):
        info = _Unmarked("xiansuo.txt")
        field = struct.pack("<BL", 1, crc) + "线索.txt".encode()
        info.extra = struct.pack("<2H", 0x7075, len(field)) + field
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(info, b"x")
        assert names(out.getvalue()) == [expected]


PATHS = [
    ("a/b.txt", "a/b.txt"),
    ("../../etc/passwd", "etc/passwd"),
    ("/etc/passwd", "etc/passwd"),
    ("C:\\Users\\线索.txt", "Users/线索.txt"),
    ("c:evil.txt", "evil.txt"),
    ("a/./b//c.txt", "a/b/c.txt"),
    ("a\0b.txt", "ab.txt"),
    ("..\\..\\x", "x"),
    ("../", "未命名"),
    ("\ud800.txt", "?.txt"),
]


@pytest.mark.parametrize(("name", "expected"), PATHS)
def test_clean_paths(name, expected):
    assert clean_path(name) == expected


@given(st.text())
def test_clean_paths_stay_inside(name):
    assert not {"", ".", ".."} & set(clean_path(name).split("/"))


def patched(data, find, change):
    """The archive with bytes changed in every header that begins with a signature."""
    out = bytearray(data)
    at = out.find(find)
    while at >= 0:
        change(out, at)
        at = out.find(find, at + 4)
    return bytes(out)


def set_flag(data, flag):
    data = patched(data, b"PK\x03\x04", lambda out, at: out.__setitem__(at + 6, out[at + 6] | flag))
    return patched(data, b"PK\x01\x02", lambda out, at: out.__setitem__(at + 8, out[at + 8] | flag))


def set_method(data, method):
    data = patched(data, b"PK\x03\x04", lambda out, at: out.__setitem__(at + 8, method))
    return patched(data, b"PK\x01\x02", lambda out, at: out.__setitem__(at + 10, method))


def with_bad_checksum():
    data = make_zip(("a.txt", NOTICE), method=zipfile.ZIP_STORED)
    return data.replace(NOTICE[:6], NOTICE[:5] + b"X", 1)


def with_link():
    info = zipfile.ZipInfo("a.txt")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


REFUSED = [
    (set_flag(make_zip(("a.txt", NOTICE)), 1), "已加密.*is encrypted"),
    (set_method(make_zip(("a.txt", NOTICE)), 99), "is encrypted"),
    (set_method(make_zip(("a.txt", NOTICE)), 9), "compression method 9"),
    (with_bad_checksum(), "已损坏.*checksum"),
    (with_link(), "是链接"),
    (make_zip(("a.txt", bytes(2 << 20))), "超过大小上限.*larger than 1 MiB"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_a_member_that_cannot_be_had_says_why_and_others_are_read(data, message):
    found, error = read(zip_members, data, file_mb=1)
    assert [member.path for member in found] == ["a.txt"]
    with pytest.raises(InputError, match=f"^线索.zip!/a.txt .*{message}"):
        raise found[0].error
    assert error is None


def test_entries_that_share_their_bytes_are_refused():
    data = make_zip(("a.txt", NOTICE), ("b.txt", NOTICE))
    directory = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", directory + 4)
    shared = bytearray(data)
    shared[second + 42 : second + 46] = bytes(4)  # b.txt begins where a.txt does
    found, _ = read(zip_members, bytes(shared))
    assert ["与其他文件重叠" in str(member.error) for member in found] == [True, False]


def test_limits_stop_an_archive_and_say_how_much_is_left():
    many = make_zip(*((f"{number}.txt", b"x") for number in range(9)))
    found, error = read(zip_members, many, members=4)
    assert (len(found), "其余 5 个文件未读" in str(error), "5 more files not read" in str(error)) == (4, True, True)
    large = make_zip(*((f"{number}.txt", random.Random(number).randbytes(600_000)) for number in range(4)))
    found, error = read(zip_members, large, members_mb=1)
    assert (len(found), "1 MiB: 3 more files not read" in str(error)) == (1, True)
    bomb = make_zip(*((f"{number}.txt", bytes(6 << 20)) for number in range(4)))
    found, error = read(zip_members, bomb)
    assert (len(found), "200 times its size" in str(error)) == (1, True)


def test_an_archive_cut_off_gives_the_members_that_are_whole():
    data = make_zip(("线索.txt", NOTICE), ("b.txt", NOTICE), ("c.txt", random.Random(1).randbytes(5000)))
    found, error = read(zip_members, data[: data.index(b"c.txt") + 1000])
    assert [(m.path, m.data) for m in found[:2]] == [("线索.txt", NOTICE), ("b.txt", NOTICE)]
    assert "cut off" in str(found[2].error)
    assert "仅找到 3 个文件" in str(error)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_stream_without_sizes_is_found_too(method):
    out = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            return out.write(data)

    with zipfile.ZipFile(Pipe(), "w", method) as archive:
        archive.writestr("a.txt", NOTICE)
        archive.writestr("inner.zip", make_zip(("deep.txt", NOTICE)) if method else b"x")
    found, error = read(zip_members, out.getvalue()[:-30])
    assert [member.path for member in found] == ["a.txt", "inner.zip"]
    assert found[0].data == NOTICE
    assert error is not None


def test_a_program_in_front_is_no_hindrance():
    assert names(b"MZ" + bytes(5000) + make_zip(("a.txt", NOTICE))) == ["a.txt"]


def test_tar_names_links_and_extensions():
    for format_ in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert names(make_tar(("线索/七月.txt", NOTICE), format=format_), tar_members) == ["线索/七月.txt"]
    long = "很长的文件夹名/" * 30 + "a.txt"
    assert names(make_tar((long, b"x"), format=tarfile.GNU_FORMAT), tar_members) == [long]
    gbk = make_tar(("问题线索.txt", b"x"), encoding="gbk", format=tarfile.GNU_FORMAT)
    assert names(gbk, tar_members) == ["问题线索.txt"]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("文件夹", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE), ("device", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type = kind
            archive.addfile(info)
    found, error = read(tar_members, out.getvalue())
    assert [(m.path, "是链接或设备" in str(m.error)) for m in found] == [("link", True), ("device", True)]
    assert error is None


def test_a_damaged_tar_gives_what_is_behind_the_damage():
    data = bytearray(make_tar(("a.txt", NOTICE), ("b.txt", NOTICE), ("c.txt", NOTICE)))
    at = data.index(b"b.txt")
    data[at : at + 400] = b"\xff" * 400
    found, error = read(tar_members, bytes(data))
    assert [(m.path, m.data) for m in found] == [("a.txt", NOTICE), ("c.txt", NOTICE)]
    assert "headers cannot be read" in str(error)


def test_a_tar_whose_size_is_below_zero_ends():
    data = bytearray(make_tar(("a.txt", NOTICE), format=tarfile.GNU_FORMAT))
    data[124:136] = b"\xff" * 11 + b"\x00"  # -256
    checksum = sum(data[:148]) + 8 * 32 + sum(data[156:512])
    data[148:156] = b"%06o\0 " % checksum
    _, error = read(tar_members, bytes(data))
    assert error is not None


COMPRESSED = [(gzip.compress, "gz"), (bz2.compress, "bz2"), (lzma.compress, "xz")]


@pytest.mark.parametrize(("compress", "suffix"), COMPRESSED)
def test_compressed_files(compress, suffix):
    found, error = read(compressed_members, compress(NOTICE), f"外层.zip!/七月.txt.{suffix}")
    assert [(m.path, m.data) for m in found] == [("七月.txt", NOTICE)]
    twice, _ = read(compressed_members, compress(b"1") + compress(b"2"), f"a.{suffix}")
    assert twice[0].data == b"12"
    tar = compress(make_tar(("a.txt", NOTICE), ("b.txt", random.Random(1).randbytes(9000))))
    found, error = read(compressed_members, tar, f"a.tar.{suffix}")
    assert [(m.path, error) for m in found] == [("a.txt", None), ("b.txt", None)]


@pytest.mark.parametrize(("compress", "suffix"), COMPRESSED)
def test_compressed_files_cut_off(compress, suffix):
    ((member,), _) = read(compressed_members, compress(NOTICE)[:-12], f"七月.txt.{suffix}")
    assert "已损坏" in str(member.error)
    many = make_tar(*((f"{n}.txt", random.Random(n).randbytes(400_000)) for n in range(6)))
    tar = compress(many)
    found, error = read(compressed_members, tar[: len(tar) * 2 // 3], f"a.tar.{suffix}")
    assert error is not None
    assert [m.path for m in found if not m.error] or suffix == "bz2"


@pytest.mark.parametrize(("compress", "suffix"), COMPRESSED)
def test_compressed_bombs(compress, suffix):
    found, error = read(compressed_members, compress(bytes(30 << 20)), f"a.{suffix}")
    assert (found, "200 times its size" in str(error)) == ([], True)


def test_a_sparse_tar_that_claims_terabytes_is_stopped():
    header = tarfile.TarInfo("a.txt")
    header.type = tarfile.GNUTYPE_SPARSE
    block = bytearray(header.tobuf(tarfile.GNU_FORMAT))
    block[483:495] = b"\x80" + (1 << 40).to_bytes(11, "big")
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + 8 * 32 + sum(block[156:512]))
    _, error = read(tar_members, bytes(block) + bytes(1024))
    assert "times its size" in str(error)


@pytest.mark.parametrize(
    ("members", "data"),
    [
        (zip_members, make_zip(("线索.txt", NOTICE), ("b.txt", NOTICE), ("inner.zip", make_zip(("c.txt", NOTICE))))),
        (zip_members, make_zip(("线索.txt", NOTICE), ("b.txt", NOTICE), method=zipfile.ZIP_LZMA)),
        (tar_members, make_tar(("线索.txt", NOTICE), ("b.txt", NOTICE), format=tarfile.PAX_FORMAT)),
        (tar_members, make_tar(("很长" * 90, NOTICE), ("b.txt", NOTICE), format=tarfile.GNU_FORMAT)),
        (compressed_members, gzip.compress(make_tar(("线索.txt", NOTICE)))),
        (compressed_members, lzma.compress(NOTICE)),
    ],
)
def test_damaged_archives_end_in_members_or_a_parse_error(members, data):
    chance = random.Random(7)
    for _ in range(150):
        broken = bytearray(data[: chance.randrange(1, len(data))] if chance.random() < 0.3 else data)
        for _ in range(chance.choice([0, 1, 1, 3, 20])):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        found, _ = read(members, bytes(broken))
        for member in found:
            assert member.path
            assert member.error is None or not member.data
