"""A large archive is read by several workers, each a share of its members.

In: tasks, and events of shares. Out: tasks of which some are shares, and events as of whole files. Every worker unpacks
the archive, which costs little beside reading what is in it, and reads the members that are its own by their bytes: so
copies in one archive come to the same worker, in their order.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from docintel.batch.work import Finished, Found, R, Task, is_archive

#: Bytes of an archive that are worth a share; below, a worker has read them before another has its models.
_WORTH_A_SHARE = 64 << 10


def shared(tasks: Sequence[Task], workers: int) -> list[Task]:
    """Tasks for so many workers: of a large archive as many shares as are worth it, in the place of its task."""
    found = []
    for task in tasks:
        count = min(workers, task.source.size // _WORTH_A_SHARE) if is_archive(task.source) else 1
        found += [replace(task, share=(number, count)) for number in range(count)] if count > 1 else [task]
    return found


def joined(events: Iterable[Found[R] | Finished]) -> Iterator[Found[R] | Finished]:
    """Events of shares as of whole files: a file is finished when all its shares are."""
    ended: dict[int, list[Finished]] = {}
    for event in events:
        whole: dict[str, Any] = {"task": replace(event.task, share=(0, 1))}
        count = event.task.share[1]
        if count == 1:
            yield event
        elif isinstance(event, Found):
            yield replace(event, **whole)
        else:
            its = ended.setdefault(event.task.number, [])
            its.append(event)
            if len(its) == count:
                del ended[event.task.number]
                errors = [each.error for each in its if each.error]
                digests = {each.digest for each in its}
                # a file that changed between two of its shares is not known as a whole: it is read again next time
                digest = digests.pop() if len(digests) == 1 and not errors else ""
                yield replace(event, digest=digest, error=errors[0] if errors else None, **whole)
