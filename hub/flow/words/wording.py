"""Sentences of the hub in Russian, Chinese and English, by code.

``{name}`` is a parameter; a part in square brackets falls away when a parameter in it is missing. What is
stored are codes and parameters (docs/adr/0005), so a wording may be mended for old entries too.
"""

from __future__ import annotations

from hub.flow.words.answer_words import ANSWERS, Wording

STAGES: dict[str, Wording] = {
    "new": ("новое", "新货件", "new"),
    "waiting": ("ожидает отгрузки", "待发货", "waiting"),
    "planned": ("упаковка спланирована", "已规划包装", "planned"),
    "packed": ("упаковано", "已打包", "packed"),
    "registering": ("регистрируется", "登记中", "registering"),
    "assembled": ("собрано", "已备货", "assembled"),
    "booked": ("перевозка заказана", "已下单", "booked"),
    "labelled": ("этикетка готова", "面单已出", "labelled"),
    "handed_over": ("передано перевозчику", "已交接", "handed over"),
    "in_transit": ("в пути", "运输中", "in transit"),
    "ready_for_pickup": ("ожидает получателя", "待取件", "ready for pickup"),
    "delivered": ("доставлено", "已送达", "delivered"),
    "cancelled": ("отменено", "已取消", "cancelled"),
    "returning": ("возвращается", "退回中", "returning"),
    "returned": ("возвращено", "已退回", "returned"),
    "lost": ("утеряно", "已丢失", "lost"),
}

HISTORY: dict[str, Wording] = {
    "posting.imported": (
        "Получено от маркетплейса[, статус {status}]",
        "已从平台获取[，状态 {status}]",
        "Received from the marketplace[, status {status}]",
    ),
    "posting.erased": (
        "Данные покупателя стёрты[, удалено файлов: {files}]",
        "已删除买家的个人数据[，删除文件 {files} 个]",
        "The buyer's data were erased[, files deleted: {files}]",
    ),
    "posting.changed": (
        "Изменено на маркетплейсе[: {status}][ / {substatus}][, этап «{stage}»]",
        "平台有变更[：{status}][ / {substatus}][，阶段“{stage}”]",
        "Changed at the marketplace[: {status}][ / {substatus}][, stage “{stage}”]",
    ),
    "posting.stage": (
        "Этап[: «{from}»] → «{to}»",
        "阶段[：“{from}”] → “{to}”",
        "Stage[: “{from}”] → “{to}”",
    ),
    "posting.corrected": (
        "Исправлено[: «{from}»][ → «{to}»][, причина: {reason}]",
        "已更正[：“{from}”][ → “{to}”][，原因：{reason}]",
        "Corrected[: “{from}”][ → “{to}”][, because: {reason}]",
    ),
    "posting.assembled": (
        "Сборка подтверждена маркетплейсом[: {numbers}]",
        "平台已确认备货[：{numbers}]",
        "The marketplace confirmed the assembly[: {numbers}]",
    ),
    "posting.cancel_requested": (
        "Запрошена отмена отправления на маркетплейсе[: {reason}]",
        "已申请在平台取消货件[：{reason}]",
        "Cancelling the posting at the marketplace was asked for[: {reason}]",
    ),
    "ship.kept": (
        "Заказ перевозки остаётся в силе",
        "运单保持不变",
        "The booking stays as it is",
    ),
    "posting.cancelled_by_us": (
        "Маркетплейс отменил отправление по просьбе продавца[: {reason}]",
        "平台已按卖家申请取消货件[：{reason}]",
        "The marketplace cancelled the posting as the seller asked[: {reason}]",
    ),
    "posting.assembly_failed": (
        "Маркетплейс не подтвердил сборку[: {reason}]",
        "平台未确认备货[：{reason}]",
        "The marketplace did not confirm the assembly[: {reason}]",
    ),
    "parcels.planned": (
        "Упаковка спланирована[, мест: {parcels}][, {weight_g} г]",
        "已规划包装[，共 {parcels} 件][，{weight_g} 克]",
        "Packing planned[, parcels: {parcels}][, {weight_g} g]",
    ),
    "quotes.asked": (
        "Запрошены цены[: предложений {offers}][, без ответа: {missing}]",
        "已询价[：{offers} 个报价][，无报价：{missing}]",
        "Prices asked[: {offers} offers][, no offer from: {missing}]",
    ),
    "carrier.chosen": (
        "Выбран {carrier}[, {service}][, {price} {currency}][, дней: {days}][ — {reason}]",
        "已选择 {carrier}[，{service}][，{price} {currency}][，{days} 天][——{reason}]",
        "{carrier} chosen[, {service}][, {price} {currency}][, days: {days}][ — {reason}]",
    ),
    "shipment.booking": (
        "Перевозка заказывается[ у {carrier}][, ссылка {reference}]",
        "正在[向 {carrier} ]下单[，参考号 {reference}]",
        "Booking[ with {carrier}][, reference {reference}]",
    ),
    "shipment.accepted": (
        "Перевозчик принял заказ и проверяет его[, {carrier_id}]",
        "承运商已受理，正在核验[，{carrier_id}]",
        "The carrier took the order in and is checking it[, {carrier_id}]",
    ),
    "shipment.booked": (
        "Перевозка заказана[ у {carrier}][, трек-номер {tracking_number}][, {price}]",
        "已[向 {carrier} ]下单[，物流单号 {tracking_number}][，{price}]",
        "Booked[ with {carrier}][, tracking number {tracking_number}][, {price}]",
    ),
    "shipment.refused": (
        "Перевозчик отказал[: {reason}]",
        "承运商拒绝[：{reason}]",
        "The carrier refused[: {reason}]",
    ),
    "shipment.unknown": (
        "Нет ясного ответа от перевозчика; хаб проверяет, прежде чем что-либо отправить снова",
        "承运商没有明确答复；再次发送之前先核查",
        "No clear answer from the carrier; the hub looks it up before anything is sent again",
    ),
    "shipment.cancel_requested": (
        "Запрошена отмена перевозки[: {reason}]",
        "已申请取消运单[：{reason}]",
        "Cancelling asked for[: {reason}]",
    ),
    "shipment.cancelled": (
        "Перевозка отменена[, стоимость {cost}]",
        "运单已取消[，费用 {cost}]",
        "Shipment cancelled[, cost {cost}]",
    ),
    "shipment.charged": (
        "Перевозчик выставил {charged}[ при согласованных {committed}]",
        "承运商收费 {charged}[，约定 {committed}]",
        "The carrier charged {charged}[, agreed {committed}]",
    ),
    "shipment.changed": (
        "Перевозчик изменил заказ[: {note}]",
        "承运商更改了订单[：{note}]",
        "The carrier changed the order[: {note}]",
    ),
    "label.requested": ("Этикетка запрошена", "已请求面单", "Label asked for"),
    "label.ready": (
        "Этикетка готова[, штрихкод {codes}][; страниц с чужим штрихкодом, которые не печатаются: {left}]",
        "面单已就绪[，条码 {codes}][；含其他包裹条码、不予打印的页数：{left}]",
        "Label ready[, barcode {codes}][; pages with another parcel's code, not printed: {left}]",
    ),
    "label.refused": (
        "Этикетка отклонена[: {reason}]",
        "面单被拒绝[：{reason}]",
        "Label refused[: {reason}]",
    ),
    "label.printed": ("Этикетка выдана на печать", "面单已交付打印", "Label given out for printing"),
    "slip.printed": ("Упаковочный лист выдан", "装箱单已交付", "Packing slip given out"),
    "tracking.reported": (
        "Трек-номер {tracking_number} передан маркетплейсу",
        "物流单号 {tracking_number} 已上传平台",
        "Tracking number {tracking_number} given to the marketplace",
    ),
    "status.reported": (
        "Маркетплейсу сообщено: «{stage}»",
        "已通知平台：“{stage}”",
        "The marketplace was told: “{stage}”",
    ),
    "report.refused": (
        "Маркетплейс не принял[: {what}][, причина: {reason}]",
        "平台未接受[：{what}][，原因：{reason}]",
        "The marketplace did not take it[: {what}][, because: {reason}]",
    ),
    "handover.declared": (
        "Передача оформлена[, {handover}]",
        "已登记交接[，{handover}]",
        "Hand-over declared[, {handover}]",
    ),
    "tracking.event": (
        "Отслеживание: {kind}[, {place}][ ({code})]",
        "物流轨迹：{kind}[，{place}][（{code}）]",
        "Tracking: {kind}[, {place}][ ({code})]",
    ),
    "tracking.unread": (
        "Отслеживание: {count} событий не удалось прочитать и пропущены[ ({events})]: {reason}",
        "物流轨迹：{count} 条事件无法读取，已略过[（{events}）]：{reason}",
        "Tracking: {count} events could not be read and were left out[ ({events})]: {reason}",
    ),
    "problem.found": ("Проблема: {kind}", "发现问题：{kind}", "Problem: {kind}"),
    "problem.answered": (
        "Ответ на проблему «{kind}»: {answer}",
        "问题“{kind}”的答复：{answer}",
        "Problem “{kind}” answered: {answer}",
    ),
    "operation.resolved": (
        "Человек выяснил, чем кончилось «{kind}»: {answer}[; {note}]",
        "人工确认“{kind}”的结果：{answer}[；{note}]",
        "A person found out what became of the {kind}: {answer}[; {note}]",
    ),
    "shipment.gone": (
        "После восстановления из копии: у перевозчика[ {carrier}] заказа больше нет[, {tracking_number}]",
        "从备份恢复后：承运商[ {carrier} ]处已无此运单[，{tracking_number}]",
        "After a restore: the carrier[ {carrier}] has this booking no more[, {tracking_number}]",
    ),
    "ship.ordered": (
        "Приказано отправить[, {carrier}][, {service}]",
        "已要求发货[，{carrier}][，{service}]",
        "Shipping ordered[, {carrier}][, {service}]",
    ),
}

PROBLEMS: dict[str, Wording] = {
    "decode_failed": (
        "Отправление[ {number}] не удалось прочитать[: {reason}]; оно сохранено как пришло",
        "无法读取货件[ {number}][：{reason}]；已按原样保存",
        "The posting[ {number}] cannot be read[: {reason}]; it is kept as it came",
    ),
    "no_weight": (
        "В каталоге нет веса или размеров[: {items}]",
        "商品目录缺少重量或尺寸[：{items}]",
        "The catalogue has no weight or size[: {items}]",
    ),
    "no_quotes": (
        "Ни один перевозчик не предложил цену[: {missing}]",
        "没有承运商报价[：{missing}]",
        "No carrier made an offer[: {missing}]",
    ),
    "carrier_refused": (
        "Перевозчик[ {carrier}] отказал[: {reason}]",
        "承运商[ {carrier} ]拒绝[：{reason}]",
        "The carrier[ {carrier}] refused[: {reason}]",
    ),
    "address_unclear": (
        "Перевозчик[ {carrier}] не уверен в адресе покупателя[: {doubts}][: {reason}]",
        "承运商[ {carrier} ]无法确认买家地址[：{doubts}][：{reason}]",
        "The carrier[ {carrier}] is not sure of the buyer's address[: {doubts}][: {reason}]",
    ),
    "operation_unknown": (
        "Неизвестно, выполнена ли операция[ «{kind}»]; проверьте у перевозчика или маркетплейса",
        "无法确认操作[“{kind}”]是否完成；请在承运商或平台处核实",
        "It is not known whether this was done[: {kind}]; look at the carrier or the marketplace",
    ),
    "outage_unknown": (
        "{carrier}, аккаунт «{account}»: заказов без ясного ответа: {count}, с {since}; перевозчика нельзя "
        "спросить. Посмотрите в его кабинете[: {numbers}]",
        "{carrier}，账户“{account}”：自 {since} 起有 {count} 个下单没有明确答复，且无法向承运商查询。"
        "请在其后台查看[：{numbers}]",
        "{carrier}, account {account}: bookings without a clear answer since {since}: {count}, and the "
        "carrier cannot be asked. Look in its cabinet[: {numbers}]",
    ),
    "handover_untold": (
        "{carrier}, аккаунт «{account}»: перевозчик ещё не знает о сдаче посылок[, всего {parcels}]: "
        "{reason}. Хаб пробует снова; без этого посылки могут не принять",
        "{carrier}，账户“{account}”：承运商尚未获知交接[，共 {parcels} 件]：{reason}。"
        "hub 会继续尝试；否则包裹可能被拒收",
        "{carrier}, account {account}: the carrier has not been told of the hand-over[ of {parcels} "
        "parcels]: {reason}. It is tried again; without it the parcels may not be taken",
    ),
    "booked_elsewhere": (
        "{carrier}, аккаунт «{account}»: база хаба новая или возвращена из копии, а перевозчика нельзя "
        "спросить. Есть ли в его кабинете заказы на отправления, поступившие до {until}, о которых хаб не "
        "знает? Ждут ответа: {count}[: {numbers}]",
        "{carrier}，账户“{account}”：hub 的数据库是新建的或由副本恢复，且无法向承运商查询。对于 {until} "
        "之前下单的货件，其后台是否有 hub 不知道的运单？等待答复的货件：{count} 个[：{numbers}]",
        "{carrier}, account {account}: the hub's database is new, or was put back from a copy, and the "
        "carrier cannot be asked. Does its cabinet have orders, for postings of before {until}, that the "
        "hub does not know? Postings that wait for the answer: {count}[: {numbers}]",
    ),
    "tracked_elsewhere": (
        "Маркетплейс показывает трек-номер {tracking_number}, которого хаб не заказывал: похоже, отправление "
        "уже отправили иначе",
        "平台显示物流单号 {tracking_number}，并非 hub 下单：该货件可能已用其他方式发出",
        "The marketplace shows the tracking number {tracking_number}, which the hub did not book: "
        "somebody seems to have shipped it already",
    ),
    "assembly_refused": (
        "Маркетплейс не принял сборку[: {reason}]",
        "平台拒绝备货[：{reason}]",
        "The marketplace refused the assembly[: {reason}]",
    ),
    "assembly_failed": (
        "Маркетплейс принял сборку и отменил её[: {reason}]",
        "平台受理备货后又撤销[：{reason}]",
        "The marketplace took the assembly in and dropped it[: {reason}]",
    ),
    "report_refused": (
        "Маркетплейс не принял данные[: {what}][, причина: {reason}]",
        "平台未接受上传[：{what}][，原因：{reason}]",
        "The marketplace did not take what it was told[: {what}][, because: {reason}]",
    ),
    "label_mismatch": (
        "На этикетке чужой штрихкод[: {codes}]; она не будет напечатана",
        "面单条码不属于该货件[：{codes}]；不予打印",
        "The label shows a barcode of another parcel[: {codes}]; it will not be printed",
    ),
    "label_failed": (
        "Этикетку получить не удалось[: {reason}]",
        "无法取得面单[：{reason}]",
        "The label could not be had[: {reason}]",
    ),
    "price_above_cap": (
        "Перевозчик просит {price}[ вместо предложенных {quoted}]",
        "承运商要价 {price}[，报价为 {quoted}]",
        "The carrier asks {price}[ instead of the quoted {quoted}]",
    ),
    "charge_differs": (
        "Перевозчик выставил {charged} вместо {committed}",
        "承运商收费 {charged}，约定为 {committed}",
        "The carrier charged {charged} instead of {committed}",
    ),
    "late_risk": (
        "Срок отгрузки близко[: {ship_by}]",
        "发货截止时间临近[：{ship_by}]",
        "The deadline is near[: {ship_by}]",
    ),
    "buyer_cancelled_after_booking": (
        "Покупатель отменил заказ после оформления перевозки; хаб отменяет перевозку",
        "买家在下单后取消；正在取消运单",
        "The buyer cancelled after the booking; the hub cancels the shipment",
    ),
    "cancel_refused": (
        "Отмена не принята[: {reason}]",
        "取消被拒绝[：{reason}]",
        "The cancel was refused[: {reason}]",
    ),
    "lost": (
        "Перевозчик считает посылку утерянной",
        "承运商称包裹已丢失",
        "The carrier says that the parcel is lost",
    ),
    "returning": (
        "Посылка возвращается[: {reason}]",
        "包裹正在退回[：{reason}]",
        "The parcel comes back[: {reason}]",
    ),
    "booked_twice": (
        "У перевозчика {carrier} есть ещё один заказ под номером {reference}: {extra}; отмените лишний",
        "承运商 {carrier} 处还有同一参考号 {reference} 的运单：{extra}；请取消多余的运单",
        "{carrier} has another live order under {reference}: {extra}; cancel the one that is too many",
    ),
    "booking_gone": (
        "Заказа {tracking_number} у перевозчика {carrier} больше нет: его отменили после резервной копии",
        "承运商 {carrier} 处已无运单 {tracking_number}：备份之后已被取消",
        "{carrier} has no booking {tracking_number} any more: it was cancelled after the backup was made",
    ),
    "booking_unverified": (
        "Хаб не смог удостовериться у {carrier} в заказе {tracking_number}[ и считает его {standing}]: "
        "проверьте заказ и его трек-номер в кабинете",
        "hub 无法向承运商 {carrier} 核实运单 {tracking_number}[，暂视为{standing}]："
        "请在其后台查看运单及物流单号",
        "The hub could not make sure of the booking {tracking_number} with {carrier}[, and takes it for "
        "{standing}]: look for the order and its tracking number in the cabinet",
    ),
    "work_stopped": (
        "Работа[ аккаунта «{account}»] остановлена после многих попыток[: {reason}]",
        "[账户“{account}”的]处理在多次尝试后已停止[：{reason}]",
        "The work[ of the account {account}] stopped after many tries[: {reason}]",
    ),
    "unknown_status": (
        "Неизвестный статус маркетплейса[: {status}][ / {substatus}]; этап не изменён",
        "未知的平台状态[：{status}][ / {substatus}]；阶段未变",
        "Unknown status of the marketplace[: {status}][ / {substatus}]; the stage stays",
    ),
    "recipient_document": (
        "Перевозчику[ {carrier}] для таможни нужны паспортные данные и ИНН получателя",
        "承运商[ {carrier} ]清关需要收件人的护照信息和税号（INN）",
        "The carrier[ {carrier}] needs the recipient's passport data and tax number (INN) for customs",
    ),
    "customs_waits": (
        "У перевозчика[ {carrier}] нет паспортных данных получателя[ посылки {tracking_number}]: без них "
        "она не пройдёт таможню; попросите покупателя ответить на запрос перевозчика",
        "承运商[ {carrier} ]尚无[包裹 {tracking_number} ]收件人的护照信息：没有它包裹无法清关；"
        "请让买家回复承运商的请求",
        "The carrier[ {carrier}] has no passport data of the recipient[ of parcel {tracking_number}]: it "
        "does not pass customs without; ask the buyer to answer the carrier's request",
    ),
    "buyer_papers": (
        "Маркетплейс ждёт паспортные данные покупателя; хаб продолжит сам, когда они появятся",
        "平台在等买家的护照信息；收到后 hub 会自动继续",
        "The marketplace waits for the buyer's passport data; the hub goes on by itself once they are there",
    ),
    "no_sender": (
        "Не указан отправитель: заполните данные продавца",
        "未设置发件人：请填写卖家信息",
        "There is no sender: complete the seller's data",
    ),
}

DOUBTS: dict[str, Wording] = {
    "region": ("не ясен регион", "地区不明确", "the region is unclear"),
    "city": ("не ясен населённый пункт", "城市不明确", "the town is unclear"),
    "postal_code": (
        "индекс относится к другому месту, не к указанному",
        "邮编属于其他地方，与所写地址不符",
        "the postcode belongs to another place than the one written",
    ),
    "street": ("не ясна улица", "街道不明确", "the street is unclear"),
    "house": ("не ясен номер дома", "门牌号不明确", "the house number is unclear"),
    "foreign": ("адрес в другой стране", "属于另一个国家", "it is in another country"),
    "unread": ("часть адреса не разобрана", "部分内容无法识别", "parts of it were not understood"),
    "assumed": ("часть адреса пришлось угадать", "部分内容系推测", "part of it had to be guessed"),
    "ambiguous": ("он подходит к нескольким местам", "对应多个地点", "it fits several places"),
    "incomplete": ("не хватает главного", "缺少主要部分", "main parts are missing"),
    "unknown": ("такого адреса нет в справочнике", "地址库中没有该地址", "it is not in the directory"),
    "nothing": ("адрес не удалось разобрать", "地址完全无法识别", "nothing of it was understood"),
}
"""What a carrier doubts in an address: `hub.models.CleanedAddress.doubts`."""

EVENTS: dict[str, Wording] = {
    "registered": ("заказ создан", "订单已创建", "registered"),
    "accepted": ("принято перевозчиком", "承运商已揽收", "accepted by the carrier"),
    "moved": ("в пути", "运输中", "on its way"),
    "customs": ("на таможне", "清关中", "at the customs"),
    "out_for_delivery": ("у курьера", "派送中", "out for delivery"),
    "attempt_failed": ("не удалось вручить", "派送失败", "delivery failed"),
    "ready": ("ожидает получателя", "待取件", "ready for pickup"),
    "handed_over": ("вручено", "已签收", "handed to the buyer"),
    "returning": ("возвращается", "退回中", "coming back"),
    "returned": ("возвращено", "已退回", "returned"),
    "lost": ("утеряно", "已丢失", "lost"),
    "cancelled": ("отменено", "已取消", "cancelled"),
    "info": ("сведения", "信息", "information"),
}

STANDINGS: dict[str, Wording] = {
    "live": ("действующим", "有效", "a live one"),
    "cancelled": ("отменённым", "已取消", "cancelled"),
}

REPORTS: dict[str, Wording] = {
    "tracking": ("трек-номер", "物流单号", "tracking number"),
    "set_tracking": ("трек-номер", "物流单号", "tracking number"),
    "assemble": ("сборка", "备货", "assembly"),
    "handover": ("передача", "交接", "hand-over"),
    "book": ("заказ перевозки", "下单", "booking"),
    "cancel": ("отмена", "取消", "cancel"),
    "report": ("статус", "状态上报", "status"),
}

NOTES: dict[str, Wording] = {
    "calls_today": (
        "сегодня использовано вызовов: {used} из {allowed}",
        "今日已用 {used} 次调用，共 {allowed} 次",
        "{used} of the {allowed} calls of today are used",
    ),
    "calls_used_up": (
        "сегодняшние вызовы исчерпаны: {used} из {allowed}; новые появятся в полночь у перевозчика",
        "今日调用次数已用尽：{used}/{allowed}；承运商当地零点后恢复",
        "the calls of today are used up, {used} of {allowed}: there are new ones after the vendor's midnight",
    ),
    "expires_soon": (
        "Ключ действует ещё {days} дн. (до {date}): создайте новый и повторите 'hub account add'",
        "密钥还有 {days} 天到期（{date}）：请新建密钥并再次运行 'hub account add'",
        "The key expires in {days} days ({date}): make a new one and run 'hub account add' again",
    ),
    "expired": (
        "Срок действия ключа истёк {date}: создайте новый и повторите 'hub account add'",
        "密钥已于 {date} 过期：请新建密钥并再次运行 'hub account add'",
        "The key expired on {date}: make a new one and run 'hub account add' again",
    ),
}

__all__ = ["ANSWERS", "DOUBTS", "EVENTS", "HISTORY", "NOTES", "PROBLEMS", "REPORTS", "STAGES", "Wording"]
