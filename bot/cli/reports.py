"""What an operator's command says of its work: line by line, or as one JSON object at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.terminal import output

if TYPE_CHECKING:
    from adapters.terminal.json_form import Json


class Report:
    """Says lines as they come; with JSON it keeps them for the end."""

    def __init__(self, as_json: bool) -> None:  # noqa: FBT001 - the one thing that it is told
        self._as_json = as_json
        self._lines: list[Json] = []

    def say(self, line: str) -> None:
        """Tell what was done."""
        self._lines.append(line)
        if not self._as_json:
            output.write(line + "\n")

    def end(self, failed: str = "") -> int:
        """End, with what could not be done where something could not; return the exit status."""
        if self._as_json:
            form: dict[str, Json] = {"kind": "error" if failed else "done", "lines": self._lines}
            output.write_json(form | ({"error": failed} if failed else {}))
        if failed:
            output.complain(failed)
            return output.COULD_NOT
        return output.DONE
