"""The services that may be used, by the beginning of their addresses; apprise knows more than a hundred
others, and some of those run programs of this machine or write into its files.

Read in apprise 2.3.0. ``own``: the host stands in the address, so the operator has to name it.
"""

from __future__ import annotations

from urllib.parse import unquote

import hub

FIXED = {
    "wecombot": ("https://qyapi.weixin.qq.com",),
    "dingtalk": ("https://oapi.dingtalk.com",),
    "feishu": ("https://open.feishu.cn",),
    "lark": ("https://open.larksuite.com",),
    "tgram": ("https://api.telegram.org",),
    "slack": ("https://hooks.slack.com", "https://slack.com"),
    "discord": ("https://discord.com",),
    "ntfy": ("https://ntfy.sh",),
    "ntfys": ("https://ntfy.sh",),
}
MAIL = ("mailto", "mailtos")
OWN = ("json", "jsons", "ntfy", "ntfys", "mmost", "mmosts")
MAIL_SERVERS = (
    "smtp.gmail.com", "smtp.yandex.ru", "smtp.mail.ru", "smtp.qq.com", "smtp.exmail.qq.com", "smtp.163.com",
    "smtp.126.com", "smtp.office365.com", "smtp-mail.outlook.com", "smtp.outlook.com",
)  # fmt: skip
SCHEMES = tuple(dict.fromkeys((*FIXED, *MAIL, *OWN)))
ADDRESSES = tuple(dict.fromkeys(place for places in FIXED.values() for place in places)) + tuple(
    f"smtp://{server}:{port}" for server in MAIL_SERVERS for port in (465, 587)
)

_OPTIONS = frozenset(
    {"from", "to", "cc", "bcc", "reply", "name", "smtp", "user", "pass", "mode", "key", "secret", "token"}
    | {"topic", "thread", "silent", "priority", "tags", "channel", "format", "method", "lang"}
)
"""What may stand behind the question mark. Others read files of this machine (keys, templates, attachments),
switch off the check of certificates, or follow redirects."""
_LONGEST = 2000
_LISTED = ", ".join(f"{one}://" for one in SCHEMES)


def scheme_of(address: str) -> str:
    """How the service of an address is called: what an entry of ``[addresses]`` begins with."""
    scheme = address.partition("://")[0].lower()
    return "smtp" if scheme in MAIL else "http" if scheme in ("json", "ntfy", "mmost") else "https"


def look_at(address: str) -> None:
    """Raise ConfigError that says what is wrong with an address; never the address itself, it is a secret."""
    scheme, mark, rest = address.partition("://")
    scheme = scheme.lower()
    if len(address) > _LONGEST or not address.isprintable():
        raise hub.ConfigError(
            "url: this is longer than {most} characters, or has some that cannot be printed",
            code="config.messages_url_characters",
            values={"most": _LONGEST},
        )
    if not mark or not rest:
        raise hub.ConfigError(
            "url: an address begins with the service, such as wecombot://: there are {services}",
            code="config.messages_url_no_service",
            values={"services": _LISTED},
        )
    if scheme not in SCHEMES and scheme != "https":
        raise hub.ConfigError(
            "url: this service is not among those that may be used: {services}",
            code="config.messages_url_service",
            values={"services": _LISTED},
        )
    for option in rest.partition("?")[2].split("&"):
        name = unquote(option.partition("=")[0]).lower()
        own_header = scheme in ("json", "jsons") and name.startswith("+")
        if name and name not in _OPTIONS and not own_header and not (scheme == "https" and _pasted(name)):
            raise hub.ConfigError(
                "url: the option '{option}' cannot be used here: there are {options}",
                code="config.messages_url_option",
                values={"option": name[:40], "options": ", ".join(sorted(_OPTIONS))},
            )


def _pasted(name: str) -> bool:
    """What the addresses have that people copy from their services."""
    return name in ("access_token", "key")
