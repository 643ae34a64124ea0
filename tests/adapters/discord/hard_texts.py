"""Texts that a careless card breaks on, and papers made of them."""

from __future__ import annotations

from hypothesis import strategies as st

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
FLAGS = "🇫🇷🇩🇪🇯🇵"
ACCENTED = "e\u0301\u0323\u0324" * 40
ARABIC = "تعلم الآلة للجميع"
WORD = "Donaudampfschifffahrt" * 30

MARKUP = (
    "@everyone", "@here", "<@123456>", "<@!123456>", "<@&123456>", "<#123456>", "<id:browse>",
    "</papers:123>", "<:smile:123>", "<a:smile:123>", ":smile:", "<t:1700000000:R>", "||spoiler||",
    "**bold**", "*slanted*", "__under__", "_slanted_", "~~struck~~", "`code`", "``", "```\nblock\n```",
    "[words](https://evil.example)", "https://evil.example/?a=b", "<https://evil.example>", "http://x",
    "[", "]", "](", "[[", "(", ")", "\\", "\\*", "*", "**", "_", "|", "||", "~~", "`", "<", ">", "# ", "### ",
    "-# ", "> ", ">>> ", "- ", "* ", "1. ", "99) ", "\n", "\r\n", "\t", "@", "@\u200beveryone",
    "discord:123456789/987654321",
)  # fmt: skip
UNUSUAL = (
    FAMILY, FLAGS, "👍🏽", ACCENTED, ARABIC, WORD, "深度學習" * 30, "\u202e", "\u2066", "\u200b", "\u200d",
    "\ufeff", "\x00", "\x1b[31m", "\ud800", "\U0001f600" * 50, "\u2028", "\u3000", "…", " …", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
)  # fmt: skip
LATEX = (
    r"$\mathcal{O}(n^2)$", r"$x_{", r"\textbf{", "$5", "``quoted''", "A^2Search", r"\method", "$$",
    "3.5times",
)  # fmt: skip

pieces = st.one_of(
    st.sampled_from((*MARKUP, *UNUSUAL, *LATEX)),
    st.text(max_size=12),
    st.sampled_from((" ", ". ", "? Then ", "Learning", "word " * 40)),
)
texts = st.lists(pieces, max_size=12).map("".join)
addresses = st.one_of(
    st.sampled_from((
        "", "https://a.example/b_(c)_[d]", "https://a.example/" + "x" * 600, "javascript:alert(1)",
        "https://[::1", "https://a.example/)**@everyone", "https://a.example/ü?q=\"'<>|", "http://",
        "https://a.example/a b",
    )),
    texts.map("https://a.example/{}".format),
)  # fmt: skip
