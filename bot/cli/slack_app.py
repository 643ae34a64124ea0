"""`papers slack-manifest`: what Slack is told of the bot, to be pasted where its app is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters.terminal import output
from bot.cli.operators import nothing_more, one_value, read_words
from bot.commands.table import COMMANDS
from bot.domain.text import cut
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.cli.operators import Operator
    from bot.cli.options import Options


def slack_manifest(operator: Operator, options: Options) -> int:
    """Print the manifest as JSON, which Slack takes."""
    from adapters.slack.commands.manifest import manifest  # noqa: PLC0415 - for this command alone

    given = read_words(operator, options.words[1:])
    nothing_more(operator, given.alone)
    url = one_value(operator, given, "url") or ""
    if url and (urlsplit(url).scheme != "https" or not urlsplit(url).hostname):
        raise UsageError(
            f"“{cut(url, 60)}” is no address that Slack can reach: it must begin with https://.",
            operator.usage,
        )
    output.write(json.dumps(manifest(COMMANDS, url), indent=2, ensure_ascii=False) + "\n")
    return output.DONE
