"""The API does what its OpenAPI description says, whatever is sent: schemathesis makes the requests.

Good requests and bad ones, the same at every run. Whatever is answered must be described, in its status, its type and
its shape, and nothing may fail.
"""

import shutil

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from docintel.web.app import PAGES, create_app
from docintel.web.security import CSRF_HEADER
from tests.unit.web.conftest import browser, document_ids, open_library

ROUTES = {
    (method, f"/api{route.path}"): route.dependant
    for page in PAGES
    for route in page.json.routes
    if route.include_in_schema
    for method in route.methods
}
GOOD, BAD = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
#: Where nothing is taken there is nothing to send that is bad.
ASKED = [
    pytest.param(*place, mode, id=f"{' '.join(place)} {mode.value}")
    for place, takes in sorted(ROUTES.items())
    for mode in (GOOD, BAD)
    if mode is GOOD or takes.query_params or takes.path_params or takes.body_params
]
_EXAMPLES = 15


@pytest.fixture(scope="module")
def client(filled, tmp_path_factory):
    """The browser of an administrator, on a library that is not to be counted on."""
    folder = shutil.copytree(filled, tmp_path_factory.mktemp("schema") / "library")
    app = create_app(folder, open_library=lambda: open_library(folder))
    client = browser(app)
    client.headers[CSRF_HEADER] = client.get("/api/session").json()["csrf"]
    yield client
    app.state.docintel.libraries.close()
    app.state.docintel.database.close()


@pytest.fixture(scope="module")
def operations(client):
    """What is described, by method and path."""
    described = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
    found = [each.ok() for each in described.get_all_operations()]
    return {(each.method.upper(), each.path): each for each in found}


@pytest.fixture(scope="module")
def there(client):
    """Of parameters that name something, what there is: else nothing but 404 would be seen."""
    return {"document": document_ids(client)[0], "kind": "issues", "number": 0}


def test_every_operation_is_described(operations):
    assert set(operations) == set(ROUTES)


@pytest.mark.parametrize(("method", "path", "mode"), ASKED)
def test_answers_are_as_described(client, operations, there, method, path, mode):
    @settings(
        max_examples=_EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations[method, path].as_strategy(generation_mode=mode), names=st.booleans())
    def run(case, names):
        if names and mode is GOOD:
            case.path_parameters |= {name: there[name] for name in case.path_parameters}
        # A date or a label that is none is a good string in the eyes of the schema; the answer says what is wrong.
        case.validate_response(send(client, case), excluded_checks=[positive_data_acceptance])

    run()


def send(client, case):
    """Send a request as schemathesis made it, byte for byte."""
    made = requests.Request(**case.as_transport_kwargs(base_url="http://localhost")).prepare()
    headers = {CSRF_HEADER: client.headers[CSRF_HEADER], **made.headers}
    return client.request(made.method, made.url, content=made.body, headers=headers)
