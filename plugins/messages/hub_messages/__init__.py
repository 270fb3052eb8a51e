"""Messages to people outside the hub, by the library apprise: WeCom, DingTalk, Feishu, Telegram, e-mail."""

from collections.abc import Iterable

import hub

from hub_messages.messenger import AppriseMessenger

__version__ = hub.__version__


@hub.hookimpl
def messengers() -> Iterable[type[AppriseMessenger]]:
    return (AppriseMessenger,)
