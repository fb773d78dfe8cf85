import os
import stat
import subprocess
import sys
import threading

import pytest

from docintel.files import whole, write_whole


def test_a_file_is_replaced_when_the_block_ends_well(tmp_path):
    path = tmp_path / "new" / "a.txt"
    write_whole(path, b"old")
    with whole(path) as neighbour:
        neighbour.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def fail_to_write(path):
    with whole(path) as neighbour:
        neighbour.write_bytes(b"half")
        raise RuntimeError


def test_a_failed_write_leaves_what_was_there_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError):
        fail_to_write(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_what_it_leads_to_is_replaced_and_keeps_its_rights(tmp_path):
    target, link = tmp_path / "there" / "a.txt", tmp_path / "link.txt"
    write_whole(target, b"old")
    target.chmod(0o600)
    link.symlink_to("there/a.txt")
    with whole(link) as neighbour:
        neighbour.write_bytes(b"new")
        assert stat.S_IMODE(neighbour.stat().st_mode) == 0o600
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_link_that_leads_nowhere_makes_the_file(tmp_path):
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "new.txt")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "new.txt").read_bytes() == b"new"


def test_a_file_can_be_for_its_owner_alone(tmp_path):
    path = tmp_path / "a.txt"
    with whole(path, mode=0o600) as neighbour:
        neighbour.write_bytes(b"secret")
        assert stat.S_IMODE(neighbour.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"through")
    reader.join(timeout=10)
    assert read == [b"through"]
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["长" * 80 + ".xlsx", "a" * 255])
def test_a_name_may_be_as_long_as_the_file_system_allows(name, tmp_path):
    write_whole(tmp_path / name, b"whole")
    assert (tmp_path / name).read_bytes() == b"whole"


def test_what_a_killed_process_left_goes_with_the_next_write(tmp_path):
    out = tmp_path / "结果.jsonl"
    left = (
        "import os, signal, sys; from pathlib import Path; from docintel.files import whole\n"
        "with whole(Path(sys.argv[1])) as path: path.touch(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", left, str(out)], check=False)
    with whole(out) as path:
        assert [*tmp_path.iterdir()] == []
        path.touch()
    assert [*tmp_path.iterdir()] == [out]
