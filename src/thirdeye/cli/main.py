"""The command `thirdeye`: one thin file per verb, loaded when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from thirdeye.cli.interruption import INTERRUPTION
from thirdeye.errors import ThirdEyeError

# verb: (module below thirdeye.cli, one line of help); kept here so that --help loads nothing
VERBS = {
    "demo": ("demo", "Sample data, the whole journey, and where to look."),
    "run": ("run", "Check, plan, train, validate, explain and report, in one go."),
    "check": ("check", "Put a dataset on trial: what is in it, and what is wrong with it."),
    "plan": ("plan", "Decide how to train, with the reason for each value."),
    "train": ("train", "Train the reader of a planned study."),
    "validate": ("validate", "Measure the reader on the untouched test part."),
    "compare": ("compare", "Two studies on the same test cases: which reader is better, by how much?"),
    "robustness": ("robustness", "Would more cases help? Does chance decide?"),
    "explain": ("explain", "Heat maps, and the exam that they have to pass."),
    "names": ("names", "What the classes of a study are called before people."),
    "report": ("report", "Write the report and the extraction canvas."),
    "read": ("read", "A second opinion on new cases."),
    "serve-opinions": ("serve_opinions", "Second opinions over HTTP, for programs of this computer."),
    "speed": ("speed", "What each engine gains and loses; the study reads with the best."),
    "drift": ("drift", "Are the cases of today still like those it was tested on?"),
    "similar": ("similar", "The past cases that similar ones are sought among: index, add, list, remove."),
    "serve": ("serve", "The reading room: the doctor decides first, the machine second."),
    "room": ("room", "Look after a reading room: verify, back up, restore."),
    "retrain": ("retrain", "From a reading room to a new model: cases, plan, acceptance test."),
    "readers": ("readers", "Reader studies: size, design, import, analyse."),
    "recipes": ("recipes", "Published systems as plans, and teaching runs: list, show, run, compare."),
    "evidence": ("evidence", "The published studies: list, figures, counts, and yours among them."),
    "pacs": ("pacs", "The way to the archive: listen, send, pull."),
    "deidentify": ("deidentify", "A copy of a folder without identities."),
    "consent": ("consent", "Which studies and models saw a patient."),
}
FAILED = 4
INTERRUPTED = 130


class Verbs(click.Group):
    """Finds a verb's command in its own file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order of the journey."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"thirdeye.cli.{VERBS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of verbs, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


def _version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"thirdeye {version('thirdeye-imaging')}")
        ctx.exit()


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def program() -> None:
    """Third Eye: from a folder of labelled medical images to a second reader that a doctor can trust.

    Research use only. Not a medical device.
    """


def main(arguments: list[str] | None = None) -> int | Any:
    """Run the command line and exit.

    Codes: 0 done, 2 wrong usage, 3 data refused, 4 a stage failed, 130 interrupted.
    """
    INTERRUPTION.watch()
    try:
        program.main(args=arguments, prog_name="thirdeye", standalone_mode=False)
        code = 0
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.exceptions.Exit as request:
        code = request.exit_code
    except ThirdEyeError as error:
        click.echo(f"thirdeye: {error}", err=True)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nthirdeye: interrupted; the same command goes on from here", err=True)
        code = INTERRUPTED
    except SystemExit:  # how click ends when whoever read our output has hung up
        code = 0
    except OSError as error:
        where = f"'{error.filename}': " if error.filename else ""
        click.echo(
            f"thirdeye: {where}{error.strerror or error}; free some space or check the rights", err=True
        )
        code = FAILED
    except MemoryError:
        click.echo("thirdeye: out of memory; close other programs, or use a smaller image_size_px", err=True)
        code = FAILED
    sys.exit(code)
