"""Ten papers that are hard to show; each has broken some bot."""

from __future__ import annotations

from bot.domain.papers import Listed, Paper, PaperId
from tests.adapters.discord.hard_texts import ACCENTED, ARABIC, FAMILY, FLAGS

LINK = "https://evil.example/a_(b)**"


def listed(number: int, paper: Paper) -> Listed:
    return Listed(paper, upvotes=12_345 * number, comments=number % 2, votes=number % 3)


HARD = {
    "latex": Paper(
        PaperId("2604.10001"),
        r"$\mathcal{O}(n^2)$ No More: $\pi^3$-Attention at 3.5times the \textbf{Speed}",
        abstract=r"We show $\mathbb{E}_{x \sim p}[\hat{y}] \leq \frac{1}{\sqrt{n}}$ at 50\% of $5. And $x_{",
        authors=(r"Erd\H{o}s", "Ada One"),
    ),
    "six-hundred-authors": Paper(
        PaperId("2604.10002"),
        "The Work of Many: " + "A Title that Goes On and On " * 12,
        abstract="A first sentence, of many words. " * 300,
        authors=tuple(f"Author Number {number}" for number in range(600)),
        keywords=tuple(f"keyword {number}" for number in range(200)),
    ),
    "nothing-known": Paper(PaperId("hep-th/9901001"), ""),
    "everyone": Paper(
        PaperId("2604.10004"),
        "@everyone <@123456789012345678> <@&123456789012345678> Is All You Need",
        abstract="Hello @here, see <#123456789012345678> and </papers today:123456789012345678>.",
        authors=("@everyone", "<!channel>"),
        organization="@here",
        tldr="Pings @everyone :tada: at <t:1700000000:R> in discord:123456789012345678/123456789012345678.",
    ),
    "markup": Paper(
        PaperId("2604.10005"),
        "```Code``` ||Spoilers|| **Bold** __Under__ ~~Struck~~ `Ticks` # Head > Quote",
        abstract="- item. 1. first ```py\nprint('x')\n``` and ||the end.",
        authors=("*Star*", "_Under_"),
        tldr="# Heading **unclosed ||spoiler `tick",
    ),
    "links": Paper(
        PaperId("2604.10006"),
        "[Free](https://evil.example) https://evil.example ][ <https://evil.example>",
        abstract="See [here](https://evil.example) or www.evil.example.",
        authors=("[A](https://evil.example)",),
        code_url=LINK,
        code_stars=0,
        project_url="https://a.example/" + "long/" * 200,
    ),
    "right-to-left": Paper(
        PaperId("2604.10007"),
        f"\u202e{ARABIC} for \u2066Everyone\u2069 ({ARABIC})",
        abstract=f"{ARABIC}. {ARABIC}!",
        authors=(ARABIC, "דנה לוי"),
    ),
    "emoji": Paper(
        PaperId("2604.10008"),
        f"{FAMILY * 30} {FLAGS * 20} 👍🏽",
        abstract=f"{FAMILY}" * 200,
        authors=(f"Zalgo {ACCENTED}",),
    ),
    "one-word": Paper(
        PaperId("2604.10009"),
        "Donaudampfschifffahrtsgesellschaft" * 30,
        abstract="深度學習" * 600,
        authors=("X" * 300,),
        organization="深" * 200,
    ),
    "brackets": Paper(
        PaperId("2604.10010"),
        r"\[*_~`|<>@#:]\ ((([[[{{{ \\\\ ****____",
        abstract="\\" * 3_000,
        authors=("\\", "["),
        keywords=("*", "_", "`"),
    ),
}
HARD_LISTED = {name: listed(number, paper) for number, (name, paper) in enumerate(HARD.items(), 1)}
