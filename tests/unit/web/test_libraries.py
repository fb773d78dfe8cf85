import threading

import pytest

from docintel.errors import InputError, QueryError, StoreError
from docintel.web import libraries as module
from docintel.web.libraries import Libraries
from tests.unit.web.conftest import open_library


@pytest.fixture
def libraries(folder):
    made = Libraries(folder, 2, lambda: open_library(folder))
    yield made
    made.close()


def test_a_library_is_lent_to_one_at_a_time_and_used_again(libraries):
    with libraries.borrow() as one, libraries.borrow() as other:
        assert one is not other
    with libraries.borrow() as again:
        assert again in (one, other)


def test_more_than_there_are_wait(libraries, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE_S", 0.05)
    with libraries.borrow(), libraries.borrow(), pytest.raises(Exception, match="系统繁忙"), libraries.borrow():
        pass
    with libraries.borrow() as library:
        assert library.browse()[0] == 3


def test_a_wrong_question_harms_no_library_and_a_failure_closes_it(libraries):
    with pytest.raises(QueryError), libraries.borrow() as first:
        first.search("")
    with libraries.borrow() as second:
        assert second is first
    with pytest.raises(StoreError), libraries.borrow() as failed:
        raise StoreError("the disk is gone")
    with libraries.borrow() as third:
        assert third is not failed
        assert third.browse()[0] == 3


def test_many_threads_search_at_once(libraries):
    libraries.warm()
    found = []

    def ask():
        for _ in range(5):
            with libraries.borrow() as library:
                found.append(len(library.search("药品采购")))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert len(set(found)) == 1


def test_what_comes_back_after_the_end_is_closed(folder):
    libraries = Libraries(folder, 2, lambda: open_library(folder))
    with libraries.borrow() as library:
        libraries.close()
    with pytest.raises(Exception, match="closed"):
        library.browse()


def test_a_library_that_is_refused_is_closed(folder, monkeypatch):
    closed = []

    class ReadOnly:
        def __init__(self, *args, **kwargs):
            pass

        def check_writable(self):
            raise InputError("只读")

        def close(self):
            closed.append(self)

    monkeypatch.setattr(module, "Library", ReadOnly)
    monkeypatch.setattr(module, "load_encoder", lambda **_: None)
    with pytest.raises(InputError, match="只读"):
        Libraries(folder)
    assert len(closed) == 1
