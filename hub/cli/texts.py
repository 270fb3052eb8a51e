"""What a seller reads on the command line, in English, Russian and Chinese.

Help texts are English only. A word that is missing here is shown as it is.
"""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    # English: (Russian, Chinese)
    "account": ("аккаунт", "账户"),
    "accounts": ("аккаунты", "账户"),
    "added": ("добавлено", "新增"),
    "amount": ("сумма", "金额"),
    "answer": ("ответ", "答复"),
    "answers": ("варианты ответа", "可选答复"),
    "carrier": ("перевозчик", "承运商"),
    "changed": ("изменено", "已更新"),
    "checked": ("проверен", "检查时间"),
    "chosen": ("выбрано", "已选"),
    "city": ("город", "城市"),
    "days": ("дней", "天数"),
    "due at": ("когда", "执行时间"),
    "deadline": ("срок", "截止时间"),
    "detail": ("подробности", "详情"),
    "document": ("документ", "文件"),
    "documents": ("документы", "文件"),
    "error": ("ошибка", "错误"),
    "expires": ("действует до", "到期时间"),
    "flow": ("схема доставки", "流程"),
    "group": ("группа", "组"),
    "history": ("история", "历史记录"),
    "id": ("номер", "编号"),
    "in time": ("в срок", "准时"),
    "items": ("товары", "商品"),
    "kind": ("вид", "类型"),
    "line": ("строка", "行"),
    "name": ("название", "名称"),
    "new": ("новые", "新"),
    "no": ("нет", "否"),
    "note": ("примечание", "备注"),
    "operations": ("операции", "操作"),
    "pages": ("страницы", "页"),
    "place": ("место", "位置"),
    "plugin": ("плагин", "插件"),
    "plugins": ("плагины", "插件"),
    "posting": ("отправление", "货件"),
    "postings": ("отправления", "货件"),
    "price": ("цена", "价格"),
    "problem": ("проблема", "问题"),
    "problems": ("проблемы", "问题"),
    "quantity": ("кол-во", "数量"),
    "quotes": ("предложения", "报价"),
    "ready": ("готово", "就绪"),
    "reason": ("причина", "原因"),
    "recipient": ("получатель", "收件人"),
    "reference": ("ссылка", "参考号"),
    "carrier's number": ("номер перевозчика", "承运商单号"),
    "scheme": ("схема", "模式"),
    "seen": ("просмотрено", "已读取"),
    "seller": ("продавец", "卖家"),
    "service": ("услуга", "服务"),
    "ship by": ("отгрузить до", "发货截止"),
    "shipment": ("перевозка", "运单"),
    "sku": ("SKU", "SKU"),
    "stage": ("этап", "阶段"),
    "state": ("состояние", "状态"),
    "status": ("статус", "状态"),
    "time": ("время", "时间"),
    "title": ("название", "标题"),
    "to": ("куда", "送达"),
    "tracking": ("отслеживание", "物流轨迹"),
    "tracking number": ("трек-номер", "物流单号"),
    "tries": ("попытки", "尝试"),
    "unchanged": ("без изменений", "未变"),
    "version": ("версия", "版本"),
    "weight": ("вес", "重量"),
    "worker": ("обработчик", "后台进程"),
    "who": ("кто", "操作人"),
    "what": ("что", "内容"),
    "what to do": ("что делать", "处理办法"),
    "yes": ("да", "是"),
    # sentences
    "No incidents.": ("Происшествий нет.", "没有事故。"),
    "until {deadline}": ("до {deadline}", "截止 {deadline}"),
    "at stake: {amount}": ("на кону: {amount}", "涉及金额：{amount}"),
    "sent {sends} times, last change {time}": (
        "отправлено раз: {sends}, последнее изменение {time}",
        "已发送 {sends} 次，最后变更 {time}",
    ),
    "it may be paid for twice": ("возможна двойная оплата", "可能重复付费"),
    "Do it?": ("Выполнить?", "确定执行？"),
    "Nothing waits, and nothing was given up.": ("Очередь пуста.", "队列为空。"),
    "the worker went silent": ("обработчик пропал", "后台进程失联"),
    "Nothing here.": ("Здесь пусто.", "这里没有内容。"),
    "No open problems.": ("Открытых проблем нет.", "没有未解决的问题。"),
    "Written: {path}": ("Записано: {path}", "已写入：{path}"),
    "No label is ready yet; run the same command again in a minute.": (
        "Ни одна этикетка ещё не готова; повторите команду через минуту.",
        "面单尚未就绪；请一分钟后再次运行同一命令。",
    ),
    "Nothing was ready to hand over.": ("Нечего передавать.", "没有可交接的货件。"),
    "More: add --cursor {cursor}": ("Дальше: --cursor {cursor}", "更多：--cursor {cursor}"),
    "Shipping": ("Оформление", "正在下单"),
    "Waiting for labels": ("Ожидание этикеток", "正在等待面单"),
    "fixed by the marketplace: {provider}": (
        "выбирает маркетплейс: {provider}",
        "由平台指定：{provider}",
    ),
}
_CODES: dict[str, tuple[str, str]] = {
    "accepted": ("принято", "已受理"),
    "already": ("уже заказано", "已下单"),
    "answered": ("отвечено", "已答复"),
    "bad": ("не работает", "不可用"),
    "booked": ("оформлено", "已下单"),
    "booking": ("оформляется", "下单中"),
    "cancelled": ("отменено", "已取消"),
    "cancelling": ("отменяется", "取消中"),
    "checking": ("проверяется у перевозчика", "向承运商核对中"),
    "closed": ("закрыто", "已关闭"),
    "confirmed": ("подтверждено", "已确认"),
    "dead": ("оставлено", "已放弃"),
    "door": ("до двери", "送货上门"),
    "due": ("пора", "到期"),
    "failed": ("не удалось", "失败"),
    "good": ("работает", "正常"),
    "human": ("ждёт человека", "待人工处理"),
    "locker": ("постамат", "快递柜"),
    "ok": ("в порядке", "正常"),
    "open": ("открыто", "未解决"),
    "parked": ("отложено", "已搁置"),
    "pending": ("ожидает", "处理中"),
    "point": ("пункт выдачи", "自提点"),
    "problem": ("проблема", "问题"),
    "queued": ("в очереди", "已排队"),
    "ready": ("готово", "就绪"),
    "refused": ("отказ", "被拒绝"),
    "rejected": ("отклонено", "被拒绝"),
    "requested": ("запрошено", "已请求"),
    "running": ("выполняется", "执行中"),
    "sending": ("отправляется", "发送中"),
    "superseded": ("заменено", "已被替换"),
    "unchecked": ("не проверен", "未检查"),
    "unknown": ("неизвестно", "未知"),
    "waiting": ("ожидание", "等待"),
    "warning": ("внимание", "注意"),
}
_COLUMN = {"ru": 0, "zh": 1}


def text(key: str, language: str, **values: str) -> str:
    """``key`` in the seller's language, with its values filled in."""
    column = _COLUMN.get(language)
    known = _WORDS.get(key)
    words = key if column is None or known is None else known[column]
    return words.format(**values) if values else words


def code_text(code: str, language: str) -> str:
    """A state or another code of ours in the language; in English it is the code itself."""
    column = _COLUMN.get(language)
    known = _CODES.get(code)
    return code if column is None or known is None else known[column]
