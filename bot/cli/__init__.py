"""The command line `papers`: the commands of the table, and the operator's.

Whatever a person, a network or a disk can cause ends in one sentence on standard error and an exit status;
`--debug` adds the traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.terminal import output
from bot.cli.options import Options, read_options
from bot.domain.answers import Refusal
from bot.domain.text import cut
from bot.errors import PapersError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.text import Mistake, Typed


ANY_USAGE = "COMMAND [ARGUMENTS]"

NAME_CHARS = 200
"""How much of a file's name is repeated in a complaint."""


def run(arguments: Sequence[str]) -> int:
    """Do what the command line says, and return the exit status."""
    output.prepare_streams()
    is_debugging, as_json = "--debug" in arguments, "--json" in arguments
    try:
        return dispatch(read_options(arguments))
    except BrokenPipeError:
        # Whoever read (`head`) has had enough: that is no fault.
        output.abandon_output()
        return output.DONE
    except KeyboardInterrupt:
        output.complain("Stopped.")
        return output.INTERRUPTED
    except PapersError as fault:
        tell_origin(is_debugging=is_debugging)
        return refuse(fault, as_json=as_json)
    except OSError as fault:
        tell_origin(is_debugging=is_debugging)
        status = refuse(PapersError(os_sentence(fault)), as_json=as_json)
        output.abandon_output()
        return status
    except Exception as fault:  # noqa: BLE001 - the outermost loop: a bug gets one sentence too
        tell_origin(is_debugging=is_debugging)
        hint = "" if is_debugging else " The same with --debug shows where."
        output.complain(f"That is a fault in papers-bot ({type(fault).__name__}), not yours.{hint}")
        return output.COULD_NOT


def refuse(fault: PapersError, *, as_json: bool) -> int:
    """Tell in one sentence what could not be done, and return the exit status."""
    usage = fault.usage if isinstance(fault, UsageError) else ""
    refusal = Refusal(str(fault), usage, wrong_usage=isinstance(fault, UsageError))
    return output.show_refusal(refusal, as_json=as_json)


def tell_origin(*, is_debugging: bool) -> None:
    """Show where the fault that is being handled came from, where that was asked for."""
    if is_debugging:
        import traceback  # noqa: PLC0415 - for faults alone

        traceback.print_exc()


def os_sentence(fault: OSError) -> str:
    """Return what the system would not do, as `Cannot use /srv/x: permission denied`."""
    why = (fault.strerror or type(fault).__name__).lower()
    what = f"use {cut(str(fault.filename), NAME_CHARS)}" if fault.filename else "write the answer"
    return f"Cannot {what}: {why}."


def dispatch(options: Options) -> int:
    """Hand the command to whoever does it."""
    if options.wants_version:
        output.write(f"papers-bot {version()}\n")
        return output.DONE
    word = options.words[0].lower() if options.words else "help"
    if options.wants_help or word == "help":
        asked = options.words[1:] if word == "help" else options.words
        return show_help(asked, options)
    from bot.cli.operators import OPERATORS  # noqa: PLC0415 - help and version go without

    if word in OPERATORS:
        from bot.cli.operating import WORK  # noqa: PLC0415 - opens stores and loads sources

        return WORK[word](OPERATORS[word], options)
    return run_command(options)


def version() -> str:
    """Return the version that is installed."""
    from importlib import metadata  # noqa: PLC0415 - slow, and for --version alone

    try:
        return metadata.version("papers-bot")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def show_help(asked: Sequence[str], options: Options) -> int:
    """Show help, which needs no settings and no store."""
    from datetime import UTC, datetime  # noqa: PLC0415 - as the others here: what is shown decides what loads

    from bot.cli.helping import help_page  # noqa: PLC0415 - as above

    page = help_page(asked[0].lower() if asked else "")
    # No time is told on a page of help: any instant does.
    return output.show_answer(page, datetime.fromtimestamp(0, UTC), as_json=options.as_json)


def run_command(options: Options) -> int:
    """Answer one command of the table. What cannot be understood is told before anything is opened."""
    from bot.cli.operators import OPERATORS  # noqa: PLC0415 - as above
    from bot.commands.shell import parse_words  # noqa: PLC0415 - as above
    from bot.commands.table import COMMANDS  # noqa: PLC0415 - as above
    from bot.commands.text import Mistake, unknown_word  # noqa: PLC0415 - as above

    words = [readable(word) for word in options.words]
    if words[0].lower() not in COMMANDS:
        raise misunderstood(unknown_word(words[0], [*COMMANDS, *OPERATORS]))
    typed = parse_words(words, COMMANDS)
    if isinstance(typed, Mistake):
        raise misunderstood(typed)
    return answer_command(typed, options)


def readable(word: str) -> str:
    """Return a word of the command line with what is no UTF-8 in it marked, as no store could keep it."""
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def misunderstood(mistake: Mistake) -> UsageError:
    """Return what was wrong with the words as an error."""
    return UsageError(mistake.sentence, mistake.usage or ANY_USAGE)


def answer_command(typed: Typed, options: Options) -> int:
    """Open the store, answer, and show the answer."""
    from bot import wiring  # noqa: PLC0415 - as above
    from bot.cli.loops import run_to_end  # noqa: PLC0415 - as above

    settings = wiring.load_settings()
    wiring.configure_log(settings, is_debugging=options.is_debugging)

    async def answer() -> int:
        async with wiring.opened(settings) as app:
            # Who has the shell may manage every place.
            reply = await app.core.answer_typed(typed, options.place, options.identity, manages=True)
            now = app.desk.clock.now()
            return output.show_answer(reply.answer, now, as_json=options.as_json, suffix=options.whose)

    return run_to_end(answer())
