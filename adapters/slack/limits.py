"""Slack's limits of a message, each with the page that says so (read on 2026-11-20).

Characters are counted as UTF-16 units: never fewer than what Slack may count.
"""

BLOCKS = "https://docs.slack.dev/reference/block-kit/blocks"
ELEMENTS = "https://docs.slack.dev/reference/block-kit/block-elements"
OBJECTS = "https://docs.slack.dev/reference/block-kit/composition-objects"
POSTING = "https://docs.slack.dev/reference/methods/chat.postMessage"

MAX_BLOCKS = 50
"""Blocks of a message; BLOCKS."""

MAX_TOTAL = 12_000
"""Characters of all blocks as JSON. Unwritten: about 13,200 gave `msg_blocks_too_long`, and the exact value
moved with the content (slackapi/bolt-js #2509), so there is room left."""

MAX_SECTION = 3_000
"""Characters of a section's text; BLOCKS, Section."""

MAX_HEADER = 150
"""Characters of a header, which is plain text; BLOCKS, Header."""

MAX_ACTIONS = 25
"""Elements of an actions block; BLOCKS, Actions."""

MAX_LABEL = 75
"""Characters of a button's text; ELEMENTS, Button."""

MAX_SPOKEN = 75
"""Characters of a button's accessibility label; ELEMENTS, Button."""

MAX_VALUE = 2_000
"""Characters of a button's value; ELEMENTS, Button."""

MAX_OPTION = 75
"""Characters of an option's text; OBJECTS, Option."""

MAX_OPTION_VALUE = 150
"""Characters of an option's value; OBJECTS, Option."""

MAX_OPTIONS = 100
"""Options of a select; ELEMENTS, Static Select."""

MAX_TEXT = 3_000
"""Characters of the text beside the blocks, for notifications and screen readers; 4,000 are recommended as
the most (POSTING), and nobody listens for longer."""
