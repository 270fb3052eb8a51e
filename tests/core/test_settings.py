"""Settings of accounts: strict, and silent about secrets."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import pytest

from hub.plugin_api.errors import ConfigError
from hub.plugin_api.settings import (
    Secret,
    Settings,
    dump_settings,
    load_settings,
    secret_fields,
    settings_schema,
)


class CourierSettings(Settings, frozen=True):
    client_id: int
    key: Secret
    webhook: Secret | None = None
    extra: Secret = Secret("")
    sandbox: bool = False


GIVEN: dict[str, Any] = {"client_id": 7, "key": "hush"}


def test_settings_come_from_plain_values_and_go_back() -> None:
    settings = load_settings(CourierSettings, GIVEN | {"webhook": "path"})
    assert settings.client_id == 7
    assert settings.key.reveal() == "hush"
    assert settings.webhook is not None
    assert settings.webhook.reveal() == "path"
    assert not settings.extra
    assert load_settings(CourierSettings, dump_settings(settings)) == settings
    assert load_settings(CourierSettings, GIVEN).webhook is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (GIVEN | {"keyy": "hush"}, "keyy"),
        ({"client_id": 7}, "key"),
        (GIVEN | {"client_id": "hush"}, "client_id"),
        (GIVEN | {"key": 12345}, "key"),
    ],
)
def test_wrong_settings_are_named_without_their_values(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(CourierSettings, values)
    assert words in caught.value.message
    assert "hush" not in caught.value.message
    assert "12345" not in caught.value.message
    assert caught.value.__cause__ is None


def test_a_secret_shows_itself_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    settings = load_settings(CourierSettings, GIVEN)
    logging.getLogger("test").warning("%s %r %s", settings.key, settings.key, settings)
    assert "hush" not in caplog.text + repr(settings) + str(settings) + f"{settings.key}"


def test_secrets_are_known_by_their_type() -> None:
    assert secret_fields(CourierSettings) == {"key", "webhook", "extra"}


def test_the_form_says_what_is_secret_and_allows_nothing_else() -> None:
    schema = settings_schema(CourierSettings)
    assert schema["properties"]["key"] == {"type": "string", "format": "password"}
    assert schema["properties"]["extra"] == {"type": "string", "format": "password", "default": ""}
    assert schema["properties"]["client_id"] == {"type": "integer"}
    assert schema["required"] == ["client_id", "key"]
    assert schema["additionalProperties"] is False
    assert "Secret" not in schema.get("$defs", {})
    msgspec.json.encode(schema)


def test_settings_cannot_be_changed() -> None:
    settings = load_settings(CourierSettings, GIVEN)
    with pytest.raises(AttributeError):
        settings.client_id = 8  # type: ignore[misc]
