"""What the doctor says, in Russian, Chinese and English: for each finding what is there, and what to do."""

from __future__ import annotations

from hub.flow.words.wording import Wording

CHECKS: dict[str, Wording] = {
    "home": ("папка", "目录", "home"),
    "disk": ("диск", "磁盘", "disk"),
    "engine": ("SQLite", "SQLite", "SQLite"),
    "config": ("plugins.toml", "plugins.toml", "plugins.toml"),
    "plugins": ("плагины", "插件", "plugins"),
    "key": ("ключ", "密钥", "key"),
    "database": ("база данных", "数据库", "database"),
    "writing": ("запись", "写入", "writing"),
    "worker": ("обработчик", "后台进程", "worker"),
    "queue": ("очередь", "队列", "queue"),
    "operations": ("операции", "操作", "operations"),
    "problems": ("проблемы", "问题", "problems"),
    "accounts": ("аккаунты", "账户", "accounts"),
    "credentials": ("ключи доступа", "凭据", "credentials"),
    "backup": ("копия", "备份", "backup"),
    "restore": ("восстановление", "恢复", "restore"),
    "clock": ("часы", "时钟", "clock"),
    "zones": ("часовые пояса", "时区", "time zones"),
    "files": ("открытые файлы", "打开的文件", "open files"),
}

NOTHING: Wording = ("", "", "")

FINDINGS: dict[str, tuple[Wording, Wording]] = {
    # code: (what is there, what to do)
    "check_failed": (
        ("Проверка не удалась: {error}", "检查失败：{error}", "The check failed: {error}"),
        (
            "Устраните то, о чём говорят другие строки, и запустите 'hub doctor' снова",
            "先处理其他各行的问题，再运行 'hub doctor'",
            "Mend what the other lines say, and run 'hub doctor' again",
        ),
    ),
    "check_refused": (
        ("{reason}", "{reason}", "{reason}"),
        (
            "Сделайте то, что сказано, и запустите 'hub doctor' снова",
            "按提示处理后再运行 'hub doctor'",
            "Do what it says, and run 'hub doctor' again",
        ),
    ),
    "clock_virtual": (
        (
            "Хаб живёт по часам из {path}: там {time}",
            "hub 使用 {path} 中的时钟：现为 {time}",
            "The hub lives by the clock of {path}, where it is {time}",
        ),
        (
            "Так проводят испытания; для настоящей работы уберите PARCELHUB_CLOCK",
            "这仅用于测试；实际运行请取消 PARCELHUB_CLOCK",
            "That is for trials; for real work unset PARCELHUB_CLOCK",
        ),
    ),
    "clock_broken": (
        (
            "Часы из {path} прочитать нельзя: {reason}",
            "无法读取 {path} 中的时钟：{reason}",
            "The clock of {path} cannot be read: {reason}",
        ),
        (
            "Уберите PARCELHUB_CLOCK: с ним хаб не запускается",
            "请取消 PARCELHUB_CLOCK：否则 hub 无法启动",
            "Unset PARCELHUB_CLOCK: with it the hub does not start",
        ),
    ),
    "home_missing": (
        ("Папки {path} нет", "目录 {path} 不存在", "There is no folder {path}"),
        (
            "Укажите папку хаба: --home или PARCELHUB_HOME; 'hub init' создаст новый",
            "用 --home 或 PARCELHUB_HOME 指定目录；'hub init' 可新建",
            "Name the hub's folder with --home or PARCELHUB_HOME; 'hub init' makes a new one",
        ),
    ),
    "disk_ok": (
        (
            "Свободно {free} МБ, база занимает {database} МБ",
            "可用 {free} MB，数据库占 {database} MB",
            "{free} MB are free, the database has {database} MB",
        ),
        NOTHING,
    ),
    "disk_low": (
        (
            "Свободно только {free} МБ, база занимает {database} МБ",
            "仅剩 {free} MB，数据库占 {database} MB",
            "Only {free} MB are free, the database has {database} MB",
        ),
        (
            "Освободите место: для копии рядом с базой нужно ещё столько же, сколько занимает она",
            "请清理磁盘：在旁边备份需要与数据库同样大的空间",
            "Make room: a backup beside the database needs as much again",
        ),
    ),
    "disk_full": (
        (
            "Свободно только {free} МБ: хаб скоро не сможет писать",
            "仅剩 {free} MB：hub 即将无法写入",
            "Only {free} MB are free: soon the hub cannot write",
        ),
        (
            "Освободите место сейчас: без записи в журнал ничего не заказывается",
            "请立即清理磁盘：无法写日志就不会下单",
            "Make room now: nothing is booked that cannot be written down first",
        ),
    ),
    "engine_ok": (
        ("SQLite {version}", "SQLite {version}", "SQLite {version}"),
        NOTHING,
    ),
    "engine_wal_bug": (
        (
            "В SQLite {version} есть ошибка WAL; хаб защищается блокировкой записи",
            "SQLite {version} 有 WAL 缺陷；hub 以写锁防护",
            "SQLite {version} has the WAL-reset bug; the hub guards itself with a lock round each write",
        ),
        (
            "При случае обновите Python или SQLite до 3.51.3, 3.50.7 или 3.44.6; не открывайте базу на "
            "запись другими программами",
            "方便时将 Python 或 SQLite 升级到 3.51.3、3.50.7 或 3.44.6；不要用其他程序写该数据库",
            "Move to a Python with SQLite 3.51.3, 3.50.7 or 3.44.6 when you can; let no other program write "
            "to the database",
        ),
    ),
    "config_ok": (
        (
            "Прочитан: плагинов {plugins}, продавцов {sellers}",
            "已读取：插件 {plugins} 个，卖家 {sellers} 个",
            "Read: {plugins} plugins allowed, {sellers} sellers declared",
        ),
        NOTHING,
    ),
    "config_broken": (
        ("{reason}", "{reason}", "{reason}"),
        (
            "Исправьте файл; пока он неверен, хаб не запускается",
            "请修正该文件；修正前 hub 无法启动",
            "Mend the file; until then the hub does not start",
        ),
    ),
    "plugins_unknown": (
        (
            "Не проверены: plugins.toml не читается",
            "未检查：plugins.toml 无法读取",
            "Not looked at: plugins.toml cannot be read",
        ),
        NOTHING,
    ),
    "plugins_ok": (
        ("Загружаются: {plugins}", "可加载：{plugins}", "These load: {plugins}"),
        NOTHING,
    ),
    "plugin_broken": (
        (
            "Плагин {plugin} не загружается: {reason}",
            "插件 {plugin} 无法加载：{reason}",
            "The plugin {plugin} does not load: {reason}",
        ),
        (
            "Почините или обновите его, или уберите из 'allow' в plugins.toml: до этого хаб не запускается",
            "修复或更新它，或从 plugins.toml 的 'allow' 中移除：否则 hub 无法启动",
            "Mend or update it, or take it out of 'allow' in plugins.toml: until then the hub does not start",
        ),
    ),
    "plugin_notice": (
        ("{plugin}: {notice}", "{plugin}：{notice}", "{plugin}: {notice}"),
        (
            "Примите к сведению; если это не годится, уберите плагин из 'allow'",
            "请知悉；若不可接受，请从 'allow' 中移除该插件",
            "Know it; if it will not do, take the plugin out of 'allow'",
        ),
    ),
    "key_ok": (
        ("Ключ на месте[: {place}]", "密钥就位[：{place}]", "The key is there[: {place}]"),
        NOTHING,
    ),
    "key_open_to_others": (
        (
            "Файл {path} доступен другим (права {mode})",
            "其他人可读取 {path}（权限 {mode}）",
            "{path} is open to others (mode {mode})",
        ),
        (
            "Выполните 'chmod 600 {path}'; если его могли прочитать чужие, замените ключи доступа у площадок "
            "и перевозчиков",
            "运行 'chmod 600 {path}'；若可能已被他人读取，请更换平台和承运商的凭据",
            "Run 'chmod 600 {path}'; if a stranger may have read it, renew the credentials at the vendors",
        ),
    ),
    "key_unusable": (
        ("{reason}", "{reason}", "{reason}"),
        (
            "Верните ключ из его копии: без него сохранённые ключи доступа не открыть",
            "请从备份恢复密钥：没有它无法打开已保存的凭据",
            "Bring the key back from its copy: without it no stored credential opens",
        ),
    ),
    "database_none": (
        (
            "Базы ещё нет: она появится при первом запуске",
            "尚无数据库：首次使用时创建",
            "There is no database yet: the first command makes it",
        ),
        NOTHING,
    ),
    "database_lost": (
        (
            "База {path} исчезла или пуста, хотя хаб здесь уже работал",
            "数据库 {path} 丢失或为空，但此处曾运行过 hub",
            "The database {path} is gone or empty, though a hub has worked here",
        ),
        (
            "Остановите хаб и верните копию: 'hub restore FILE'. Чтобы начать заново, удалите {lock}",
            "停止 hub，用 'hub restore FILE' 恢复备份；若要重新开始，请删除 {lock}",
            "Stop the hub and put a backup back: 'hub restore FILE'. To begin anew, remove {lock}",
        ),
    ),
    "database_ok": (
        ("Цела, версия схемы {schema}", "完好，表结构版本 {schema}", "Sound, schema version {schema}"),
        NOTHING,
    ),
    "database_opens": (
        (
            "Открывается, версия схемы {schema}",
            "可打开，表结构版本 {schema}",
            "It opens, schema version {schema}",
        ),
        NOTHING,
    ),
    "database_older": (
        (
            "Цела, схема прежней версии {schema}",
            "完好，表结构为旧版本 {schema}",
            "Sound, of the older schema {schema}",
        ),
        (
            "Сделайте 'hub backup'; следующий запуск обновит схему до {known}",
            "先运行 'hub backup'；下次启动会升级到 {known}",
            "Make a 'hub backup'; the next start brings it to {known}",
        ),
    ),
    "database_newer": (
        (
            "База записана более новым хабом (схема {schema}, здесь {known})",
            "数据库由更新的 hub 写入（{schema}，本机 {known}）",
            "The database was written by a newer hub (schema {schema}, this one knows {known})",
        ),
        (
            "Установите ту версию хаба или восстановите копию: 'hub restore FILE'",
            "安装该版本的 hub，或用 'hub restore FILE' 恢复备份",
            "Install that version of the hub, or put a backup back with 'hub restore FILE'",
        ),
    ),
    "database_damaged": (
        ("База повреждена: {reason}", "数据库已损坏：{reason}", "The database is damaged: {reason}"),
        (
            "Остановите хаб, сохраните файлы hub.sqlite* и восстановите копию: 'hub restore FILE'. Что было "
            "заказано после неё, хаб найдёт у перевозчиков",
            "停止 hub，保留 hub.sqlite* 文件，用 'hub restore FILE' 恢复备份。其后的订单 hub 会向承运商查回",
            "Stop the hub, keep the files hub.sqlite*, and put a backup back with 'hub restore FILE'. What "
            "was booked since then is found again at the carriers",
        ),
    ),
    "writing_ok": (
        ("Запись возможна; {pragmas}", "可写入；{pragmas}", "It can be written to; {pragmas}"),
        NOTHING,
    ),
    "writing_locked": (
        (
            "Другой процесс держит базу дольше {seconds} с",
            "另一进程占用数据库超过 {seconds} 秒",
            "Another process has held the database for more than {seconds} s",
        ),
        (
            "Найдите остановленный или зависший процесс hub и завершите его: написанное им целиком "
            "сохранено, недописанного нет",
            "找到被暂停或卡住的 hub 进程并结束它：已提交的内容完整保留",
            "Find the hub process that is stopped or hangs, and end it: what it committed is kept whole",
        ),
    ),
    "writing_unsafe": (
        (
            "Настройки базы не те: {pragmas}",
            "数据库设置不符：{pragmas}",
            "The database is not set as it must be: {pragmas}",
        ),
        (
            "Остановите хаб: запись может не пережить сбой питания. Проверьте файловую систему (не сетевая "
            "ли)",
            "请停止 hub：写入可能在断电时丢失。检查文件系统（是否为网络盘）",
            "Stop the hub: a write may not outlive a power cut. Look at the file system (is it a network "
            "one?)",
        ),
    ),
    "database_unread": (
        ("База не читается: {reason}", "无法读取数据库：{reason}", "The database cannot be read: {reason}"),
        (
            "Сделайте то, что сказано; восстанавливать копию не нужно, пока база не повреждена",
            "请按提示处理；数据库未损坏时无需恢复备份",
            "Do what it says; no backup is to be put back for this",
        ),
    ),
    "writing_refused": (
        ("Писать нельзя: {reason}", "无法写入：{reason}", "It cannot be written: {reason}"),
        (
            "Устраните причину; ничего не потеряно, хаб продолжит сам",
            "请排除原因；没有丢失任何数据，hub 会自动继续",
            "Mend that; nothing is lost, and the hub goes on by itself",
        ),
    ),
    "key_forbidden": (
        (
            "Файл {path} принадлежит пользователю {owner}, а хаб запущен от имени {user}",
            "{path} 属于用户 {owner}，而 hub 以 {user} 身份运行",
            "{path} belongs to {owner}, and the hub runs as {user}",
        ),
        (
            "Запускайте хаб от имени {owner} или отдайте папку ему: 'chown -R {user} {home}'",
            "请以 {owner} 身份运行 hub，或执行 'chown -R {user} {home}'",
            "Run the hub as {owner}, or give it the folder: 'chown -R {user} {home}'",
        ),
    ),
    "zones_missing": (
        (
            "Неизвестны часовые пояса: {zones}",
            "不认识时区：{zones}",
            "This machine does not know these time zones: {zones}",
        ),
        (
            "Установите данные часовых поясов: 'pip install tzdata' или системный пакет tzdata; до этого "
            "работа стоит",
            "请安装时区数据：'pip install tzdata' 或系统的 tzdata 包；在此之前无法工作",
            "Install time zone data: 'pip install tzdata', or the system's package tzdata. Until then "
            "the work "
            "stands still",
        ),
    ),
    "files_few": (
        (
            "Процессу разрешено открыть только {count} файлов и соединений",
            "本进程最多只能打开 {count} 个文件和连接",
            "This process may open only {count} files and connections",
        ),
        (
            "Поднимите предел: 'ulimit -n 4096' или LimitNOFILE=4096 в службе",
            "请提高上限：'ulimit -n 4096'，或在服务中设 LimitNOFILE=4096",
            "Raise the limit: 'ulimit -n 4096', or LimitNOFILE=4096 in the service",
        ),
    ),
    "clock_behind": (
        (
            "Часы машины отстали на {age}: хаб уже видел {time}",
            "本机时钟倒退了 {age}：hub 已见过 {time}",
            "The machine's clock went back by {age}: the hub has seen {time} already",
        ),
        (
            "Поставьте часы верно (NTP). Если верны нынешние, запустите 'hub serve': он передвинет всё, "
            "что ждёт "
            "своего времени",
            "请校正时钟（NTP）。若现在的时间正确，运行 'hub serve'：它会调整所有等待中的任务",
            "Set the clock right (NTP). If it is right now, start 'hub serve': it moves what waits for "
            "its time",
        ),
    ),
    "clock_went_back": (
        (
            "{time} часы машины ушли назад на {age}; всё, что ждёт своего времени, передвинуто",
            "{time} 本机时钟倒退了 {age}；等待中的任务已相应调整",
            "At {time} the machine's clock went back by {age}; what waits for its time was moved",
        ),
        (
            "Проверьте синхронизацию времени (NTP) и сроки отгрузки за эти дни",
            "请检查时间同步（NTP）以及这几天的发货期限",
            "Look at the time synchronisation (NTP), and at the deadlines of these days",
        ),
    ),
    "plugin_ends_process": (
        (
            "Плагин {plugin} при запуске завершил процесс, раз подряд: {count}",
            "插件 {plugin} 在启动时使进程结束，连续 {count} 次",
            "The plugin {plugin} ended the process in its start-up hook, {count} times in a row",
        ),
        (
            "Обновите плагин или уберите его из 'allow'; его запуск пропускается через раз, остальные "
            "работают",
            "请更新该插件，或从 'allow' 中移除；其启动钩子会被间隔跳过，其他不受影响",
            "Update the plugin, or take it out of 'allow'; its hook is left out at every other start, "
            "and the "
            "others work",
        ),
    ),
}
