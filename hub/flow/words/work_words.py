"""What the doctor says of the hub's work and of its vendors; see `hub.flow.words.health_words`."""

from __future__ import annotations

from hub.flow.words.health_words import NOTHING
from hub.flow.words.wording import Wording

WORK_FINDINGS: dict[str, tuple[Wording, Wording]] = {
    "worker_alive": (
        (
            "Работает процесс {process}[ на {host}] ({worker})",
            "进程 {process}[（{host}）] 正在工作（{worker}）",
            "Process {process}[ on {host}] is at work ({worker})",
        ),
        NOTHING,
    ),
    "worker_idle": (
        ("Не запущен, и делать нечего", "未运行，也没有待办", "None runs, and there is nothing to do"),
        NOTHING,
    ),
    "worker_none": (
        (
            "Не запущен; работ в очереди: {queued}",
            "未运行；队列中有 {queued} 项",
            "None runs; pieces of work that wait: {queued}",
        ),
        (
            "Запустите 'hub serve' или 'hub worker'",
            "运行 'hub serve' 或 'hub worker'",
            "Start 'hub serve' or 'hub worker'",
        ),
    ),
    "queue_ok": (
        (
            "В очереди {queued}, пора выполнить {due}",
            "排队 {queued} 项，到期 {due} 项",
            "{queued} wait, {due} of them due now",
        ),
        NOTHING,
    ),
    "queue_late": (
        (
            "Работа ждёт уже {late}, всего просрочено {due}",
            "最早的任务已等待 {late}，共 {due} 项到期",
            "Work has been due for {late}, {due} pieces in all",
        ),
        (
            "Смотрите 'hub jobs --state due': запущен ли обработчик, отвечают ли площадка и перевозчики",
            "查看 'hub jobs --state due'：后台进程是否运行，平台和承运商是否响应",
            "See 'hub jobs --state due': does a worker run, do the vendors answer?",
        ),
    ),
    "work_dead": (
        (
            "Работ оставлено после многих попыток: {count} ({kinds})",
            "多次尝试后放弃的任务：{count}（{kinds}）",
            "Work that was given up after many tries: {count} ({kinds})",
        ),
        (
            "'hub jobs --state dead' называет причины; когда причина устранена: 'hub jobs retry KEY'",
            "'hub jobs --state dead' 显示原因；排除后运行 'hub jobs retry KEY'",
            "'hub jobs --state dead' tells the reasons; once mended, 'hub jobs retry KEY' takes it up again",
        ),
    ),
    "work_abandoned": (
        (
            "Работ, чей исполнитель пропал: {count}",
            "执行者失联的任务：{count}",
            "Work whose worker has gone silent: {count}",
        ),
        (
            "Работающий обработчик возьмёт их сам; если его нет, запустите 'hub serve'",
            "运行中的后台进程会自动接手；若无，请运行 'hub serve'",
            "A worker that runs takes it over by itself; if none does, start 'hub serve'",
        ),
    ),
    "intake_stopped": (
        (
            "Заказы аккаунта «{account}» ({seller}) не поступают, попыток {count}: {reason}",
            "账户“{account}”（{seller}）的订单无法获取，已尝试 {count} 次：{reason}",
            "No orders of {account} of {seller} come in, after {count} tries: {reason}",
        ),
        (
            "Хаб пробует дальше сам; когда причина устранена: 'hub jobs retry {key}'",
            "hub 会继续尝试；排除原因后运行 'hub jobs retry {key}'",
            "The hub goes on trying by itself; once it is mended, 'hub jobs retry {key}'",
        ),
    ),
    "schedule_fails": (
        (
            "Не удаётся раз за разом: {key}, попыток {count}: {reason}",
            "反复失败：{key}，已尝试 {count} 次：{reason}",
            "It fails again and again: {key}, {count} tries: {reason}",
        ),
        (
            "Хаб пробует дальше сам; когда причина устранена: 'hub jobs retry {key}'",
            "hub 会继续尝试；排除原因后运行 'hub jobs retry {key}'",
            "The hub goes on trying by itself; once it is mended, 'hub jobs retry {key}'",
        ),
    ),
    "work_ends_process": (
        (
            "Пока шла работа {key}[ ({seller})], процесс завершался раз: {count}; теперь она идёт одна",
            "任务 {key}[（{seller}）] 运行时进程结束过 {count} 次；现单独运行",
            "The process ended {count} times while {key}[ of {seller}] was at work; it runs alone now",
        ),
        (
            "Если процесс завершали не вы: смотрите журнал системы (память, сбой плагина) и обновите плагин",
            "若不是您结束的进程：请查看系统日志（内存、插件崩溃）并更新插件",
            "If nobody ended it: look at the system's log (memory, a plugin's crash), and update the plugin",
        ),
    ),
    "work_set_aside": (
        (
            "Работа {key}[ ({seller})] отложена: процесс завершился при ней раз: {count}",
            "任务 {key}[（{seller}）] 已搁置：运行时进程结束 {count} 次",
            "{key}[ of {seller}] is set aside: the process ended {count} times while it was at work",
        ),
        (
            "Обновите или уберите плагин, затем 'hub jobs retry {key}'; остальная работа идёт",
            "更新或移除相关插件后运行 'hub jobs retry {key}'；其他任务正常进行",
            "Update the plugin or take it out, then 'hub jobs retry {key}'; everything else goes on",
        ),
    ),
    "plugin_gone": (
        (
            "Плагин {plugin} аккаунта «{account}» ({seller}) здесь не работает; ждут отправлений: {count}[, "
            "без ясного исхода вызовов: {unclear}]",
            "账户“{account}”（{seller}）的插件 {plugin} 未在此运行；等待的货件 {count} 个"
            "[，结果不明的调用 {unclear} 个]",
            "The plugin {plugin} of {account} of {seller} does not run here, and {count} postings wait for it"
            "[; calls without a clear end: {unclear}]",
        ),
        (
            "Верните его в 'allow' (и продавцу в 'plugins'), пока всё не завершено; иначе доделайте эти "
            "отправления вручную",
            "请将其放回 'allow'（及卖家的 'plugins'）直到全部完成；否则请手动处理这些货件",
            "Put it back into 'allow' (and the seller's 'plugins') until all is done; or finish these "
            "postings by hand",
        ),
    ),
    "operations_ok": (
        (
            "В работе {open}, ни одна не застряла",
            "进行中 {open} 项，均未卡住",
            "{open} under way, none is stuck",
        ),
        NOTHING,
    ),
    "operations_slow": (
        (
            "Без ясного исхода дольше часа: {count}, самая старая {age}",
            "超过一小时无明确结果：{count} 项，最久 {age}",
            "Without a clear end for over an hour: {count}, the oldest for {age}",
        ),
        (
            "Хаб спрашивает дальше сам; проверьте, отвечает ли перевозчик ('hub jobs')",
            "hub 会继续查询；请检查承运商是否响应（'hub jobs'）",
            "The hub goes on asking by itself; see whether the vendor answers ('hub jobs')",
        ),
    ),
    "incidents": (
        (
            "Ждут вашего решения, речь о деньгах: {count}[; ближайший срок {deadline}]",
            "等待您处理且涉及费用：{count} 项[；最近期限 {deadline}]",
            "Wait for a person, with money at stake: {count}[; the nearest deadline is {deadline}]",
        ),
        (
            "'hub incidents' объясняет каждый случай и варианты ответа",
            "'hub incidents' 逐项说明情况和可选答复",
            "'hub incidents' explains each of them and what you can answer",
        ),
    ),
    "problems_none": (
        (
            "Открытых проблем о деньгах нет; других: {others}",
            "没有涉及费用的问题；其他问题 {others} 个",
            "None about money; others that wait for a person: {others}",
        ),
        NOTHING,
    ),
    "accounts_ok": (
        (
            "Аккаунтов: {count}, все в порядке",
            "账户 {count} 个，均正常",
            "{count} accounts, nothing against them",
        ),
        NOTHING,
    ),
    "account_bad": (
        (
            "Аккаунт «{account}» ({seller}) не работает[: {reason}]",
            "账户“{account}”（{seller}）不可用[：{reason}]",
            "The account {account} of {seller} does not work[: {reason}]",
        ),
        (
            "Дайте верные ключи: 'hub account add', или проверьте снова: 'hub account check {id}'",
            "用 'hub account add' 提供正确凭据，或用 'hub account check {id}' 重试",
            "Give it good credentials with 'hub account add', or try again with 'hub account check {id}'",
        ),
    ),
    "account_expired": (
        (
            "Ключ аккаунта «{account}» ({seller}) истёк {date}",
            "账户“{account}”（{seller}）的密钥已于 {date} 过期",
            "The key of {account} of {seller} expired on {date}",
        ),
        (
            "Создайте новый у площадки и повторите 'hub account add'",
            "在平台新建密钥并再次运行 'hub account add'",
            "Make a new one at the vendor and run 'hub account add' again",
        ),
    ),
    "account_expires": (
        (
            "Ключ аккаунта «{account}» ({seller}) истекает {date}",
            "账户“{account}”（{seller}）的密钥将于 {date} 过期",
            "The key of {account} of {seller} expires on {date}",
        ),
        (
            "Создайте новый заранее и повторите 'hub account add'",
            "请提前新建密钥并再次运行 'hub account add'",
            "Make a new one before that day and run 'hub account add' again",
        ),
    ),
    "account_calls": (
        (
            "Вызовы аккаунта «{account}» ({seller}) на сегодня почти исчерпаны: {used} из {allowed}",
            "账户“{account}”（{seller}）今日调用次数即将用尽：{used}/{allowed}",
            "The calls of today of {account} of {seller} are all but used up: {used} of {allowed}",
        ),
        (
            "Остаток хаб оставляет для сдачи; попросите перевозчика поднять предел, если он мал",
            "剩余次数留给交接；若额度不足，请向承运商申请提高",
            "What is left is kept for hand-overs; ask the vendor for a higher limit if it is too low",
        ),
    ),
    "api_key_expires": (
        (
            "Ключ API «{name}» действует до {date}",
            "API 密钥“{name}”将于 {date} 过期",
            "The API key {name} expires on {date}",
        ),
        (
            "Создайте новый заранее: 'hub key add'",
            "请提前运行 'hub key add' 新建密钥",
            "Make a new one before that day: 'hub key add'",
        ),
    ),
    "credentials_ok": (
        ("Открываются все: {count}", "全部可打开：{count}", "All of them open: {count}"),
        NOTHING,
    ),
    "credentials_unread": (
        ("Не проверены: ключа нет", "未检查：没有密钥", "Not looked at: there is no key"),
        NOTHING,
    ),
    "credential_broken": (
        (
            "Ключи аккаунта «{account}» ({seller}) не читаются: {reason}",
            "账户“{account}”（{seller}）的凭据无法读取：{reason}",
            "The credentials of {account} of {seller} cannot be read: {reason}",
        ),
        (
            "Верните прежний hub.key или введите ключи снова: 'hub account add'",
            "恢复原来的 hub.key，或用 'hub account add' 重新录入",
            "Bring the old hub.key back, or enter them again with 'hub account add'",
        ),
    ),
    "credential_undeclared": (
        (
            "Аккаунта «{account}» ({seller}) больше нет в plugins.toml: его работа стоит",
            "plugins.toml 中已没有账户“{account}”（{seller}）：其任务已停止",
            "plugins.toml does not declare {account} of {seller} any more: its work stands still",
        ),
        (
            "Верните его в файл или введите ключи: 'hub account add'. Если он больше не нужен, оставьте так",
            "将其写回文件，或用 'hub account add' 录入；若不再需要则无需处理",
            "Put it back, or add it with 'hub account add'. If you are done with it, leave it so",
        ),
    ),
    "credential_unset": (
        (
            "Аккаунт «{account}» ({seller}): {reason}",
            "账户“{account}”（{seller}）：{reason}",
            "{account} of {seller}: {reason}",
        ),
        (
            "Исправьте plugins.toml или задайте переменную там, где запускается хаб, и запустите его снова",
            "修正 plugins.toml，或在启动 hub 的环境中设置该变量，然后重启",
            "Mend plugins.toml, or set the variable where the hub is started, and start it again",
        ),
    ),
    "restored": (
        (
            "Восстановлено из копии {time}; все заказы из неё проверены",
            "{time} 从备份恢复；其中的运单均已核实",
            "Put back from a backup at {time}; every booking of it was asked for",
        ),
        NOTHING,
    ),
    "restored_checking": (
        (
            "Восстановлено из копии {time}; ещё не проверено заказов: {count}",
            "{time} 从备份恢复；尚有 {count} 个运单未核实",
            "Put back from a backup at {time}; bookings that are still to be asked for: {count}",
        ),
        (
            "Хаб спрашивает перевозчиков сам; до ответа эти этикетки не печатаются ('hub jobs')",
            "hub 会自动向承运商核实；在此之前这些面单不予打印（'hub jobs'）",
            "The hub asks the carriers by itself; their labels are not printed before ('hub jobs')",
        ),
    ),
    "copied": (
        (
            "В {time} хаб нашёл старую копию базы на её месте; все заказы из неё проверены",
            "hub 于 {time} 发现数据库被旧副本替换；其中的运单均已核实",
            "At {time} the hub found an older copy in the place of its database; every booking of it was "
            "asked for",
        ),
        NOTHING,
    ),
    "copied_checking": (
        (
            "В {time} хаб нашёл старую копию базы на её месте; ещё не проверено заказов: {count}",
            "hub 于 {time} 发现数据库被旧副本替换；尚有 {count} 个运单未核实",
            "At {time} the hub found an older copy in the place of its database; bookings that are still "
            "to be asked for: {count}",
        ),
        (
            "Хаб спрашивает перевозчиков сам; до ответа эти этикетки не печатаются ('hub jobs')",
            "hub 会自动向承运商核实；在此之前这些面单不予打印（'hub jobs'）",
            "The hub asks the carriers by itself; their labels are not printed before ('hub jobs')",
        ),
    ),
    "lost": (
        (
            "В {time} базы на месте не было, а хаб здесь уже отправлял: о том, что заказали раньше, он "
            "спрашивает перевозчиков",
            "{time} 时原数据库已丢失，而 hub 曾在此发送过请求：更早下单的货件会先向承运商核实",
            "At {time} the database was gone, though a hub had sent from here: what was ordered before is "
            "asked for at the carriers first",
        ),
        NOTHING,
    ),
    "backup_ok": (
        ("Последней копии {age}", "上次备份在 {age} 前", "The last backup is {age} old"),
        NOTHING,
    ),
    "backup_needless": (
        (
            "Копий не было; терять пока нечего",
            "尚无备份；目前也没有可丢失的数据",
            "None was made; there is nothing to lose yet",
        ),
        NOTHING,
    ),
    "backup_old": (
        ("Последней копии уже {age}", "上次备份已是 {age} 前", "The last backup is {age} old"),
        (
            "Сделайте 'hub backup FILE', лучше каждый день и на другой диск; hub.key храните отдельно",
            "运行 'hub backup FILE'，最好每天备份到另一块磁盘；hub.key 另行保存",
            "Run 'hub backup FILE', best every day and to another disk; keep hub.key in another place",
        ),
    ),
    "backup_none": (
        ("Хаб не знает ни одной копии", "hub 未见任何备份", "The hub knows of no backup"),
        (
            "Сделайте 'hub backup FILE', лучше каждый день и на другой диск; hub.key храните отдельно",
            "运行 'hub backup FILE'，最好每天备份到另一块磁盘；hub.key 另行保存",
            "Run 'hub backup FILE', best every day and to another disk; keep hub.key in another place",
        ),
    ),
    "clock_ok": (
        (
            "{vendor}, «{account}»: часы сходятся до {difference} с",
            "{vendor}，“{account}”：时钟相差 {difference} 秒以内",
            "{vendor}, {account}: the clocks agree to {difference} s",
        ),
        NOTHING,
    ),
    "clock_off": (
        (
            "{vendor}, «{account}»: часы расходятся на {difference} с",
            "{vendor}，“{account}”：时钟相差 {difference} 秒",
            "{vendor}, {account}: this machine's clock is {difference} s off",
        ),
        (
            "Включите синхронизацию времени (NTP): по этим часам считаются сроки отгрузки",
            "请启用时间同步（NTP）：发货期限按本机时钟计算",
            "Turn on time synchronisation (NTP): the deadlines are judged by this clock",
        ),
    ),
    "clock_silent": (
        (
            "{vendor}, «{account}»: нет ответа[: {reason}]",
            "{vendor}，“{account}”：无响应[：{reason}]",
            "{vendor}, {account}: no answer[: {reason}]",
        ),
        (
            "Проверьте сеть и адрес; 'hub account check {id}' проверит и ключи",
            "检查网络和地址；'hub account check {id}' 还会检查凭据",
            "Look at the network and the address; 'hub account check {id}' tries the credentials too",
        ),
    ),
    "clock_undated": (
        (
            "{vendor}, «{account}»: отвечает, время не называет",
            "{vendor}，“{account}”：有响应，但未给出时间",
            "{vendor}, {account}: answers, and tells no time",
        ),
        NOTHING,
    ),
    "clock_unasked": (
        (
            "{vendor}, «{account}»: спросить нельзя[: {reason}]",
            "{vendor}，“{account}”：无法询问[：{reason}]",
            "{vendor}, {account}: cannot be asked[: {reason}]",
        ),
        NOTHING,
    ),
    "clock_left_out": (
        (
            "Площадки и перевозчики не опрошены[: {reason}]",
            "未询问平台和承运商[：{reason}]",
            "The vendors were not asked[: {reason}]",
        ),
        NOTHING,
    ),
}
