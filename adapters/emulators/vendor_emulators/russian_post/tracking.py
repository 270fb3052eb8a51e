"""Both tracking services behind one door, and their WSDL."""

from vendor_emulators.faults import Faults
from vendor_emulators.russian_post import soap, wsdl
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.single import Single
from vendor_emulators.russian_post.tickets import Tickets, failed
from vendor_emulators.russian_post.track_access import TrackAccess
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Request, Response

_SINGLE, _BATCH = "/rtm34", "/fc"
_MIRRORS = {
    "/tracking-web-static/rtm34_wsdl.xml": _SINGLE,
    "/tracking-web-static/fc_wsdl.xml": _BATCH,
}


class Tracking:
    def __init__(
        self, schedule: Schedule, faults: Faults, orders: Orders, login: str, password: str, allowed: int
    ) -> None:
        self.access = TrackAccess(login, password)
        self.single = Single(orders, self.access, allowed, schedule.now)
        self.tickets = Tickets(schedule, faults, orders, self.access)

    @staticmethod
    def serves(path: str) -> bool:
        return path in (_SINGLE, _BATCH) or path in _MIRRORS

    def error_inside(self, request: Request, code: str | None) -> Response:
        """An error under HTTP 200: of batch tracking the usual case, of single tracking none."""
        if request.path == _SINGLE:
            response = soap.fault(soap.SOAP_12, code or "Internal error")
            response.status = 200
            return response
        return failed(request, int(code) if code and code.isdecimal() else 16)

    def answer(self, request: Request) -> Response:
        service = _MIRRORS.get(request.path, request.path)
        asks = request.path in _MIRRORS or any(key.lower() == "wsdl" for key, _ in request.query)
        if request.method == "GET" and asks:
            url = f"http://{request.headers.get('host', '127.0.0.1')}{service}"
            text = wsdl.single(url) if service == _SINGLE else wsdl.batch(url)
            return Response(200, text.encode(), "text/xml; charset=utf-8")
        return self.single.answer(request) if service == _SINGLE else self.tickets.answer(request)
