"""``hub doctor``: everything that can be wrong, looked at one by one."""

from __future__ import annotations

import click

from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.show import Code, console, emit_json, table


@click.command(cls=HubCommand)
@click.option("--offline", is_flag=True, help="Ask no vendor for its clock.")
@pass_session
def doctor(session: Session, offline: bool) -> None:
    """Look at everything that can be wrong, and say what to do about it. It changes nothing.

    It works where the hub itself does not start. The exit code is 1 when there is a problem.
    """
    import asyncio

    from hub.flow.health.doctor import Doctor, report

    session.speak_unopened()
    visit = Doctor(session.home, session.database)
    view = report(asyncio.run(visit.examine(offline=offline)), session.language)
    if session.as_json:
        emit_json(view)
    else:
        rows = [(Code(one.level), one.title, one.text, one.advice) for one in view.checks]
        console().print(table(session, ("state", "what", "detail", "what to do"), rows))
    click.get_current_context().exit(1 if view.status == "problem" else 0)
