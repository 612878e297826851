"""``thirdeye pacs``: receive from the archive, send to it, fetch from it."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from thirdeye.case.study import json_text
from thirdeye.cli.interruption import INTERRUPTION
from thirdeye.cli.options import json_option
from thirdeye.cli.pacs_options import connection_options, listener_options
from thirdeye.errors import StageFailed
from thirdeye.inference.wording import readable

_PATH = click.Path(path_type=Path)
_OUTBOX = click.option(
    "--outbox", type=_PATH, default=Path("pacs-outbox"), show_default=True,
    help="Folder that keeps what is not sent yet.",
)  # fmt: skip


@click.group("pacs")
def command() -> None:
    """The way to the archive: listen, send, pull. Research use only."""


@command.command("listen")
@click.argument("folder", metavar="DIR", type=_PATH)
@listener_options
@json_option
def listen(folder: Path, as_json: bool, listening: Any) -> None:
    """Take what scanners and archives send, into DIR, until Ctrl-C.

    Each image is kept once, whole, under a name that says nothing of the patient; received.jsonl in DIR has a
    line for each. `thirdeye serve --watch DIR` takes its cases from there. It listens on this computer alone
    unless --host says otherwise.
    """
    from thirdeye.dicom.network.inbox import Inbox, Received
    from thirdeye.dicom.network.listener import Listener

    seen: set[str] = set()

    def told(received: Received) -> None:
        form = {key: value for key, value in asdict(received).items() if key != "study_uid"}
        if as_json:
            click.echo(json_text(form).replace("\n", " "))
            return
        if received.alarm:
            click.echo(f"ALARM in series {received.series[:8]}: {received.alarm}", err=True)
        if received.series not in seen:
            seen.add(received.series)
            click.echo(f"study {received.study[:8]}: {received.modality or 'images'} from {received.sender}")

    INTERRUPTION.watch_requests_to_end()
    with Listener(Inbox(folder, told), listening) as listener:
        click.echo(
            f"{listening.title} listens on {listening.host} port {listener.port}; Ctrl-C ends", err=True
        )
        while True:
            INTERRUPTION.check()  # the interrupt itself may be lost in a finaliser
            time.sleep(0.5)


@command.command("echo")
@click.argument("node")
@connection_options
def echo(node: str, connection: Any) -> None:
    """Ask whether the archive NODE (TITLE@host:port) is there and lets us in."""
    from thirdeye.dicom.network.entity import echo as ask
    from thirdeye.dicom.network.peer import Peer

    peer = connection.to(node)
    if not isinstance(peer, Peer):
        raise click.UsageError("an echo is asked of TITLE@host:port; DICOMweb has none")
    ask(peer)
    click.echo(f"{peer.name} answers")


@command.command("send")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_PATH)
@click.option("--to", "node", required=True, metavar="NODE", help="TITLE@host:port, or https://host/path.")
@_OUTBOX
@connection_options
@json_option
def send(files: tuple[Path, ...], node: str, outbox: Path, as_json: bool, connection: Any) -> None:
    """Send DICOM files, or folders of them, to an archive.

    What cannot be sent now stays in the outbox; `thirdeye pacs outbox --send` tries again. The same file is
    sent to the same archive once.
    """
    from thirdeye.dicom.network.outbox import Outbox
    from thirdeye.journey.sending import send as send_now

    items = send_now(files, node, Outbox(outbox), connection)
    _say(items, as_json=as_json)
    _refuse_unsent(items)


@command.command("outbox")
@_OUTBOX
@click.option("--send", "now", is_flag=True, help="Try what is due.")
@click.option("--now", "early", is_flag=True, help="With --send: try everything, due or not.")
@click.option("--again", metavar="KEY", help="Queue an object again that the archive refused.")
@connection_options
@json_option
def show_outbox(
    outbox: Path, now: bool, early: bool, again: str | None, as_json: bool, connection: Any
) -> None:
    """What was sent, what waits, and what the archive refused."""
    from thirdeye.dicom.network.outbox import Outbox

    kept = Outbox(outbox)
    if again is not None:
        kept.again(again)
    if now:
        kept.deliver(connection.send, even_if_early=early)
    items = kept.items()
    _say(items, as_json=as_json)
    if now:
        _refuse_unsent(items)


@command.command("pull")
@click.option("--from", "node", required=True, metavar="NODE", help="TITLE@host:port, or https://host/path.")
@click.option("--into", "folder", required=True, type=_PATH, help="Folder that images go into.")
@click.option("--patient", default="", metavar="ID", help="Number of the patient.")
@click.option("--accession", default="", metavar="NUMBER", help="Accession number.")
@click.option("--study", default="", metavar="UID", help="StudyInstanceUID.")
@click.option("--date", default="", metavar="DAY", help="20260131, or 20260101-20260131.")
@click.option("--modality", default="", help="CR, MG, CT, ...")
@click.option(
    "--get", "by_get", is_flag=True, help="Fetch on our own line (C-GET): the archive need not know us."
)
@click.option("--dry-run", is_flag=True, help="Only say how much fits.")
@listener_options
@connection_options
@json_option
def pull(
    node: str, folder: Path, by_get: bool, dry_run: bool, as_json: bool, listening: Any, connection: Any,
    **asked: str,
) -> None:  # fmt: skip
    """Fetch studies from an archive: by C-FIND and C-MOVE, by C-GET, or by DICOMweb.

    For C-MOVE the archive must know our --title, --host and --port; images come on that line. Over DICOMweb
    name a --date or a --study: a patient's number would otherwise stand in an address, which is logged.
    """
    from thirdeye.dicom.network.pull import look_up
    from thirdeye.dicom.network.pull import pull as fetch
    from thirdeye.dicom.network.query import Wanted

    wanted, archive = Wanted(**asked), connection.to(node)
    if dry_run:
        found = look_up(archive, wanted)
        lines = [f"{one.date or 'no date'}: {'/'.join(one.modalities)}" for one in found]
        forms = [
            {"date": one.date, "modalities": list(one.modalities), "images": one.images} for one in found
        ]
        click.echo(json_text(forms) if as_json else "\n".join([f"{len(found)} studies fit", *lines]))
        return
    pulled = fetch(archive, wanted, folder, by_get=by_get, listening=listening)
    if as_json:
        click.echo(json_text(asdict(pulled)))
    else:
        click.echo(
            f"{pulled.studies} studies: {pulled.new} new images, {pulled.again} that were there already, in "
            f"{readable(str(folder))}"
        )
        for alarm in pulled.alarms:
            click.echo(f"ALARM: {alarm}", err=True)
    if pulled.missing:
        raise StageFailed(f"{pulled.missing} images did not come; the same command fetches what is missing")


def _say(items: list[Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text([asdict(item) for item in items]))
        return
    for item in items:
        why = f": {item.reason}" if item.reason else ""
        again = f"; next try {item.next_try[:19]} UTC" if item.state == "queued" and item.tries else ""
        click.echo(f"{item.key}  {item.kind} to {readable(item.destination)}: {item.state}{why}{again}")


def _refuse_unsent(items: list[Any]) -> None:
    unsent = [item for item in items if item.state != "sent"]
    if unsent:
        raise StageFailed(
            f"{len(unsent)} of {len(items)} are not sent yet; they are kept, and thirdeye pacs outbox --send "
            "tries again"
        )
