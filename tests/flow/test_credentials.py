"""Secrets at rest: they open where they were sealed, and nowhere else."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.runtime.credentials import VARIABLE, KeyRing
from hub.plugin_api.errors import ConfigError

PLACE = {"table": "accounts", "row_id": "acc_1", "field": "credentials"}


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def _key(value: int) -> str:
    return base64.b64encode(bytes([value]) * 32).decode()


@given(st.binary(max_size=500), st.text(max_size=20))
def test_what_is_sealed_opens_in_its_place_only(plain: bytes, row_id: str) -> None:
    ring = KeyRing((b"k" * 32,))
    place = PLACE | {"row_id": row_id}
    sealed = ring.seal(plain, **place)
    assert ring.unseal(sealed, **place) == plain
    assert len(sealed) == len(plain) + 30
    for other in (place | {"row_id": row_id + "x"}, place | {"field": "other"}, place | {"table": "sellers"}):
        with pytest.raises(ConfigError):
            ring.unseal(sealed, **other)


def test_two_seals_of_one_secret_differ() -> None:
    ring = KeyRing((b"k" * 32,))
    assert ring.seal(b"secret", **PLACE) != ring.seal(b"secret", **PLACE)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_does_not_open(position: int, change: int) -> None:
    ring = KeyRing((b"k" * 32,))
    sealed = bytearray(ring.seal(b"secret", **PLACE))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(ConfigError):
        ring.unseal(bytes(sealed), **PLACE)


@pytest.mark.parametrize("length", [0, 1, 2, 13, 29])
def test_a_value_that_was_cut_is_told_as_damaged(length: int) -> None:
    with pytest.raises(ConfigError, match="damaged"):
        KeyRing((b"k" * 32,)).unseal(b"\x01" * length, **PLACE)


def test_another_key_is_told_in_plain_words() -> None:
    sealed = KeyRing((b"a" * 32,)).seal(b"secret", **PLACE)
    with pytest.raises(ConfigError, match=r"another key.*set the credential again") as caught:
        KeyRing((b"b" * 32,)).unseal(sealed, **PLACE)
    assert "secret" not in caught.value.message


def test_an_older_key_still_opens_and_the_first_seals() -> None:
    old, new = KeyRing((b"a" * 32,)), KeyRing((b"b" * 32,))
    both = KeyRing((b"b" * 32, b"a" * 32))
    assert both.unseal(old.seal(b"secret", **PLACE), **PLACE) == b"secret"
    assert new.unseal(both.seal(b"secret", **PLACE), **PLACE) == b"secret"


def test_keys_do_not_show_themselves() -> None:
    ring = KeyRing((b"k" * 32,))
    assert "k" * 4 not in repr(ring)
    assert "k" * 4 not in str(ring)


def test_a_key_is_made_once_and_never_overwritten(tmp_path: Path) -> None:
    path = KeyRing.create(tmp_path)
    assert path == tmp_path / "hub.key"
    before = path.read_bytes()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    sealed = KeyRing.open(tmp_path).seal(b"secret", **PLACE)
    assert KeyRing.create(tmp_path) is None
    assert path.read_bytes() == before
    assert KeyRing.open(tmp_path).unseal(sealed, **PLACE) == b"secret"
    assert [entry.name for entry in tmp_path.iterdir()] == ["hub.key"]


def test_two_that_make_a_key_at_once_agree_on_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one made its key between our look and our write."""
    monkeypatch.setattr(Path, "exists", lambda self: False)
    (tmp_path / "hub.key").write_text(_key(7))
    assert KeyRing.create(tmp_path) is None
    assert (tmp_path / "hub.key").read_text() == _key(7)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = KeyRing.create(tmp_path)
    assert path is not None
    path.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        KeyRing.open(tmp_path)


@pytest.mark.parametrize("content", ["", "\n", "abc", "x" * 44, _key(1)[:-4], _key(1) + "\nrest"])
def test_a_file_that_holds_no_key_is_refused_without_showing_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "hub.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"hub\.key") as caught:
        KeyRing.open(tmp_path)
    if content.strip():
        assert content.strip() not in caught.value.message


def test_no_key_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"hub init.*PARCELHUB_KEY"):
        KeyRing.open(tmp_path)


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KeyRing.create(tmp_path)
    of_file = KeyRing.open(tmp_path).seal(b"secret", **PLACE)
    monkeypatch.setenv(VARIABLE, _key(3))
    with pytest.raises(ConfigError):
        KeyRing.open(tmp_path).unseal(of_file, **PLACE)
    empty = tmp_path / "other"
    empty.mkdir()
    assert KeyRing.create(empty) is None
    assert not list(empty.iterdir())
    monkeypatch.setenv(VARIABLE, "not a key")
    with pytest.raises(ConfigError, match=VARIABLE):
        KeyRing.open(tmp_path)
