"""What each answer to an incident does, in Russian, Chinese and English: said before it is done."""

from __future__ import annotations

from hub.flow.words.wording import Wording

DEAD_WORK: Wording = (
    "Работа «{kind}» оставлена после многих попыток[: {reason}]",
    "任务“{kind}”多次尝试后已放弃[：{reason}]",
    "The work {kind} was given up after many tries[: {reason}]",
)
HANDOVER: Wording = (
    "Неизвестно, оформлена ли передача у маркетплейса; отправлений в ней: {count}. Посмотрите в кабинете: "
    "если её нет, 'hub handover' оформит её снова; если есть, закройте проблемы отправлений",
    "无法确认平台交接是否完成；含货件 {count} 个。请在后台核实：若没有，用 'hub handover' 重新办理；若有，"
    "请关闭各货件的问题",
    "It is not known whether the marketplace has this hand-over of {count} postings. Look in its cabinet: if "
    "it is not there, 'hub handover' makes it again; if it is, close the problems of the postings",
)

EFFECTS: dict[str, Wording] = {
    # problem kind (for an unknown outcome: the operation's), then the answer, then what protects a booking
    "book it_exists": (
        "Хаб принимает заказ {reference} у {carrier}: снова ничего не отправляется, он оплачивается один "
        "раз[: {price}]",
        "hub 采用 {carrier} 处的订单 {reference}：不再发送，只付费一次[：{price}]",
        "The hub takes over the order {reference} at {carrier}: nothing is sent again, and it is paid for "
        "once[: {price}]",
    ),
    "book it_does_not_exist": (
        "Хаб отправит заказ {reference} перевозчику {carrier} ещё раз. Если заказ там всё же есть, он будет "
        "оплачен дважды[: ещё {price}]",
        "hub 会向 {carrier} 再次发送订单 {reference}。若其实已存在，将重复付费[：再付 {price}]",
        "The hub sends the order {reference} to {carrier} once more. If it is there after all, it is paid "
        "for twice[: another {price}]",
    ),
    "book it_does_not_exist unique_ref": (
        "Хаб отправит заказ {reference} ещё раз; {carrier} не принимает повторный номер, поэтому двух "
        "заказов не будет[; цена {price}]",
        "hub 会再次发送订单 {reference}；{carrier} 拒绝重复的参考号，不会出现两单[；价格 {price}]",
        "The hub sends the order {reference} once more; {carrier} refuses a number that it knows, so there "
        "are never two[; the price is {price}]",
    ),
    "book it_does_not_exist key": (
        "Хаб отправит заказ {reference} ещё раз с тем же ключом; для {carrier} это тот же заказ, второй раз "
        "он не оплачивается[; цена {price}]",
        "hub 会用同一幂等键再次发送订单 {reference}；{carrier} 视为同一订单，不会重复付费[；价格 {price}]",
        "The hub sends the order {reference} once more with the same key; to {carrier} it is the same order, "
        "and it is paid for once[; the price is {price}]",
    ),
    "outage_unknown none_exists": (
        "Хаб отправит все эти заказы ({count}) ещё раз. Что там всё же есть, будет оплачено дважды"
        "[: {price}]",
        "hub 会把这 {count} 个订单全部重新发送。其中已存在的将重复付费[：{price}]",
        "The hub sends all {count} of these bookings once more. What is there after all is paid for twice"
        "[: {price}]",
    ),
    "outage_unknown look_at_each": (
        "Ничего не отправляется: о каждом заказе ({count}) хаб спросит отдельно",
        "暂不发送：hub 会就这 {count} 个订单逐个询问",
        "Nothing is sent: the hub asks about each of the {count} bookings by itself",
    ),
    "handover_untold dismiss": (
        "Хаб всё равно продолжит попытки; посылки пока не сдавайте",
        "hub 仍会继续尝试；请暂缓交寄",
        "The hub goes on trying all the same; do not bring the parcels yet",
    ),
    "booked_elsewhere nothing_was_booked": (
        "Хаб закажет перевозку всех, кто ждёт ({count}), и следующих. Что там всё же есть, будет оплачено "
        "дважды[: {price}]",
        "hub 会为等待的 {count} 个货件及后续货件下单。其中已存在的将重复付费[：{price}]",
        "The hub books all {count} that wait, and those that come. What is there after all is paid for twice"
        "[: {price}]",
    ),
    "booked_elsewhere something_was_booked": (
        "Ничего не заказывается: о каждом отправлении ({count}) и о следующих, поступивших до {until}, хаб "
        "спросит отдельно",
        "暂不下单：对这 {count} 个货件以及 {until} 之前的其他货件，hub 会逐个询问",
        "Nothing is booked: the hub asks about each of the {count} postings, and about later ones of before "
        "{until}, by itself",
    ),
    "tracked_elsewhere shipped_by_hand": (
        "Хаб ничего не заказывает; прикажете отправить, спросит снова",
        "hub 不下单；再次下达发货指令时会重新询问",
        "The hub books nothing; ordered to ship it once more, it asks again",
    ),
    "tracked_elsewhere book_anyway": (
        "Хаб закажет перевозку, и она будет оплачена; трек-номер {tracking_number} на маркетплейсе он "
        "заменит",
        "hub 会下单并付费，并替换平台上的物流单号 {tracking_number}",
        "The hub books, and that is paid for; it replaces the tracking number {tracking_number} at the "
        "marketplace",
    ),
    "assemble it_exists": (
        "Хаб считает сборку принятой и прочитает её у маркетплейса",
        "hub 视备货为已受理，并向平台读取结果",
        "The hub takes the assembly for done, and reads it back from the marketplace",
    ),
    "assemble it_does_not_exist": (
        "Хаб сообщит о сборке ещё раз; уже собранное второй раз не собирается",
        "hub 会再次通报备货；已备货的不会重复备货",
        "The hub tells of the assembly once more; what is assembled already is not assembled twice",
    ),
    "booked_twice dismiss": (
        "Сначала отмените у {carrier} лишний заказ[ {extra}], иначе оплачиваются оба; потом закройте",
        "请先在 {carrier} 处取消多余的运单[ {extra}]，否则两单都要付费；然后再关闭",
        "First cancel at {carrier} the order that is too many[, {extra}], or both are paid for; then close "
        "this",
    ),
    "cancel_refused retry": (
        "Хаб отменит ещё раз, прочитав сначала состояние у перевозчика",
        "hub 会先读取承运商状态，再次取消",
        "The hub tries the cancel again, after it has read the state",
    ),
    "cancel_refused dismiss": (
        "Заказ перевозки остаётся и оплачивается[: {price}]",
        "运单保留并需付费[：{price}]",
        "The booking stays, and is paid for[: {price}]",
    ),
    "price_above_cap accept_price": (
        "Оплачивается цена перевозчика[: {price}]",
        "按承运商价格付费[：{price}]",
        "The carrier's price is paid[: {price}]",
    ),
    "price_above_cap other_carrier": (
        "Хаб отменит этот заказ и закажет у другого; отмена может стоить денег",
        "hub 会取消该订单并改用其他承运商；取消可能收费",
        "The hub cancels this order and books with the other carrier; the cancel may cost money",
    ),
    "report_refused retry": (
        "Хаб сообщит маркетплейсу ещё раз; сказанное дважды делается один раз",
        "hub 会再次通知平台；重复通知只生效一次",
        "The hub tells the marketplace once more; said twice, it is done once",
    ),
    "report_refused dismiss": (
        "Хаб больше не сообщает: внесите это в кабинете до срока, иначе возможен штраф",
        "hub 不再通知：请在截止时间前于平台后台自行填写，否则可能罚款",
        "The hub tells it no more: enter it in the cabinet before the deadline, or a fine may follow",
    ),
    "booking_gone retry": (
        "Хаб закажет перевозку заново, и она будет оплачена",
        "hub 会重新下单并付费",
        "The hub books again, and that is paid for",
    ),
    "booking_gone dismiss": (
        "Отправление остаётся без перевозки, пока его не прикажут отправить",
        "在再次下达发货指令之前，该货件没有运单",
        "The posting stays without a booking until somebody orders it to be shipped",
    ),
    "booking_unverified dismiss": (
        "Хаб продолжает так, как сказано: сначала найдите заказ в кабинете {carrier}",
        "hub 将按上述状态继续：请先在 {carrier} 的后台确认",
        "The hub goes on as it says here: first look for the order in the cabinet of {carrier}",
    ),
    "work_stopped retry": (
        "Хаб продолжит с того места, где остановился",
        "hub 从中断处继续",
        "The hub goes on where it stopped",
    ),
    "work_stopped dismiss": (
        "Само больше ничего не произойдёт: доделайте вручную",
        "之后不再自动处理：请手动完成",
        "Nothing more happens by itself: do the rest by hand",
    ),
}
