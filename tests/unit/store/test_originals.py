from docintel.store.originals import Originals


def test_bytes_are_kept_once_under_their_hash(tmp_path):
    originals = Originals(tmp_path)
    document = originals.put(b"report")
    assert originals.put(b"report") == document
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"report"]
    assert not originals.damaged(document)


def test_damage_is_seen_and_mended_by_putting_again(tmp_path):
    originals = Originals(tmp_path)
    document = originals.put(b"report")
    originals.path(document).write_bytes(b"rep")
    assert originals.damaged(document)
    assert originals.damaged("0" * 64)
    originals.put(b"report")
    assert not originals.damaged(document)


def test_what_is_removed_is_gone(tmp_path):
    originals = Originals(tmp_path)
    document = originals.put(b"report")
    for _ in range(2):
        originals.remove(document)
    assert originals.damaged(document)
