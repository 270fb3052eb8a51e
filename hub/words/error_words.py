"""Refusals and failures in Russian and Chinese, by the English sentence that the code says them with.

A key is that sentence with a name for each of its values; a test holds every key to the code. Vendors' own
words, and what stands here not, stay as they are. JSON and HTTP carry the English sentence and its code.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hub.words.texts import stage_title

_FIELD = re.compile(r"\{(\w+)\}")

ERRORS: dict[str, tuple[str, str]] = {
    # English: (Russian, Chinese)
    # --- what is not there
    "no such seller": ("такого продавца нет", "没有这个卖家"),
    "no such posting": ("такого отправления нет", "没有这个货件"),
    "no such problem": ("такой проблемы нет", "没有这个问题"),
    "no such account": ("такого аккаунта нет", "没有这个账户"),
    "no such document": ("такого документа нет", "没有这个文件"),
    "no such operation": ("такой операции нет", "没有这个操作"),
    "no such key": ("такого ключа нет", "没有这个密钥"),
    "no such work": ("такой задачи нет", "没有这个任务"),
    "no such shipment": ("такой перевозки нет", "没有这个运单"),
    "there is no file {path}": ("файла {path} нет", "没有文件 {path}"),
    "there is no folder {path}: make it first": (
        "папки {path} нет: сначала создайте её",
        "没有文件夹 {path}：请先创建",
    ),
    "{target} exists already: choose another name": (
        "{target} уже существует: выберите другое имя",
        "{target} 已存在：请换一个名称",
    ),
    # --- where the hub connects, and its keys
    "{plugin} may not connect to {where}: this is neither an address of the plugin nor one that the operator "
    'of this hub has named. To allow it, the operator writes {key} = ["{origin}"] under [addresses] in '
    "plugins.toml and starts the hub again": (
        "{plugin} не может соединяться с {where}: это не адрес плагина и не назван владельцем хаба. Чтобы "
        'разрешить, владелец добавляет {key} = ["{origin}"] в [addresses] файла plugins.toml и запускает хаб '
        "снова",
        "{plugin} 不能连接 {where}：它既不是该插件自带的地址，也未由本系统的管理员列出。如需允许，请管理员在 "
        'plugins.toml 的 [addresses] 中写入 {key} = ["{origin}"] 并重新启动',
    ),
    "{plugin} may not connect to {where}: this is neither an address of the plugin nor one that the operator "
    'of this hub has named. To allow it, the operator adds "{origin}" to the line {key} under [addresses] in '
    "plugins.toml and starts the hub again": (
        "{plugin} не может соединяться с {where}: это не адрес плагина и не назван владельцем хаба. Чтобы "
        'разрешить, владелец дописывает "{origin}" в строку {key} раздела [addresses] в plugins.toml и '
        "запускает хаб снова",
        "{plugin} 不能连接 {where}：它既不是该插件自带的地址，也未由本系统的管理员列出。如需允许，请管理员在 "
        'plugins.toml 的 [addresses] 中把 "{origin}" 加入 {key} 一行并重新启动',
    ),
    "{plugin} may not connect to {host}: the name leads into a private or local network. If that is meant, "
    'the operator of this hub adds that network (as in "10.0.0.0/8") to {key} under [addresses] in '
    "plugins.toml": (
        "{plugin} не может соединяться с {host}: имя ведёт в частную или местную сеть. Если так задумано, "
        'владелец хаба добавляет эту сеть (например, "10.0.0.0/8") к {key} в [addresses] файла plugins.toml',
        "{plugin} 不能连接 {host}：该名称指向私有或本地网络。如果确实需要，请管理员在 plugins.toml 的 "
        '[addresses] 中为 {key} 加入该网络（例如 "10.0.0.0/8"）',
    ),
    "another rotation is at work: wait until it has ended": (
        "уже идёт другая смена ключа: дождитесь её конца",
        "另一次密钥轮换正在进行：请等待其结束",
    ),
    "a value was sealed with an old key a moment ago: run the command again": (
        "только что запись зашифрована старым ключом: повторите команду",
        "刚有数据用旧密钥加密：请再次运行该命令",
    ),
    "there is an invisible character in it that commands a terminal: remove it": (
        "в нём есть невидимый управляющий символ: удалите его",
        "其中有不可见的控制字符：请删除",
    ),
    # --- erasing
    "there is no such posting": ("такого отправления нет", "没有这个货件"),
    "the posting is {stage}: erase it when it is over": (
        "этап отправления: {stage}; стереть можно, когда оно завершено",
        "货件阶段：{stage}；请在完成后再删除",
    ),
    "its booking is not over: cancel it or let it end, then erase": (
        "перевозка не завершена: отмените её или дождитесь конца, затем стирайте",
        "运单尚未结束：请取消或等待结束后再删除",
    ),
    "a question about its money is open: answer it, then erase": (
        "открыт вопрос о деньгах: ответьте на него, затем стирайте",
        "仍有涉及款项的问题：请先答复再删除",
    ),
    "the document was erased with the buyer's data": (
        "документ стёрт вместе с данными покупателя",
        "该文件已随买家数据一并删除",
    ),
    # --- shipping
    "no carrier {carrier}: 'hub plugins' lists them": (
        "перевозчика {carrier} нет: список показывает 'hub plugins'",
        "没有承运商 {carrier}：可用 'hub plugins' 查看",
    ),
    "the carrier {carrier} is not on for {seller}: there are {have}": (
        "перевозчик {carrier} выключен для {seller}; есть: {have}",
        "承运商 {carrier} 未对 {seller} 启用；现有：{have}",
    ),
    "the carrier {carrier} has no account that works for {seller}: there are {have}": (
        "у {seller} нет рабочего аккаунта {carrier}; есть: {have}",
        "{seller} 没有可用的 {carrier} 账户；现有：{have}",
    ),
    "the posting is {stage}": ("этап отправления: {stage}", "货件阶段：{stage}"),
    "the carrier is fixed by the marketplace: {provider}": (
        "перевозчика выбирает маркетплейс: {provider}",
        "承运商由平台指定：{provider}",
    ),
    "fixed by the marketplace: {provider}": ("выбирает маркетплейс: {provider}", "由平台指定：{provider}"),
    "it is booked with {carrier}: cancel that first, 'hub cancel'": (
        "уже оформлено у {carrier}: сначала отмените, 'hub cancel'",
        "已在 {carrier} 下单：请先取消，'hub cancel'",
    ),
    "the prices of {carrier} are only to compare: it books nothing": (
        "цены {carrier} только для сравнения: оформить через него нельзя",
        "{carrier} 的价格仅供比较：不能下单",
    ),
    "the posting has a booking already": ("отправление уже оформлено", "该货件已下单"),
    "there is no booking to cancel": ("нечего отменять: перевозка не оформлена", "没有可取消的运单"),
    "the marketplace does not let this posting be cancelled now": (
        "маркетплейс сейчас не даёт отменить это отправление",
        "平台目前不允许取消该货件",
    ),
    "choose a reason that {market} takes: {known}": (
        "выберите причину, которую принимает {market}: {known}",
        "请选择 {market} 接受的原因：{known}",
    ),
    "weight and size are not in the catalogue: {offers}": (
        "в каталоге нет веса и размеров: {offers}",
        "商品目录缺少重量和尺寸：{offers}",
    ),
    "the seller has no sender address: add [sellers.<name>.sender], or 'hub seller change --sender'": (
        "не указан отправитель: добавьте [sellers.<имя>.sender] или 'hub seller change --sender'",
        "未设置寄件人：请添加 [sellers.<名称>.sender] 或使用 'hub seller change --sender'",
    ),
    "the posting has no address": ("у отправления нет адреса", "货件没有地址"),
    "the address of the buyer or of the sender is missing": (
        "нет адреса покупателя или отправителя",
        "缺少买家或寄件人的地址",
    ),
    "no carrier has an offer, and one did not answer: it is asked again": (
        "предложений нет, а один перевозчик не ответил: спросим ещё раз",
        "暂无报价，且有承运商未答复：稍后重试",
    ),
    "{title} lists no delivery points": (
        "{title} не сообщает пункты выдачи",
        "{title} 不提供自提点列表",
    ),
    "it has no delivery points in this town": (
        "в этом городе нет пунктов выдачи",
        "该城市没有自提点",
    ),
    # --- labels and papers
    "nobody has ordered it shipped yet: 'hub ship'": (
        "отправка ещё не заказана: 'hub ship'",
        "尚未下达发货指令：'hub ship'",
    ),
    "its cancel was refused: answer that first, 'hub problems'": (
        "отмена не принята: сначала ответьте на проблему, 'hub problems'",
        "取消被拒绝：请先处理该问题，'hub problems'",
    ),
    "the label is not ready yet": ("этикетка ещё не готова", "面单尚未就绪"),
    "the posting was cancelled: its label must not be printed": (
        "отправление отменено: этикетку печатать нельзя",
        "货件已取消：不得打印面单",
    ),
    "the posting is {stage}: it needs no label": (
        "этап отправления: {stage}, этикетка не нужна",
        "货件阶段：{stage}，不需要面单",
    ),
    "unknown paper {paper}: choose one of {names}": (
        "неизвестная бумага {paper}: выберите из {names}",
        "未知纸张 {paper}：可选 {names}",
    ),
    "these postings are of several sellers, {names}: a file holds one seller's papers. "
    "Ask for each seller's alone": (
        "это отправления нескольких продавцов ({names}): в файле могут быть документы только одного. "
        "Запросите для каждого отдельно",
        "这些货件属于多个卖家（{names}）：一个文件只含一个卖家的单据。请按卖家分别索取",
    ),
    "pages of its file that show another parcel's code and are not printed: {left}": (
        "не печатаются страницы файла с чужим штрихкодом: {left}",
        "文件中有 {left} 页含其他包裹的条码，不予打印",
    ),
    "the vendor did not print it this time": ("в этот раз её не напечатали", "这次未生成"),
    "this file takes too long to open": ("этот файл открывается слишком долго", "打开此文件耗时过长"),
    "this file takes too much memory to open": (
        "чтобы открыть этот файл, нужно слишком много памяти",
        "打开此文件占用内存过多",
    ),
    "this file breaks the program that opens it": (
        "этот файл ломает программу, которая его открывает",
        "此文件会使打开它的程序崩溃",
    ),
    "this file makes more than a label file can be": (
        "из этого файла получается больше, чем может быть в этикетке",
        "此文件展开后超出面单文件的上限",
    ),
    "there is nothing to pack: every posting was cancelled": (
        "паковать нечего: все отправления отменены",
        "无需打包：货件均已取消",
    ),
    # --- problems and answers
    "this problem was answered before": ("на эту проблему уже ответили", "该问题已答复"),
    "choose one of: {answers}": ("выберите из: {answers}", "可选：{answers}"),
    "a product has no {names}": ("у товара нет поля {names}", "商品没有字段 {names}"),
    "say what is to be corrected, such as weight_g": (
        "укажите, что исправить, например weight_g",
        "请说明要更正的内容，例如 weight_g",
    ),
    "the carrier is being asked for this booking: answer in a moment": (
        "у перевозчика уточняется эта перевозка: ответьте чуть позже",
        "正在向承运商核实该运单：请稍后答复",
    ),
    "another operation of this posting waits too: resolve that one first": (
        "у этого отправления ждёт и другая операция: сначала решите её",
        "该货件还有其他操作待处理：请先处理",
    ),
    "give what is to be corrected: {parts}": (
        "укажите, что исправить: {parts}",
        "请说明要更正的部分：{parts}",
    ),
    "give these fields and no others: {fields}": (
        "укажите только эти поля: {fields}",
        "只能填写这些字段：{fields}",
    ),
    "the buyer's address is not here any more": (
        "адреса покупателя здесь больше нет",
        "买家地址已不在此处",
    ),
    "the address was not checked: try again": (
        "адрес ещё не проверен: повторите",
        "地址尚未核对：请重试",
    ),
    # --- sellers and accounts
    "there is a seller {slug} already{where}": (
        "продавец {slug} уже есть{where}",
        "卖家 {slug} 已存在{where}",
    ),
    "{slug} is declared in plugins.toml: change it there": (
        "{slug} описан в plugins.toml: измените там",
        "{slug} 在 plugins.toml 中声明：请在其中修改",
    ),
    "say what is to change: {fields}": ("укажите, что изменить: {fields}", "请说明要修改的内容：{fields}"),
    "there is an account {name} already": ("аккаунт {name} уже есть", "账户 {name} 已存在"),
    "there is an account {name} already, of {plugin}: choose another name": (
        "аккаунт {name} уже есть ({plugin}): выберите другое имя",
        "账户 {name} 已存在（{plugin}）：请换一个名称",
    ),
    "the account {name} is declared in plugins.toml: change it there": (
        "аккаунт {name} описан в plugins.toml: измените там",
        "账户 {name} 在 plugins.toml 中声明：请在其中修改",
    ),
    "the plugin {plugin} is not on for {seller}": (
        "плагин {plugin} выключен для {seller}",
        "插件 {plugin} 未对 {seller} 启用",
    ),
    "the plugin {plugin} is not on for {seller}: add it to the seller's plugins, in plugins.toml or with "
    "'hub seller change'": (
        "плагин {plugin} выключен для {seller}: добавьте его: в plugins.toml или 'hub seller change'",
        "插件 {plugin} 未对 {seller} 启用：请在 plugins.toml 中或用 'hub seller change' 为该卖家加入",
    ),
    "{plugin} is installed, and may not run here: to allow it, the operator adds it to 'allow' under "
    "[plugins] in plugins.toml and starts the hub again": (
        "{plugin} установлен, но здесь не разрешён: чтобы разрешить, владелец хаба добавляет его в 'allow' "
        "раздела [plugins] в plugins.toml и запускает хаб снова",
        "{plugin} 已安装，但此处不允许运行：请管理员把它加入 plugins.toml 中 [plugins] 的 'allow' 并重新启动",
    ),
    "{plugin} may not run here{near}": ("{plugin} здесь не разрешён{near}", "此处不允许运行 {plugin}{near}"),
    "{plugin} may not run here{near}: add it to 'allow' in plugins.toml, or leave it out": (
        "{plugin} здесь не разрешён{near}: добавьте его в 'allow' в plugins.toml или не указывайте",
        "此处不允许运行 {plugin}{near}：请加入 plugins.toml 的 'allow'，或不要填写",
    ),
    "this {plugin} account ({id}) is connected already{where}: a second one would ship its postings twice": (
        "этот аккаунт {plugin} ({id}) уже подключён{where}: второй отправил бы те же заказы ещё раз",
        "{plugin} 账户（{id}）已连接{where}：重复连接会使货件发两次",
    ),
    "{name} is no IANA time zone{near}: write one like Europe/Moscow or Asia/Shanghai": (
        "{name} — не часовой пояс IANA{near}: укажите, например, Europe/Moscow или Asia/Shanghai",
        "{name} 不是 IANA 时区{near}：请填写如 Europe/Moscow 或 Asia/Shanghai",
    ),
    # --- files
    "{path} does not exist: run 'hub init' to make it": (
        "файла {path} нет: его создаст 'hub init'",
        "{path} 不存在：请运行 'hub init' 创建",
    ),
    "{path} is damaged: {reason}": ("{path} повреждён: {reason}", "{path} 已损坏：{reason}"),
    "{path} is no database of a hub ({reason})": (
        "{path} — не база хаба ({reason})",
        "{path} 不是 hub 的数据库（{reason}）",
    ),
    "{path} is of a newer hub: update this one first": (
        "{path} создан более новой версией: сначала обновите хаб",
        "{path} 由更新版本创建：请先升级 hub",
    ),
    "the database was written by a newer hub (schema {version}, this one knows {VERSION}): install that "
    "version, or restore a backup": (
        "база записана более новым хабом (схема {version}, здесь {VERSION}): установите ту версию или "
        "восстановите копию",
        "数据库由更新的 hub 写入（表结构 {version}，本机 {VERSION}）：请安装该版本，或恢复备份",
    ),
    "the database is of an older hub (schema {version}, this one has {VERSION}): stop the hub, then run "
    "'hub migrate', which makes a copy first, or start 'hub serve'": (
        "база прежней версии (схема {version}, здесь {VERSION}): остановите хаб и выполните 'hub migrate' "
        "(сначала делает копию) или запустите 'hub serve'",
        "数据库为旧版本（表结构 {version}，本机 {VERSION}）：请停止 hub，然后运行 'hub migrate'（会先做备份）"
        "或启动 'hub serve'",
    ),
    "the database cannot be copied before it is migrated, and nothing was changed: {what}. It needs {size} "
    "bytes beside it": (
        "перед обновлением базу не скопировать, ничего не изменено: {what}. Рядом с ней нужно {size} байт",
        "升级前无法复制数据库，未做任何更改：{what}。旁边需要 {size} 字节空间",
    ),
    "a hub is writing here: stop it first": (
        "здесь пишет хаб: сначала остановите его",
        "hub 正在写入：请先停止",
    ),
    "a hub is at work here: stop it first": (
        "здесь работает хаб: сначала остановите его",
        "hub 正在运行：请先停止",
    ),
    "the file is empty: its first line names the columns": (
        "файл пуст: первая строка называет столбцы",
        "文件为空：第一行应为列名",
    ),
    "the characters of this file cannot be told for sure: save it as 'CSV UTF-8' and import it again": (
        "кодировку файла не определить: сохраните его как «CSV UTF-8» и загрузите снова",
        "无法确定文件编码：请另存为“CSV UTF-8”后重新导入",
    ),
    "there is no column {name}{hint}": ("столбца {name} нет{hint}", "没有列 {name}{hint}"),
    "the column {name} stands there twice": ("столбец {name} указан дважды", "列 {name} 重复"),
    "the column {name} is missing: {why}": ("нет столбца {name}: {why}", "缺少列 {name}：{why}"),
    "no plugin brings a carrier {carrier}: there are {known}": (
        "нет плагина с перевозчиком {carrier}; есть: {known}",
        "没有提供承运商 {carrier} 的插件；现有：{known}",
    ),
    "lines {first} and {second} both apply to {what}": (
        "строки {first} и {second} обе относятся к {what}",
        "第 {first} 行和第 {second} 行都适用于 {what}",
    ),
    "there is no line: to end a contract, remove its prices": (
        "нет ни одной строки: чтобы завершить договор, удалите его цены",
        "没有任何行：要结束合同，请删除其价格",
    ),
    # --- the machine
    "this machine does not know the time zone {name}: install time zone data ('pip install tzdata', or "
    "the system's "
    "package tzdata)": (
        "машина не знает часового пояса {name}: установите данные часовых поясов ('pip install tzdata' "
        "или системный "
        "пакет tzdata)",
        "本机不认识时区 {name}：请安装时区数据（'pip install tzdata' 或系统的 tzdata 包）",
    ),
    "the plugin {name} does not run here; postings that wait for it: {count}": (
        "плагин {name} здесь не работает, его ждут отправлений: {count}",
        "插件 {name} 未在此运行，有 {count} 个货件在等待",
    ),
    "the process ended {times} times while this was at work": (
        "пока шла эта работа, процесс завершался раз: {times}",
        "运行此任务时进程结束了 {times} 次",
    ),
    "{path} belongs to {owner}, and the hub runs as {user}: run it as its owner, or give the folder to the "
    "hub's user (chown -R)": (
        "{path} принадлежит {owner}, а хаб запущен от имени {user}: запускайте его от имени владельца или "
        "отдайте папку пользователю хаба (chown -R)",
        "{path} 属于 {owner}，而 hub 以 {user} 身份运行：请以其所有者身份运行，"
        "或将目录交给 hub 的用户（chown -R）",
    ),
    "{path} cannot be written ({reason}): choose a place that this user may write to, and that has room": (
        "записать {path} нельзя ({reason}): выберите место, куда этот пользователь может писать и где "
        "хватает места",
        "无法写入 {path}（{reason}）：请选择该用户可写且空间充足的位置",
    ),
    "a newer hub has taken over {path}: this process writes nothing into it any more. End it, and use the "
    "newer version": (
        "{path} теперь ведёт более новый хаб: этот процесс в базу больше не пишет. Завершите его и "
        "пользуйтесь новой версией",
        "{path} 已由更新版本的 hub 接管：此进程不再写入。请结束它并使用新版本",
    ),
    "the disk is full: {path} cannot be written. Make room; the hub goes on by itself": (
        "диск заполнен: записать {path} нельзя. Освободите место; хаб продолжит сам",
        "磁盘已满：无法写入 {path}。请清理空间；hub 会自动继续",
    ),
    "{path} cannot be written: its file system is read-only. Make it writable again (the system makes a "
    "disk with "
    "errors read-only: look at its log); the hub goes on by itself": (
        "записать {path} нельзя: файловая система доступна только для чтения. Верните запись (диск с "
        "ошибками "
        "система сама переводит в такой режим: смотрите её журнал); хаб продолжит сам",
        "无法写入 {path}：文件系统为只读。请恢复可写（磁盘出错时系统会转为只读：请看系统日志）；hub "
        "会自动继续",
    ),
    "{path} cannot be used: it belongs to somebody else. Run the hub as its owner, or give the folder "
    "and what is "
    "in it to the hub's user (chown -R)": (
        "{path} недоступен: он принадлежит другому пользователю. Запускайте хаб от имени владельца или "
        "отдайте "
        "папку со всем содержимым пользователю хаба (chown -R)",
        "无法使用 {path}：它属于其他用户。请以其所有者身份运行 hub，或将目录及其内容交给 hub 的用户（chown "
        "-R）",
    ),
    "another program holds {path}: wait, or end that program. Nothing is damaged, and no backup has to "
    "be put "
    "back": (
        "{path} занят другой программой: подождите или завершите её. Ничего не повреждено, "
        "восстанавливать копию "
        "не нужно",
        "{path} 正被其他程序占用：请等待或结束该程序。数据未损坏，无需恢复备份",
    ),
    "{path} is damaged. Stop the hub and keep the files; 'hub doctor' looks at them, 'hub restore FILE' "
    "puts a "
    "backup back": (
        "{path} повреждён. Остановите хаб и сохраните файлы; 'hub doctor' проверит их, 'hub restore "
        "FILE' вернёт "
        "копию",
        "{path} 已损坏。请停止 hub 并保留文件；'hub doctor' 可检查，'hub restore FILE' 可恢复备份",
    ),
    "the disk answers with an error where {path} is. Look at the disk, its quota and the system's log; "
    "the hub "
    "goes on by itself once it answers again": (
        "диск с {path} отвечает ошибкой. Проверьте диск, квоту и журнал системы; хаб продолжит сам, "
        "когда диск "
        "снова ответит",
        "{path} 所在磁盘返回错误。请检查磁盘、配额和系统日志；恢复后 hub 会自动继续",
    ),
    "{path} cannot be opened: see whether its folder is there and belongs to the hub's user": (
        "{path} не открывается: есть ли его папка и принадлежит ли она пользователю хаба",
        "无法打开 {path}：请检查其目录是否存在且属于 hub 的用户",
    ),
    "{path} was taken away, or replaced, while the hub is at work: nothing is written or sent. Stop the hub, "
    "put the file back ('hub restore FILE' takes a backup), and start it again": (
        "файл {path} убран или подменён во время работы хаба: ничего не записывается и не отправляется. "
        "Остановите хаб, верните файл («hub restore FILE» берёт резервную копию) и запустите хаб снова",
        "{path} 在程序运行时被移走或替换：现在不写入也不发送任何内容。请停止程序，把文件放回原处"
        "（“hub restore FILE”可从备份恢复），然后重新启动",
    ),
    "too many files and connections are open in this process: raise its limit (ulimit -n, or LimitNOFILE "
    "of the "
    "service)": (
        "процесс открыл слишком много файлов и соединений: поднимите предел (ulimit -n или LimitNOFILE "
        "службы)",
        "进程打开的文件和连接过多：请提高上限（ulimit -n，或服务的 LimitNOFILE）",
    ),
    # --- vendors
    "it cannot be reached": ("нет связи", "无法连接"),
    "no answer came in time": ("ответ не пришёл вовремя", "未及时答复"),
    "the connection broke": ("связь прервалась", "连接中断"),
    "the answer was cut short": ("ответ оборван", "答复不完整"),
    "the answer cannot be read": ("ответ нечитаем", "答复无法读取"),
    "too many requests wait for an answer": ("слишком много запросов ждут ответа", "等待答复的请求过多"),
    "the credentials were refused (HTTP 401)": ("ключи не приняты (HTTP 401)", "凭证被拒绝（HTTP 401）"),
    "access was refused (HTTP 403)": ("доступ запрещён (HTTP 403)", "访问被拒绝（HTTP 403）"),
    "there is no such thing there (HTTP 404)": ("там такого нет (HTTP 404)", "对方没有该内容（HTTP 404）"),
    "too many requests (HTTP 429)": ("слишком много запросов (HTTP 429)", "请求过多（HTTP 429）"),
    "it cannot answer now (HTTP 503)": ("сейчас не отвечает (HTTP 503)", "目前无法答复（HTTP 503）"),
    "it refused the request (HTTP {status})": (
        "запрос отклонён (HTTP {status})",
        "请求被拒绝（HTTP {status}）",
    ),
    "it answered with an error of its own (HTTP {status})": (
        "у него внутренняя ошибка (HTTP {status})",
        "对方内部错误（HTTP {status}）",
    ),
    "{text}. Check the account's credentials": ("{text}. Проверьте ключи аккаунта", "{text}。请检查账户凭证"),
    "{text}. Check the account's settings": (
        "{text}. Проверьте настройки аккаунта",
        "{text}。请检查账户设置",
    ),
    "{title} did not answer {times} times in a row: it is asked again later": (
        "{title} не ответил {times} раз подряд: спросим позже",
        "{title} 连续 {times} 次未答复：稍后重试",
    ),
    "{title} is asked as often as it allows": (
        "{title}: достигнут лимит запросов",
        "{title}：已达到请求上限",
    ),
}
_COLUMN = {"ru": 0, "zh": 1}


def error_text(message: str, language: str) -> str:
    """The sentence in the language; what is known only in part keeps the rest ("CDEK: quotes: ...")."""
    column = _COLUMN.get(language)
    if column is None or not message:
        return message
    for pattern, words in _patterns():
        if found := pattern.fullmatch(message):
            values = {name: _value(name, text, language) for name, text in found.groupdict().items()}
            return words[column].format(**values)
    before, colon, rest = message.partition(": ")
    return f"{before}: {error_text(rest, language)}" if colon else message


def _value(name: str, text: str, language: str) -> str:
    match name:
        case "text":
            return error_text(text, language)
        case "stage":
            return stage_title(text, language)
    return text


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], tuple[str, str]]]:
    """The most particular first: one with more words of its own."""
    keys = sorted(ERRORS, key=lambda key: -len(_FIELD.sub("", key)))
    return [(re.compile(_pattern(key), re.DOTALL), ERRORS[key]) for key in keys]


def _pattern(key: str) -> str:
    parts = _FIELD.split(key)
    found = ""
    for at, part in enumerate(parts):
        if at % 2 == 0:
            found += re.escape(part)
        elif parts[at + 1] == "" and at + 2 < len(parts):  # another value follows at once: this is one word
            found += f"(?P<{part}>'[^']*'|\"[^\"]*\"|\\S+)"
        else:
            found += f"(?P<{part}>.*?)"
    return found
