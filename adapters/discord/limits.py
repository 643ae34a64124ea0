"""Discord's limits of a message, each with the page that says so (read on 2026-08-06).

Characters are counted as UTF-16 units, as its own apps do: never fewer than what its API may count.
"""

MESSAGE = "https://docs.discord.com/developers/resources/message"
COMPONENTS = "https://docs.discord.com/developers/components/reference"
COMMANDS = "https://docs.discord.com/developers/interactions/application-commands"

MAX_CONTENT = 2_000
"""Characters of a message's own text; MESSAGE, Create Message. The OpenAPI file allows 4,000."""

MAX_EMBEDS = 10
"""Embeds of a message; MESSAGE, Create Message."""

MAX_EMBEDS_TOTAL = 6_000
"""Characters of titles, descriptions, fields, footers and authors of all embeds; MESSAGE, Embed Limits."""

MAX_TITLE = 256
"""Characters of an embed's title; MESSAGE, Embed Limits."""

MAX_DESCRIPTION = 4_096
"""Characters of an embed's description; MESSAGE, Embed Limits."""

MAX_FOOTER = 2_048
"""Characters of an embed's footer; MESSAGE, Embed Limits."""

MAX_EMBED_URL = 2_048
"""Characters of an embed's link; the OpenAPI file, RichEmbed."""

MAX_ROWS = 5
"""Action rows of a message; COMPONENTS, Action Row. The OpenAPI file allows more."""

MAX_ROW_BUTTONS = 5
"""Buttons of an action row; COMPONENTS, Action Row."""

MAX_CUSTOM_ID = 100
"""Characters of a component's custom id, unique in its message; COMPONENTS, Custom ID."""

MAX_LABEL = 80
"""Characters of a button's label; COMPONENTS, Button."""

MAX_OPTIONS = 25
"""Options of a select; COMPONENTS, String Select."""

MAX_OPTION = 100
"""Characters of an option's label, value or description; COMPONENTS, String Select."""

MAX_PLACEHOLDER = 150
"""Characters of a select's placeholder; COMPONENTS, String Select."""

MAX_NONCE = 25
"""Characters of a nonce; MESSAGE, Create Message."""

MAX_CHOICES = 25
"""Choices of an option and of an autocomplete answer; COMMANDS."""

MAX_CHOICE = 100
"""Characters of a choice's name, and of its value where that is a text; COMMANDS."""

MAX_SUBCOMMANDS = 25
"""Words under one command; COMMANDS."""

MAX_COMMAND_NAME = 32
"""Characters of a command's or an option's name; COMMANDS."""

MAX_COMMAND_DESCRIPTION = 100
"""Characters of a command's or an option's description; COMMANDS."""

MAX_COMMAND_TOTAL = 8_000
"""Characters of a command with all its words, options and choices, its longest language; COMMANDS."""
