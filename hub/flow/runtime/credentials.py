"""Credentials at rest: AES-GCM under a key that never stands in the database.

The key is in the environment (``PARCELHUB_KEY``) or in ``hub.key`` beside the database: base64 of 32 bytes.
Several keys, one a line, make a rotation: the first seals, all of them open. A sealed value begins with a
version byte and a byte that says which key sealed it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import stat
from pathlib import Path

from hub.plugin_api.errors import ConfigError
from hub.store import condition
from hub.words import said

VARIABLE = "PARCELHUB_KEY"
FILE = "hub.key"

_VERSION = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12  # what AES-GCM takes (NIST SP 800-38D, section 8.2)
_TAG_BYTES = 16
_HEAD = 2


class KeyRing:
    """Seals and opens secrets; it never shows its keys."""

    def __init__(self, keys: tuple[bytes, ...], path: Path | None = None) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise ValueError("a key has 32 bytes")
        self._keys = keys
        self._path = path
        self._seen = None if path is None else _looks_of(path)

    def __repr__(self) -> str:
        return "KeyRing(***)"

    @classmethod
    def open(cls, home: Path) -> KeyRing:
        """The keys of the environment, or of ``home/hub.key``. Raises ConfigError that says what to do."""
        if text := os.environ.get(VARIABLE):
            return cls(_keys(text, f"the environment variable {VARIABLE}"))
        path = home / FILE
        return cls(_read(path), path)

    @property
    def count(self) -> int:
        """How many keys there are: the newest, and those that only open."""
        return len(self._keys)

    def refresh(self) -> None:
        """Read the file again where it has changed: a rotation in another process made a newer key. What
        cannot be read changes nothing."""
        if self._path is None or (looks := _looks_of(self._path)) == self._seen:
            return
        try:
            self._keys = _read(self._path)
        except ConfigError:
            return
        self._seen = looks

    @staticmethod
    def in_file(home: Path) -> bool:
        """Whether the keys are the file's, not the environment's."""
        return not os.environ.get(VARIABLE) and (home / FILE).exists()

    @staticmethod
    def add_newest(home: Path) -> None:
        """Put a new key before those of ``home/hub.key``, in one step and on the disk. Raises ConfigError."""
        path = home / FILE
        known = _read(path)
        marks = {_mark(key) for key in known}
        fresh = os.urandom(_KEY_BYTES)
        while _mark(fresh) in marks:  # a value tells at a glance which key sealed it
            fresh = os.urandom(_KEY_BYTES)
        _replace(path, (fresh, *known))

    @staticmethod
    def forget_old(home: Path) -> None:
        """Leave the newest key alone in ``home/hub.key``. Raises ConfigError."""
        if not KeyRing.in_file(home):
            raise ConfigError(
                "the keys stand in the environment variable {variable}: take the old ones out there",
                code="config.keys_stand_environment_variable",
                values={"variable": VARIABLE},
            )
        path = home / FILE
        _replace(path, _read(path)[:1])

    @staticmethod
    def create(home: Path, *, beside_database: bool = False) -> Path | None:
        """Make ``home/hub.key``, readable by its owner only, and give its path.

        None where there is one already, or where the environment has the key: nothing is ever overwritten.
        Raises ConfigError ``beside_database``: a new key does not open the credentials in it.
        """
        path = home / FILE
        if os.environ.get(VARIABLE) or path.exists():
            return None
        if beside_database:
            raise ConfigError(_missing(home, beside_database=True))
        fresh = path.with_name(f"{FILE}.{os.getpid()}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(os.urandom(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # whole or not at all: a key that was cut by a crash would lock everything that it sealed
            fresh.rename(path) if os.name == "nt" else os.link(fresh, path)
        except FileExistsError:
            return None
        finally:
            fresh.unlink(missing_ok=True)
        return path

    def seal(self, plain: bytes, *, table: str, row_id: str, field: str) -> bytes:
        """The secret, bound to its place: moved to another row or field it does not open."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.refresh()  # nothing new is sealed with a key that another process has made an old one
        key = self._keys[0]
        head = bytes((_VERSION, _mark(key)))
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + AESGCM(key).encrypt(nonce, plain, _place(head, table, row_id, field))

    def newest_opens(self, sealed: bytes, *, table: str, row_id: str, field: str) -> bool:
        """Whether the newest key sealed it, so that no older one is needed for it."""
        self.refresh()
        try:
            KeyRing(self._keys[:1]).unseal(sealed, table=table, row_id=row_id, field=field)
        except ConfigError:
            return False
        return True

    def unseal(self, sealed: bytes, *, table: str, row_id: str, field: str) -> bytes:
        """The secret again. Raises ConfigError: another key, another place, or damaged."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(sealed) >= _HEAD and all(_mark(key) != sealed[1] for key in self._keys):
            self.refresh()
        head, nonce = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE_BYTES]
        if len(sealed) < _HEAD + _NONCE_BYTES + _TAG_BYTES:
            raise ConfigError(
                "a stored credential ({table} {row_id}) is damaged: set it again",
                code="config.stored_credential_damaged_set",
                values={"table": table, "row_id": row_id},
            )
        if head[0] != _VERSION:
            raise ConfigError(
                "a stored credential ({table} {row_id}) was sealed by a newer hub: install that",
                code="config.stored_credential_sealed_newer",
                values={"table": table, "row_id": row_id},
            )
        keys = [key for key in self._keys if _mark(key) == head[1]]
        for key in keys:
            try:
                return AESGCM(key).decrypt(
                    nonce, sealed[_HEAD + _NONCE_BYTES :], _place(head, table, row_id, field)
                )
            except InvalidTag:
                continue
        if not keys:
            raise ConfigError(
                "a stored credential ({table} {row_id}) was sealed with another key than the one in {file} "
                "or {variable}: bring that key back, or set the credential again",
                code="config.stored_credential_sealed_another",
                values={"table": table, "row_id": row_id, "file": FILE, "variable": VARIABLE},
            )
        raise ConfigError(
            "a stored credential ({table} {row_id}) does not open: the key is another one, or the row was "
            "changed. Bring the right key back, or set the credential again",
            code="config.stored_credential_not_open_key",
            values={"table": table, "row_id": row_id},
        )


def _read(path: Path) -> tuple[bytes, ...]:
    try:
        with path.open("rb") as file:
            _refuse_readable_by_others(path, os.fstat(file.fileno()))
            content = file.read(65536)
    except FileNotFoundError:
        raise ConfigError(
            _missing(path.parent, beside_database=(path.parent / condition.FILE).exists())
        ) from None
    except PermissionError:
        raise ConfigError(forbidden(path)) from None
    except OSError as error:
        raise ConfigError(
            "{path} cannot be read: {error}",
            code="config.cannot_read",
            values={"path": path, "error": error.strerror or error},
        ) from None
    return _keys(content.decode("ascii", "replace"), str(path))


def _replace(path: Path, keys: tuple[bytes, ...]) -> None:
    """Whole or not at all, and on the disk before anything is sealed with the first of them."""
    real = path.resolve()
    fresh = real.with_name(f"{FILE}.{os.getpid()}.new")
    try:
        for left in real.parent.glob(f"{FILE}.*.new"):
            left.unlink(missing_ok=True)  # of a rotation that was killed: its key has sealed nothing
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(b"".join(base64.b64encode(key) + b"\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, real)
        if os.name == "posix":
            folder = os.open(real.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise ConfigError(
            "{real} cannot be written: {error}. Put a new key (base64 of {key_bytes} random bytes) on a "
            "line before the others where the file is kept, and run the command again",
            code="config.cannot_written_put_new_key",
            values={"real": real, "error": error.strerror or error, "key_bytes": _KEY_BYTES},
        ) from None


def _looks_of(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


def owner_and_user(path: Path) -> tuple[str, str]:
    """Whose the file is, and who runs this process; by number where the system has no name."""
    import pwd

    def name(number: int) -> str:
        try:
            return pwd.getpwuid(number).pw_name
        except KeyError:
            return str(number)

    return name(path.stat().st_uid), name(os.geteuid())


def forbidden(path: Path) -> str:
    """That the file is somebody else's, and what to do."""
    owner, user = owner_and_user(path)
    return said(
        "{path} belongs to {owner}, and the hub runs as {user}: run it as its owner, or give the folder to "
        "the hub's user (chown -R)",
        code="credentials.belongs_runs_run_owner",
        values={"path": path, "owner": owner, "user": user},
    )


def _missing(home: Path, *, beside_database: bool) -> str:
    if not beside_database:
        return said(
            "{home} does not exist: run 'hub init' to make it, or set {variable}",
            code="credentials.not_exist_run_make_set",
            values={"home": home / FILE, "variable": VARIABLE},
        )
    return said(
        "{home} does not exist, and without it no stored credential can be read: bring back the one that "
        "belongs to this database, or set {variable}. Where it is lost for good, 'hub init --new-key' makes "
        "another, and every account has to be added again",
        code="credentials.not_exist_without_no_stored_credential",
        values={"home": home / FILE, "variable": VARIABLE},
    )


def _keys(text: str, where: str) -> tuple[bytes, ...]:
    found = []
    for word in text.split():
        try:
            key = base64.b64decode(re.sub(r"[-_]", lambda m: {"-": "+", "_": "/"}[m[0]], word), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _KEY_BYTES:
            raise ConfigError(
                "{where} holds no key: a key is base64 of {key_bytes} bytes, one a line. Bring the right "
                "one back",
                code="config.holds_no_key_key_base64",
                values={"where": where, "key_bytes": _KEY_BYTES},
            )
        found.append(key)
    if not found:
        raise ConfigError(
            "{where} is empty: bring the key back",
            code="config.empty_bring_key_back",
            values={"where": where},
        )
    return tuple(found)


def _refuse_readable_by_others(path: Path, status: os.stat_result) -> None:
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
        raise ConfigError(
            "{path} can be read by others: run 'chmod 600 {path}'",
            code="config.can_read_others_run",
            values={"path": path},
        )


def _mark(key: bytes) -> int:
    """One byte that tells which key sealed a value, and next to nothing about the key."""
    return hashlib.sha256(b"parcelhub key mark" + key).digest()[0]


def _place(head: bytes, table: str, row_id: str, field: str) -> bytes:
    return head + "\x1f".join((table, row_id, field)).encode()
