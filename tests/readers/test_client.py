"""The protocol, against a service on this machine that misbehaves in every way we know of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pledgetrail.readers.client import ATTEMPTS, BROKEN_ATTEMPTS, GIVEN_UP, Client
from pledgetrail.readers.endpoint import Key, endpoint
from pledgetrail.readers.errors import NoAnswer, ReaderError
from pledgetrail.readers.pace import Pace
from pledgetrail.readers.questions import Question, questions
from pledgetrail.reading import read
from pledgetrail.records import RawReport

EMPTY: dict[str, list[Any]] = {"commitments": [], "encounters": [], "figures": []}
SECRET = "sk-very-secret-word"


def question(text: str = "The harbour was rebuilt.") -> Question:
    (made,) = questions(read(RawReport("r", "s", text, "x")), "m")
    return made


@pytest.fixture
def client(service: Any, waits: Any) -> Any:
    pace = Pace(None, clock=waits.clock, sleep=waits.sleep)
    with Client(endpoint(service.url), "m", key=Key(SECRET), pace=pace, chance=lambda: 1.0) as made:
        yield made


def test_a_question_is_a_chat_completion_with_our_schema(client: Any, service: Any) -> None:
    assert client.ask(question()).checked.content == EMPTY
    (body,) = service.bodies
    assert service.keys == [f"Bearer {SECRET}"]
    assert body["model"] == "m" and body["stream"] is False
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"]["strict"] is True
    assert json.loads(body["messages"][1]["content"])["text"] == "The harbour was rebuilt."
    assert (client.spent.tokens_in, client.spent.tokens_out) == (100, 20)


def test_a_refused_schema_falls_back_to_json_and_then_to_words(client: Any, service: Any, played: Any) -> None:
    refused = played(status=400, body=b'{"error": {"message": "response_format is not supported"}}')
    service.script = [refused, refused, played(EMPTY)]
    client.ask(question())
    client.ask(question("The bridge was opened."))
    formats = [body.get("response_format", {}).get("type") for body in service.bodies]
    assert formats == ["json_schema", "json_object", None, None], "what was understood is used from then on"


@pytest.mark.parametrize(
    ("complaint", "changed"),
    [
        ("Use 'max_completion_tokens' instead of 'max_tokens'", lambda b: "max_tokens" not in b),
        ("temperature does not support 0", lambda b: "temperature" not in b),
    ],
)
def test_other_words_for_the_same_are_learned(
    client: Any, service: Any, played: Any, complaint: str, changed: Any
) -> None:
    service.script = [played(status=400, body=json.dumps({"error": {"message": complaint}}).encode())]
    client.ask(question())
    assert len(service.bodies) == 2 and changed(service.bodies[1])
    assert service.bodies[1]["response_format"]["type"] == "json_schema"


def test_what_is_refused_in_any_form_is_no_answer_and_changes_nothing(client: Any, service: Any, played: Any) -> None:
    service.script = [played(status=400, body=b'{"error": "too long"}')] * 3
    with pytest.raises(NoAnswer, match="too long"):
        client.ask(question())
    client.ask(question())
    assert service.bodies[-1]["response_format"]["type"] == "json_schema"


def test_busy_services_are_waited_for_as_long_as_they_ask(client: Any, service: Any, played: Any, waits: Any) -> None:
    service.script = [played(status=429, headers={"Retry-After": "7"}, body=b"{}"), played(status=503, body=b"")]
    client.ask(question())
    assert len(service.bodies) == 3 and client.spent.repeated == 2
    assert waits.slept == [7.0, 2.0]


def test_failing_services_are_given_up_in_the_end(client: Any, service: Any, played: Any, waits: Any) -> None:
    service.answer = lambda body: played(status=500, body=b"")
    for _ in range(GIVEN_UP - 1):
        with pytest.raises(NoAnswer, match="status 500"):
            client.ask(question())
    assert len(service.bodies) == ATTEMPTS * (GIVEN_UP - 1)
    assert waits.slept[: ATTEMPTS - 1] == [1.0, 2.0, 4.0, 8.0]
    with pytest.raises(ReaderError):
        client.ask(question())
    asked = len(service.bodies)
    with pytest.raises(ReaderError):
        client.ask(question())
    assert len(service.bodies) == asked, "nothing is sent to a service that was given up"


@pytest.mark.parametrize(
    "content",
    ["no json", '{"commitments": [', "[]", '{"other": []}', '{"figures": NaN}', "[" * 100_000, '"\\"' * 200_000],
)
def test_broken_answers_are_asked_for_again_a_bounded_number_of_times(
    client: Any, service: Any, played: Any, content: str
) -> None:
    service.answer = lambda body: played(content)
    with pytest.raises(NoAnswer, match="3 times"):
        client.ask(question())
    assert len(service.bodies) == BROKEN_ATTEMPTS


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"message": 5}]}'])
def test_what_is_no_completion_is_broken(client: Any, service: Any, played: Any, body: bytes) -> None:
    service.script = [played(body=body)]
    client.ask(question())
    assert len(service.bodies) == 2


def test_a_huge_response_is_not_read(client: Any, service: Any, played: Any) -> None:
    service.answer = lambda body: played(body=b" " * (5 * 1024 * 1024))
    with pytest.raises(NoAnswer, match="too long"):
        client.ask(question())


def test_an_answer_cut_off_names_the_option(client: Any, service: Any, played: Any) -> None:
    service.script = [played('{"commitments": [', finish="length")]
    with pytest.raises(NoAnswer, match="--max-tokens"):
        client.ask(question())
    assert len(service.bodies) == 1


def test_a_silent_service_is_not_waited_for_for_ever(service: Any, played: Any, waits: Any) -> None:
    service.script = [played(silent=True)]
    pace = Pace(None, clock=waits.clock, sleep=waits.sleep)
    with Client(endpoint(service.url), "m", timeout=0.2, pace=pace, chance=lambda: 1.0) as client:
        client.ask(question())
    assert len(service.bodies) == 2 and waits.slept == [1.0]


def test_nobody_there_ends_the_build(service: Any, waits: Any) -> None:
    service.close()
    pace = Pace(None, clock=waits.clock, sleep=waits.sleep)
    with Client(endpoint(service.url), "m", pace=pace) as client, pytest.raises(ReaderError, match="not be reached"):
        client.ask(question())


@pytest.mark.parametrize("status", [401, 403, 404, 307])
def test_what_no_question_can_mend_ends_the_build(client: Any, service: Any, played: Any, status: int) -> None:
    body = json.dumps({"error": {"message": f"Incorrect API key provided: {SECRET}"}}).encode()
    service.script = [played(status=status, body=body, headers={"Location": "http://127.0.0.1:9/v1"})]
    with pytest.raises(ReaderError) as caught:
        client.ask(question())
    assert len(service.bodies) == 1 and SECRET not in str(caught.value)


@pytest.mark.parametrize("status", [400, 451])
def test_the_key_is_in_no_message(client: Any, service: Any, played: Any, status: int) -> None:
    service.answer = lambda body: played(status=status, body=f"you sent {SECRET}".encode())
    with pytest.raises(NoAnswer, match=r"you sent \[key\]") as caught:
        client.ask(question())
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(client._key) + str(client._key)


def test_questions_are_spaced_by_the_rate(service: Any, waits: Any) -> None:
    pace = Pace(30, clock=waits.clock, sleep=waits.sleep)
    with Client(endpoint(service.url), "m", pace=pace) as client:
        for _ in range(3):
            client.ask(question())
    assert waits.slept == [2.0, 2.0]
