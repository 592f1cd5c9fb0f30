"""Which errors the calls answer, for OpenAPI."""

from typing import Any

from truename.web.api.shapes import ErrorJson

Responses = dict[int | str, dict[str, Any]]


def _errors(**words: str) -> Responses:
    return {int(status[1:]): {"model": ErrorJson, "description": said} for status, said in words.items()}


ANY = _errors(
    _401="no or an unknown key",
    _422="cannot be meant",
    _429="too many wrong keys; Retry-After says how long",
    _503="the database does not answer, or there are too many large replies; Retry-After says how long",
)
READS: Responses = {**ANY, **_errors(_403="not for this key", _404="not here")}
CHANGES: Responses = {
    **READS,
    **_errors(
        _400="the body is no JSON",
        _409="it is there already, or the zone has moved on since base_serial",
        _413="the body is too long",
        _422="refused, nothing was stored; findings say why",
        _503="the database could not store it",
    ),
}
