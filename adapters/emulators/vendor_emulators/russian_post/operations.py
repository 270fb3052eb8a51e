"""Names of operations (RTM02), and Otpravka's words for them."""

TYPES = {
    1: ("Прием", "ACCEPTING"),
    2: ("Вручение", "GIVING"),
    3: ("Возврат", "RETURNING"),
    4: ("Досылка почты", "DELIVERING"),
    5: ("Невручение", "SKIPPING"),
    6: ("Хранение", "STORING"),
    7: ("Временное хранение", "HOLDING"),
    8: ("Обработка", "PROCESSING"),
    9: ("Импорт международной почты", "IMPORTING"),
    10: ("Экспорт международной почты", "EXPORTING"),
    11: ("Прием на таможню", "CUSTOM_ACCEPTING"),
    12: ("Неудачная попытка вручения", "TRYING"),
    14: ("Таможенное оформление", "CUSTOM_LEGALIZING"),
    16: ("Уничтожение", "DESTROYING"),
    18: ("Регистрация утраты", "LOSS_REGISTRATION"),
    26: ("Отмена", "CANCELLATION"),
    27: ("Получена электронная регистрация", "ELECTRONIC_REGISTRATION_RECEIVED"),
    28: ("Присвоение идентификатора", "ID_ASSIGNMENT"),
    37: ("Предварительное оформление", "PRE_FORMALIZATION"),
    46: ("Отмена присвоения идентификатора", "ID_ASSIGNMENT_CANCELATION"),
}
# (type, attribute): name in tracking, Otpravka's word, what its site says.
ATTRIBUTES = {
    (1, 1): ("Единичный", "SINGLE_ACCEPTING", "Принято в отделении связи"),
    (1, 2): ("Партионный", "PARTIAL_ACCEPTING", "Принято в отделении связи"),
    (2, 1): ("Вручение адресату", "GIVING_RECIPIENT", "Получено адресатом"),
    (2, 2): ("Вручение отправителю", "GIVING_SENDER", "Получено отправителем"),
    (2, 3): ("Выдано адресату через почтомат", "GIVING_RECIPIENT_IN_PO", "Получено адресатом"),
    (2, 4): ("Выдано отправителю через почтомат", "GIVING_SENDER_IN_PO", "Получено отправителем"),
    (2, 6): ("Адресату почтальоном", "GIVING_RECIPIENT_POSTMAN", "Получено адресатом"),
    (2, 7): ("Отправителю почтальоном", "GIVING_SENDER_POSTMAN", "Получено отправителем"),
    (2, 8): ("Адресату курьером", "GIVING_RECIPIENT_COURIER", "Получено адресатом"),
    (2, 9): ("Отправителю курьером", "GIVING_SENDER_COURIER", "Получено отправителем"),
    (3, 1): ("Истёк срок хранения", "RETURNING_BY_EXPIRED_STORING", "Отправлено обратно отправителю"),
    (3, 2): ("Заявление отправителя", "RETURNING_BY_SENDER_REQUEST", "Отправлено обратно отправителю"),
    (3, 4): ("Отказ адресата", "RETURNING_BY_RECEPIENT_REJECT", "Отправлено обратно отправителю"),
    (5, 1): ("Утрачено", "LOST", "Вручение не состоялось"),
    (8, 0): ("Сортировка", "SORTING", "Сортировка"),
    (8, 1): ("Покинуло место приёма", "SENT", "Покинуло место приёма"),
    (8, 2): ("Прибыло в место вручения", "ARRIVED", "Прибыло в место вручения"),
    (8, 3): ("Прибыло в сортировочный центр", "DELIVERED_TO_SORTING", "Прибыло в сортировочный центр"),
    (8, 4): ("Покинуло сортировочный центр", "SORTED", "Покинуло сортировочный центр"),
    (8, 5): ("Прибыло в место международного обмена", "DELIVERED_TO_EXCHANGE_HUB", "Прибыло в место обмена"),
    (8, 6): ("Покинуло место международного обмена", "PROCESSED_BY_EXCHANGE_HUB", "Покинуло место обмена"),
    (8, 9): ("Прибыло в почтомат", "DELIVERED_TO_PO", "Прибыло в почтомат"),
    (8, 15): ("Передано курьеру", "GIVEN_TO_COURIER", "Передано курьеру"),
    (8, 18): ("Передано почтальону", "GIVEN_TO_POSTMAN", "Передано почтальону"),
    (9, 1): ("Поступило приписано", "IMPORTED", "Импорт международной почты"),
    (10, 0): (None, "EXPORTED", "Экспорт международной почты"),
    (11, 0): (None, "ACCEPTED_BY_CUSTOM", "Принято таможней"),
    (12, 1): (
        "Временное отсутствие адресата",
        "FAILED_BY_TEMPORAL_ABSENCE_OF_RECEPIENT",
        "Неудачная попытка вручения",
    ),
    (12, 6): ("Отказ от получения", "FAILED_BY_RECEPINT_REJECT", "Неудачная попытка вручения"),
    (14, 1): ("Выпущено таможней", "CUSTOM_LEGALIZED", "Выпущено таможней"),
    (26, 1): ("Требование отправителя", "CANCELED_BY_SENDER", "Отмена операции"),
    (26, 2): ("Ошибка оператора", "CANCELED_BY_OPERATOR", "Отмена операции"),
    (28, 0): (None, "ID_ASSIGNED", "Присвоен трек-номер"),
    (46, 0): (None, "ID_ASSIGNMENT_CANCELLED", "Присвоение идентификатора отменено"),
}


def type_name(kind: int) -> str | None:
    return TYPES[kind][0] if kind in TYPES else None


def attribute_name(kind: int, attribute: int) -> str | None:
    return ATTRIBUTES[kind, attribute][0] if (kind, attribute) in ATTRIBUTES else None


def words(kind: int, attribute: int) -> tuple[str, str, str]:
    """``human-operation-name``, ``last-oper-type``, ``last-oper-attr``; UNKNOWN for what has no word."""
    type_word = TYPES.get(kind, ("", "UNKNOWN"))[1]
    _, word, human = ATTRIBUTES.get((kind, attribute), (None, "UNKNOWN", type_name(kind) or ""))
    return human, type_word, word
