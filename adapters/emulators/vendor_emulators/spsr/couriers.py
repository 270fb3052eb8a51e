"""Courier calls and the addresses that they go to."""

from random import Random

from vendor_emulators.schedule import Schedule
from vendor_emulators.spsr import places
from vendor_emulators.spsr.documents import Answer, Question, Refused, add, answer
from vendor_emulators.spsr.invoices import Invoices
from vendor_emulators.spsr.model import MOSCOW, Address, CourierOrder, stamp

_NEEDED = ("NecesseryDate", "NecesseryTime", "FIO", "PlacesCount", "Weight", "SborAddr_ID")


class Couriers:
    """All calls and addresses of the client; one address is there from the start."""

    def __init__(self, schedule: Schedule, random: Random, invoices: Invoices) -> None:
        self._schedule = schedule
        self._random = random
        self._invoices = invoices
        self.orders: dict[str, CourierOrder] = {}
        first = {"Address": "ул. Примерная, 1", "FIO": "Иванов Иван", "PostCode": "101000", "City_ID": "992"}
        self.addresses: dict[str, Address] = {"1443433906": Address("1443433906", "11", "Москва", first)}
        self._next = 501

    def create(self, question: Question) -> Answer:
        """WACreateOrder."""
        asked = {str(name): str(value) for name, value in question.element("AddOrder").attrib.items()}
        if missing := [name for name in _NEEDED if not asked.get(name)]:
            raise Refused(1058, ", ".join(missing))
        if asked["NecesseryTime"] not in ("AM", "PM", "FM"):
            raise Refused(5, "AddOrder@NecesseryTime")
        address = self.addresses.get(asked["SborAddr_ID"])
        if address is None or address.owner_id != asked.get("SborAddr_Owner_ID"):
            raise Refused(1024)
        if asked["NecesseryDate"][:10] < self._schedule.now().astimezone(MOSCOW).date().isoformat():
            raise Refused(1025)
        key = str(self._next)
        self._next += 1
        order = CourierOrder(
            key,
            f"{self._random.randrange(10**7):07}",
            self._schedule.now(),
            asked,
            address.city,
            address.asked["Address"],
        )
        self.orders[key] = order
        root = answer(question.namespace)
        add(root, "AddOrder", {"OrderNum": order.number})
        return root

    def cancel(self, question: Question) -> Answer:
        """WACancelOrder."""
        order = self.orders.get(question.element("CancelOrder").get("Order_ID", ""))
        if order is None:
            raise Refused(1017)
        if not order.active:
            raise Refused(1018)
        order.state = "Отменён"
        root = answer(question.namespace)
        add(root, "CancelOrder", {"OrderNumber": order.number, "OrderState": order.state})
        return root

    def active(self, question: Question) -> Answer:
        """WAGetActiveOrders."""
        question.element("ActiveOrders")
        root = answer(question.namespace)
        listed = add(root, "Orders")
        for order in self.orders.values():
            if order.active:
                add(
                    listed,
                    "Order",
                    {
                        "Order_ID": order.id,
                        "Order_Owner_ID": "0",
                        "OrderNumber": order.number,
                        "OrderState": order.state,
                        "DateOfCreate": stamp(order.created_at),
                        "PlaningDT_To": order.asked["NecesseryDate"],
                        "FIO": order.asked["FIO"],
                        "CityName": order.city,
                        "Address": order.address,
                    },
                )
        return root

    def bind(self, question: Question) -> Answer:
        """WABindOrderToInvoice."""
        asked = question.element("Invoice")
        invoice = self._invoices.all.get(asked.get("InvoiceNumber", ""))
        order = self.orders.get(asked.get("Order_ID", ""))
        if invoice is None:
            raise Refused(1059)
        if order is None or not order.active:
            raise Refused(1017)
        invoice.courier_order = order.number
        return answer(question.namespace)

    def list_addresses(self, question: Question) -> Answer:
        """WAGetAddress."""
        question.element("AddrList")
        root = answer(question.namespace)
        listed = add(root, "AddrList")
        for address in self.addresses.values():
            names = ("Address", "PostCode", "FIO", "Organization", "Phone", "City_ID")
            add(
                listed,
                "Address",
                {
                    **{name: address.asked.get(name, "") for name in names},
                    "City_Owner_ID": address.asked.get("City_Owner_ID", "0"),
                    "SborAddr_ID": address.id,
                    "SborAddr_Owner_ID": address.owner_id,
                    "AddressType": "8",
                    "CityName": address.city,
                },
            )
        return root

    def add_address(self, question: Question) -> Answer:
        """WAAddAddress."""
        asked = {str(name): str(value) for name, value in question.element("AddAddr").attrib.items()}
        city = places.by_key(f"{asked.get('City_ID', '')}|{asked.get('City_Owner_ID', '0')}")
        if city is None:
            raise Refused(1009)
        if not asked.get("Address") or not asked.get("FIO"):
            raise Refused(1058)
        if any(one.asked.get("Address") == asked["Address"] and one.city == city.name
               for one in self.addresses.values()):  # fmt: skip
            raise Refused(1020)
        address = Address(str(1443433906 + self._next), "11", city.name, asked)
        self._next += 1
        self.addresses[address.id] = address
        root = answer(question.namespace)
        add(root, "AddAddr", {"SborAddr_ID": address.id, "SborAddr_Owner_ID": address.owner_id})
        return root

    def delete_address(self, question: Question) -> Answer:
        """WADelAddress."""
        key = question.element("DelAddr").get("SborAddr_ID", "")
        if self.addresses.pop(key, None) is None:
            raise Refused(1024)
        return answer(question.namespace)
