"""A calendar collection on a CalDAV server: what is there is read first, and only it replaced.

Source:
    RFC 4791 (CalDAV), section 5.3.2, and RFC 9110 (HTTP), section 13: conditional requests.
"""

import netrc
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib import import_module
from typing import Literal, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from meso_schedule.base.errors import EnvironmentFault, InputError

_SECONDS = 30
_MOST_BYTES = 1_000_000
_HERE = ("localhost", "127.0.0.1", "::1")
# Of an entry what is told anew each time, or added by servers.
_ASIDE = ("DTSTAMP", "SEQUENCE", "CREATED", "LAST-MODIFIED", "X-")
_KEYRING = "meso-schedule"

Outcome = Literal["put", "deleted", "unchanged"]


class Kept(NamedTuple):
    """An entry as the server has it."""

    etag: str | None
    content: bytes


class _NoRedirect(HTTPRedirectHandler):
    """Follows none: what is sent, and the password, go to the address given and no other."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True, slots=True)
class CalendarServer:
    """A collection, and how it is asked.

    Args:
        address: Its address, with a slash at its end.
        headers: Those of every request.
    """

    address: str
    headers: Mapping[str, str]
    opener: OpenerDirector = field(default_factory=lambda: build_opener(_NoRedirect))

    @classmethod
    def of(cls, address: str) -> "CalendarServer":
        """Return the collection of an address, with the credentials that are kept for its host.

        They stand in the user's netrc file, or in the keyring where that is installed, under
        `meso-schedule HOST`.

        Raises:
            InputError: For anything but https, or http on this machine alone.
        """
        parts = _checked(address)
        known = _credentials(parts.hostname or "")
        headers = {"User-Agent": "meso-schedule"}
        if known:
            headers["Authorization"] = f"Basic {b64encode(':'.join(known).encode()).decode()}"
        return cls(f"{address.rstrip('/')}/", headers)

    def publish(self, uid: str, content: bytes | None) -> Outcome:
        """Bring one entry up to date; None takes it out.

        Raises:
            EnvironmentFault: When the server refuses, or another program was quicker.
        """
        kept = self._get(uid)
        if content is None:
            if kept is None:
                return "unchanged"
            self._ask("DELETE", uid, None, _if_match(kept))
            return "deleted"
        if kept is not None and _told(kept.content) == _told(content):
            return "unchanged"
        only = {"If-None-Match": "*"} if kept is None else _if_match(kept)
        self._ask("PUT", uid, content, {"Content-Type": "text/calendar; charset=utf-8", **only})
        return "put"

    def _get(self, uid: str) -> Kept | None:
        try:
            return self._ask("GET", uid, None, {})
        except _NotThereError:
            return None

    def _ask(self, method: str, uid: str, data: bytes | None, more: Mapping[str, str]) -> Kept:
        address = f"{self.address}{quote(uid)}.ics"
        request = Request(address, data, {**self.headers, **more}, method=method)
        try:
            with self.opener.open(request, timeout=_SECONDS) as answer:
                return Kept(answer.headers.get("ETag"), answer.read(_MOST_BYTES))
        except HTTPError as error:
            error.close()
            if error.code in (404, 410) and method == "GET":
                raise _NotThereError from None
            raise _refused(error.code, self.address) from None
        except (URLError, OSError, HTTPException) as error:
            why = getattr(error, "reason", None) or error
            problem = f"The calendar {self.address} cannot be reached: {why}."
            raise _fault(problem, self.address, "Check the address, and try again.") from None


class _NotThereError(Exception):
    """An entry that the server does not have."""


def _if_match(kept: Kept) -> dict[str, str]:
    return {"If-Match": kept.etag} if kept.etag else {}


def _told(content: bytes) -> list[str]:
    """Return what an entry says, whatever a server has made of its order and its lines."""
    from icalendar import Calendar

    with suppress(ValueError):
        (event,) = Calendar.from_ical(content).walk("VEVENT")
        lines = event.to_ical().decode().replace("\r\n ", "").splitlines()
        return sorted(line for line in lines if not line.startswith(_ASIDE))
    return [content.hex()]


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), None
    if parts.username is not None or parts.password is not None:
        raise _bad("The address holds a user.", "Leave it out, and keep it in a netrc file.")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)
    if not host or not is_safe or parts.query or parts.fragment or not address.isascii():
        remedy = "Write https://HOST/PATH/ of a calendar; http goes on this machine alone."
        raise _bad("This is no address that a calendar can be sent to safely.", remedy)
    return parts


def _bad(problem: str, remedy: str) -> InputError:
    return InputError.of("bad_address", problem, field="to", remedy=remedy)


def _credentials(host: str) -> tuple[str, str] | None:
    try:
        found = netrc.netrc().authenticators(host)
    except (OSError, netrc.NetrcParseError):
        found = None
    if found:
        return found[0], found[2] or ""
    try:
        keyring = import_module("keyring")
        kept = keyring.get_credential(f"{_KEYRING} {host}", None)
    except Exception:  # a keyring that is missing or locked has nothing for us
        return None
    return (kept.username, kept.password) if kept else None


def _refused(status: int, address: str) -> EnvironmentFault:
    if status in (401, 403):
        remedy = "Keep user and password for its host in a netrc file, or in the keyring."
        return _fault(f"The calendar {address} asks for another user.", address, remedy)
    if status == 412:
        remedy = "Publish the course again."
        return _fault("Another program has changed the calendar meanwhile.", address, remedy)
    remedy = "Check that it is the address of a calendar."
    return _fault(f"The calendar {address} answers with status {status}.", address, remedy)


def _fault(problem: str, address: str, remedy: str) -> EnvironmentFault:
    fault = EnvironmentFault(problem, address, remedy)
    fault.field = "to"
    return fault
