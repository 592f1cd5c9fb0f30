"""Requests made from the OpenAPI description: no fault inside, and every reply is one that is described."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from clients.api import Api, rrset, running
from truename.web.app import openapi

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
description = schemathesis.openapi.from_dict(openapi())


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running(tmp_path_factory.mktemp("openapi")) as found:
        found.create("example.com.", rrset("www.example.com.", "A", "192.0.2.1"))
        yield found


@description.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_replies_are_as_described(case: schemathesis.Case, api: Api):
    case.call_and_validate(base_url=api.url, headers={"X-API-Key": api.key}, checks=CHECKS, timeout=30)
    assert api.server.process.poll() is None
