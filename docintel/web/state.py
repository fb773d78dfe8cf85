"""What every request needs: the settings, the library, the accounts. One value, kept by the application."""

import threading
from dataclasses import dataclass
from typing import cast

from fastapi import Request

from docintel.schema import Extraction
from docintel.web.accounts import Accounts
from docintel.web.audit import Audit
from docintel.web.database import Database
from docintel.web.dropped import Dropped
from docintel.web.explaining import Explanations
from docintel.web.intake.jobs import Jobs
from docintel.web.intake.spool import Spool
from docintel.web.libraries import Libraries
from docintel.web.plans import Plans
from docintel.web.searches import SavedSearches
from docintel.web.sessions import Sessions
from docintel.web.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """What the application is made of.

    Attributes:
        closing: set when the server is about to end, so that answers which never end do.
    """

    settings: Settings
    libraries: Libraries
    database: Database
    accounts: Accounts
    sessions: Sessions
    audit: Audit
    searches: SavedSearches
    explanations: Explanations
    plans: Plans
    reports: Dropped[Extraction]
    lists: Dropped[tuple[str, ...]]
    jobs: Jobs
    spool: Spool
    closing: threading.Event


def make_state(libraries: Libraries, settings: Settings) -> State:
    """Open what stands beside a library."""
    database = Database(libraries.folder)
    return State(
        settings=settings,
        libraries=libraries,
        database=database,
        accounts=Accounts(database),
        sessions=Sessions(database, settings),
        audit=Audit(database),
        searches=SavedSearches(database),
        explanations=Explanations(),
        plans=Plans(database),
        reports=Dropped(),
        lists=Dropped(),
        jobs=Jobs(database),
        spool=Spool(libraries.folder),
        closing=threading.Event(),
    )


def state_of(request: Request) -> State:
    """The state of the application that serves a request."""
    return cast("State", request.app.state.docintel)
