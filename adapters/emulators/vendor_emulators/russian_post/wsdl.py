"""The WSDL of both tracking services, put together from tables of what they declare.

The names, types and order are the Post's interface; a real client compares them in the tests.
"""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

HISTORY = "http://russianpost.org/operationhistory"
DATA = f"{HISTORY}/data"
SMS = "http://russianpost.org/sms-info/data"
DUTY = "http://www.russianpost.org/custom-duty-info/data"
ESPP = "http://www.russianpost.org/RTM/DataExchangeESPP/Data"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
CLIENT = "http://fclient.russianpost.org"
SERVER = f"{CLIENT}/postserver"
XSD = "http://www.w3.org/2001/XMLSchema"
_PREFIXES = {
    "oh": HISTORY,
    "d": DATA,
    "sms": SMS,
    "cd": DUTY,
    "espp": ESPP,
    "env": ENVELOPE,
    "f": CLIENT,
    "p": SERVER,
    "xs": XSD,
}
# A field: "name type", with "?" for one that may be absent and "*" for any number; "@" makes an attribute;
# "name" of "&" refers to a global element.
Types = Mapping[str, str]

_DATA_TYPES: Types = {
    "Address": "Index xs:string; Description xs:string",
    "AddressParameters": "DestinationAddress d:Address ?; OperationAddress d:Address; "
    "MailDirect d:Country ?; CountryFrom d:Country ?; CountryOper d:Country",
    "Country": "Id xs:int; Code2A xs:string ?; Code3A xs:string ?; Name xs:string ?; NameRU xs:string ?; "
    "NameEN xs:string ?",
    "FinanceParameters": "Payment xs:integer; Value xs:integer; MassRate xs:integer; InsrRate xs:integer; "
    "AirRate xs:integer; Rate xs:integer; CustomDuty xs:integer",
    "ItemParameters": "Barcode xs:string; Internum xs:string ?; ValidRuType xs:boolean; "
    "ValidEnType xs:boolean; ComplexItemName xs:string; MailRank d:Rtm02Parameter ?; "
    "PostMark d:Rtm02Parameter; "
    "MailType d:Rtm02Parameter; MailCtg d:Rtm02Parameter; Mass xs:integer; MaxMassRU xs:integer; "
    "MaxMassEN xs:integer",
    "OperationHistoryRecord": "AddressParameters d:AddressParameters; FinanceParameters d:FinanceParameters; "
    "ItemParameters d:ItemParameters; OperationParameters d:OperationParameters; "
    "UserParameters d:UserParameters",
    "OperationParameters": "OperType d:Rtm02Parameter; OperAttr d:Rtm02Parameter; OperDate xs:dateTime",
    "Rtm02Parameter": "Id xs:int; Name xs:string ?",
    "UserParameters": "SendCtg d:Rtm02Parameter ?; Sndr xs:string ?; Rcpn xs:string ?",
}
_DATA_ELEMENTS: Types = {
    "AuthorizationFaultReason": "xs:string",
    "LanguageFaultReason": "xs:string",
    "OperationHistoryFaultReason": "xs:string",
    "AuthorizationHeader": "login xs:string; password xs:string; @&env:mustUnderstand",
    "LanguageData": "Language {@name xs:string; @code xs:string} +",
    "OperationHistoryData": "historyRecord d:OperationHistoryRecord *",
    "OperationHistoryRequest": "Barcode xs:string; MessageType xs:int; Language xs:string ?",
}
_SMS_TYPES: Types = {
    "SmsHistoryRecord": "Id xs:integer; Number xs:string; NotificationTypeID xs:integer; "
    "NotificationTypeName xs:string; NotificationStatusID xs:integer; NotificationStatusName xs:string; "
    "NotificationStatusDate xs:dateTime; SendedID xs:integer; SourceOperation xs:string",
}
_SMS_ELEMENTS: Types = {
    "SmsHistoryFaultReason": "xs:string",
    "SmsHistoryData": "historyRecord sms:SmsHistoryRecord *",
    "SmsHistoryRequest": "Barcode xs:string; Language xs:string ?",
}
_EVENT = (
    "@Number xs:string; @EventDateTime xs:dateTime; @EventType xs:integer; @EventName xs:string; "
    "@IndexTo {index}; @IndexEvent {index}; @SumPaymentForward xs:integer; @CountryEventCode xs:string; "
    "@CountryToCode xs:string"
)
_DUTY_TYPES: Types = {
    "CustomDutyEvent": _EVENT.replace("{index}", "xs:string"),
    "CustomDutyEventsForMailFault": "@ErrorID xs:string",
    "CustomDutyEventsForMailInput": "@Barcode xs:string; @Language xs:string",
    "CustomDutyEventsForMailOutput": "CustomDutyEvent cd:CustomDutyEvent *",
}
_ESPP_TYPES: Types = {
    "PostalOrderEvent": _EVENT.replace("{index}", "xs:integer"),
    "PostalOrderEventsForMaiOutput": "PostalOrderEvent espp:PostalOrderEvent *",
    "PostalOrderEventsForMailError": "@ErrorID xs:string",
    "PostalOrderEventsForMailFault": "PostalOrderEventsForMailError espp:PostalOrderEventsForMailError +",
    "PostalOrderEventsForMailInput": "@Barcode xs:string; @Language xs:string",
}
_HISTORY_TYPES: Types = {
    "getOperationHistory": "&d:OperationHistoryRequest ?; &d:AuthorizationHeader ?",
    "getOperationHistoryResponse": "&d:OperationHistoryData ?",
    "PostalOrderEventsForMail": "&d:AuthorizationHeader ?; &espp:PostalOrderEventsForMailInput ?",
    "PostalOrderEventsForMailResponse": "&espp:PostalOrderEventsForMaiOutput ?",
    "getSmsHistory": "&d:AuthorizationHeader ?; &sms:SmsHistoryRequest ?",
    "getSmsHistoryResponse": "&sms:SmsHistoryData ?",
    "getCustomDutyEventsForMail": "&d:AuthorizationHeader ?; &cd:CustomDutyEventsForMailInput ?",
    "getCustomDutyEventsForMailResponse": "&cd:CustomDutyEventsForMailOutput ?",
    "getLanguages": "&d:AuthorizationHeader ?",
    "getLanguagesResponse": "&d:LanguageData ?",
}
_SERVER_ELEMENTS: Types = {
    "ticketRequest": "request f:file; login xs:string; password xs:string; language xs:string ?",
    "ticketResponse": "value xs:string ?; error f:error ?",
    "answerByTicketRequest": "ticket xs:string; login xs:string; password xs:string",
    "answerByTicketResponse": "value f:file ?; error f:error ?",
}
_CLIENT_TYPES: Types = {
    "file": "Item f:item *; @FileName xs:string; @FileTypeID xs:integer; @FileNumber xs:positiveInteger; "
    "@SenderID xs:positiveInteger; @RecipientID xs:positiveInteger; @DatePreparation xs:string",
    "item": "Operation f:operation *; Error f:error *; @Barcode xs:string",
    "operation": "@OperTypeID xs:positiveInteger; @OperCtgID xs:nonNegativeInteger; @OperName xs:string; "
    "@DateOper xs:string; @IndexOper xs:string",
    "error": "@ErrorTypeID xs:positiveInteger; @ErrorName xs:string",
}
_FAULTS = {
    "OperationHistoryFault": "d:OperationHistoryFaultReason",
    "AuthorizationFault": "d:AuthorizationFaultReason",
    "LanguageFault": "d:LanguageFaultReason",
    "CustomDutyEventsForMailFault": "cd:CustomDutyEventsForMailFault",
    "SmsHistoryFault": "sms:SmsHistoryFaultReason",
    "PostalOrderEventsForMailFault": "espp:PostalOrderEventsForMailFault",
}
_METHODS: Mapping[str, Sequence[str]] = {
    "getOperationHistory": ("OperationHistoryFault", "AuthorizationFault"),
    "getLanguages": ("OperationHistoryFault", "AuthorizationFault", "LanguageFault"),
    "getCustomDutyEventsForMail": ("CustomDutyEventsForMailFault", "AuthorizationFault", "LanguageFault"),
    "getSmsHistory": ("SmsHistoryFault", "AuthorizationFault", "LanguageFault"),
    "PostalOrderEventsForMail": ("PostalOrderEventsForMailFault",),
}


def single(url: str) -> str:
    """Of ``/rtm34``; ``url`` is the service's own address."""
    schemas = (
        _schema(ENVELOPE, {}, {}, qualified=False, attribute="mustUnderstand"),
        _schema(SMS, _SMS_TYPES, _SMS_ELEMENTS),
        _schema(DUTY, _DUTY_TYPES, {name: f"cd:{name}" for name in _DUTY_TYPES}, qualified=False),
        _schema(ESPP, _ESPP_TYPES, {name: f"espp:{name}" for name in _ESPP_TYPES}, qualified=False),
        _schema(DATA, _DATA_TYPES, _DATA_ELEMENTS, imports=(ENVELOPE,)),
        _schema(
            HISTORY,
            _HISTORY_TYPES,
            {name: f"oh:{name}" for name in _HISTORY_TYPES},
            qualified=False,
            imports=(DUTY, ESPP, SMS, DATA),
        ),
    )
    messages = {name: f"oh:{name}" for method in _METHODS for name in (method, f"{method}Response")}
    parts = _messages("parameters", messages) + _messages("fault", _FAULTS)
    return _definitions(
        "OperationHistory12", "OperationHistory12", HISTORY, "soap12", url, schemas, parts, _METHODS
    )


def batch(url: str) -> str:
    """Of ``/fc``."""
    schemas = (
        _schema(SERVER, {}, _SERVER_ELEMENTS, qualified=False, imports=(CLIENT,)),
        _schema(CLIENT, _CLIENT_TYPES, {}),
    )
    messages = {
        "getTicket": "p:ticketRequest",
        "getTicketResponse": "p:ticketResponse",
        "getResponseByTicket": "p:answerByTicketRequest",
        "getResponseByTicketResponse": "p:answerByTicketResponse",
    }
    parts = _messages("parameters", messages)
    methods: dict[str, Sequence[str]] = {"getTicket": (), "getResponseByTicket": ()}
    return _definitions("ItemDataService", "FederalClient", CLIENT, "soap", url, schemas, parts, methods)


def _definitions(
    name: str,
    port: str,
    space: str,
    binding: str,
    url: str,
    schemas: Sequence[str],
    messages: str,
    methods: Mapping[str, Sequence[str]],
) -> str:
    operations = "".join(
        f'<operation name="{method}"><input message="tns:{method}"/><output message="tns:{method}Response"/>'
        + "".join(f'<fault name="{fault}" message="tns:{fault}"/>' for fault in faults)
        + "</operation>"
        for method, faults in methods.items()
    )
    literal = f'<{binding}:body use="literal"/>'
    bound = "".join(
        f'<operation name="{method}"><{binding}:operation soapAction=""/>'
        f"<input>{literal}</input><output>{literal}</output>"
        + "".join(
            f'<fault name="{fault}"><{binding}:fault name="{fault}" use="literal"/></fault>'
            for fault in faults
        )
        + "</operation>"
        for method, faults in methods.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="{space}" {_spaces()} '
        'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" '
        'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" '
        f'targetNamespace="{space}" name="{name}">'
        f"<types>{''.join(schemas)}</types>{messages}"
        f'<portType name="{port}">{operations}</portType>'
        f'<binding name="{name}PortBinding" type="tns:{port}">'
        f'<{binding}:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>'
        f"{bound}</binding>"
        f'<service name="{name}"><port name="{name}Port" binding="tns:{name}PortBinding">'
        f"<{binding}:address location={quoteattr(url)}/></port></service></definitions>"
    )


def _messages(part: str, elements: Mapping[str, str]) -> str:
    return "".join(
        f'<message name="{name}"><part name="{part}" element="{element}"/></message>'
        for name, element in elements.items()
    )


def _schema(
    space: str,
    types: Types,
    elements: Types,
    *,
    qualified: bool = True,
    imports: Sequence[str] = (),
    attribute: str | None = None,
) -> str:
    inner = "".join(f'<xs:import namespace="{other}"/>' for other in imports)
    if attribute is not None:
        inner += f'<xs:attribute name="{attribute}" type="xs:boolean"/>'
    for name, declared in elements.items():
        if ";" not in declared and " " not in declared:
            inner += f'<xs:element name="{name}" type="{declared}"/>'
        else:
            inner += f'<xs:element name="{name}">{_complex(declared)}</xs:element>'
    for name, declared in types.items():
        inner += _complex(declared).replace("<xs:complexType>", f'<xs:complexType name="{name}">', 1)
    form = ' elementFormDefault="qualified"' if qualified else ""
    return f'<xs:schema targetNamespace="{space}"{form}>{inner}</xs:schema>'


def _complex(declared: str) -> str:
    if "{" in declared:  # an element with attributes of its own
        name, rest = declared.split(" {", 1)
        inner = _complex(rest.rpartition("}")[0])
        return (
            f'<xs:complexType><xs:sequence><xs:element name="{name}" maxOccurs="unbounded">'
            f"{inner}</xs:element>"
            "</xs:sequence></xs:complexType>"
        )
    fields = [field.split() for field in declared.split("; ")]
    elements = "".join(_element(field) for field in fields if not field[0].startswith("@"))
    attributes = "".join(_attribute(field) for field in fields if field[0].startswith("@"))
    sequence = f"<xs:sequence>{elements}</xs:sequence>" if elements else ""
    return f"<xs:complexType>{sequence}{attributes}</xs:complexType>"


def _element(field: Sequence[str]) -> str:
    occurs = {
        "?": ' minOccurs="0"',
        "*": ' minOccurs="0" maxOccurs="unbounded"',
        "+": ' maxOccurs="unbounded"',
    }
    many = occurs.get(field[-1], "")
    if field[0].startswith("&"):
        return f'<xs:element ref="{field[0][1:]}"{many}/>'
    return f'<xs:element name="{field[0]}" type="{field[1]}"{many}/>'


def _attribute(field: Sequence[str]) -> str:
    if field[0].startswith("@&"):
        return f'<xs:attribute ref="{field[0][2:]}"/>'
    return f'<xs:attribute name="{field[0][1:]}" type="{field[1]}"/>'


def _spaces() -> str:
    return " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in _PREFIXES.items())
