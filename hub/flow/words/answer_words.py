"""What a person may answer to a problem, and what it costs, in Russian, Chinese and English."""

from __future__ import annotations

Wording = tuple[str, str, str]
"""Russian, Chinese, English."""

ANSWERS: dict[str, Wording] = {
    "use_suggestion": (
        "Отправить по адресу, как его пишет перевозчик",
        "按承运商给出的地址发货",
        "Ship to the address as the carrier writes it",
    ),
    "use_as_written": (
        "Отправить по адресу как есть (перевозчик в нём не уверен)",
        "按原地址发货（承运商无法确认）",
        "Ship to the address as it stands (the carrier is not sure of it)",
    ),
    "correct_address": (
        "Исправить адрес (что не указано, останется)",
        "更正地址（未填写的部分不变）",
        "Correct the address (what is not given stays)",
    ),
    "retry": ("Попробовать ещё раз", "重试", "Try again"),
    "other_carrier": (
        "Отправить другим перевозчиком (по его цене)",
        "改用其他承运商（按其价格）",
        "Ship with another carrier (at its price)",
    ),
    "correct_product": (
        "Исправить вес и размеры товара",
        "更正商品重量和尺寸",
        "Correct the product's weight and size",
    ),
    "accept_price": (
        "Согласиться с ценой (будет оплачена она)",
        "接受该价格（将按此付费）",
        "Accept the price (it will be paid)",
    ),
    "it_exists": (
        "Заказ существует: принять его (больше ничего не отправлять)",
        "订单存在：予以采用（不再发送）",
        "It exists: adopt it (nothing more is sent)",
    ),
    "it_does_not_exist": (
        "Заказа нет: отправить снова (если он всё же есть, будет оплачен дважды)",
        "订单不存在：重新发送（若其实存在，将重复付费）",
        "It does not exist: send it again (if it does exist, it is paid for twice)",
    ),
    "none_exists": (
        "Ни одного из них там нет: отправить все снова (что всё же есть, будет оплачено дважды)",
        "一个都不存在：全部重新发送（若其实存在，将重复付费）",
        "None of them is there: send all again (what is there after all is paid for twice)",
    ),
    "nothing_was_booked": (
        "Таких заказов нет: заказывать дальше (что всё же есть, будет оплачено дважды)",
        "没有这样的运单：继续下单（若其实存在，将重复付费）",
        "There are none: go on booking (what is there after all is paid for twice)",
    ),
    "something_was_booked": (
        "Такие заказы есть: решать по каждому отправлению отдельно",
        "有这样的运单：逐个货件处理",
        "There are some: decide about each posting",
    ),
    "shipped_by_hand": (
        "Оно отправлено без хаба: ничего не заказывать",
        "已自行发货：不再下单",
        "It was shipped without the hub: book nothing",
    ),
    "book_anyway": (
        "Всё равно заказать перевозку (она будет оплачена)",
        "仍然下单（将付费）",
        "Book it all the same (it is paid for)",
    ),
    "look_at_each": (
        "Решать по каждому отдельно",
        "逐个处理",
        "Decide about each of them",
    ),
    "cancel_posting": (
        "Отменить отправление (ухудшает показатели продавца, возможен штраф)",
        "取消货件（影响卖家指标，可能罚款）",
        "Cancel the posting (it counts against the seller and may be fined)",
    ),
    "give_document": (
        "Указать паспортные данные и ИНН получателя",
        "填写收件人的护照信息和税号",
        "Give the recipient's passport data and tax number",
    ),
    "without_document": (
        "Заказать перевозку без них (посылка ждёт перед таможней, пока покупатель не ответит перевозчику)",
        "先下单（买家回复承运商之前，包裹不能清关）",
        "Book without them (the parcel waits before customs until the buyer answers the carrier)",
    ),
    "dismiss": ("Закрыть без действий", "忽略", "Close without doing anything"),
}
