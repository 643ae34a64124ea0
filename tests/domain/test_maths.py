"""LaTeX made readable: what sources really send, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.maths import readable
from bot.domain.maths_signs import SUBSCRIPTS, SUPERSCRIPTS, SYMBOLS

# fmt: off
WHOLE = [
    (r"$\pi^3$: Scalable Permutation-Equivariant", "π³: Scalable Permutation-Equivariant"),
    (r"$\alpha$-Flow and $\infty$-RoPE", "α-Flow and ∞-RoPE"),
    (r"$O(n^2)$ and \( O(n^3) \) time", "O(n²) and O(n³) time"),
    (r"$\mathcal{O}(N\log N)$", "O(N log N)"),
    (r"$\nabla_{\theta} \mathcal{L}_{\text{total}}(x)$", "∇_θ Lₜₒₜₐₗ(x)"),
    (r"$\frac{a+b}{2}$ of $\sqrt{n}$ and $\hat{y}$", "(a+b)/2 of √n and ŷ"),
    (r"$\mathbf{W}_{ij}^{T} \in \mathbb{R}^{d \times d}$", "Wᵢⱼᵀ ∈ ℝ^(d × d)"),
    (r"$Q^*$, $x_{t-1}$, $2^{n+1}$, $10^{-5}$", "Q*, xₜ₋₁, 2ⁿ⁺¹, 10⁻⁵"),
    (r"$e^{-x^2}$ and $L_{1,2}$", "e^(-x²) and L_(1,2)"),
    (r"$\arg\max_{x} f'(x)$", "arg maxₓ f'(x)"),
    (r"$\left\{a, b\right\}$", "{a, b}"),
    (r"UI2Code$^\text{N}$", "UI2Codeᴺ"),
    (r"E\textsuperscript{2}R-FLOPs", "E²R-FLOPs"),
    (r"$D^{\text{2}}$iT", "D²iT"),
    (r"a whole $\sim$10 of $\sim 10\%$", "a whole ∼10 of ∼ 10%"),
    (r"\textbf{bold}, \emph{more \textit{deep}}", "bold, more deep"),
    (r"{\it vs.} and {\em DeepSpeak}--of", "vs. and DeepSpeak--of"),
    (r"360{\deg} panoramic, ({\Delta}G)", "360° panoramic, (ΔG)"),
    (r"41.6% vs.\ 33.5\%, R\&D, 300\,k", "41.6% vs. 33.5%, R&D, 300 k"),
    (r"``black box'' predictions, \eg, in \LaTeX", "“black box” predictions, e.g., in LaTeX"),
    (r"code: \url{https://a.example/b_c}", "code: https://a.example/b_c"),
    (r"\href{https://a.example/d}{the data}", "the data (https://a.example/d)"),
]
LOST = [
    ("A^2Search and τ^{2}-Bench", "A²Search and τ²-Bench"),
    ("360^circ videos", "360° videos"),
    ("a model p_{theta}(x), x_{in}", "a model p_θ(x), xᵢₙ"),
    ("R^textbf{2AI}: Towards", "R²ᴬᴵ: Towards"),
    ("a rate of mathcal{O}(T^{-1/3})", "a rate of O(T^(-1/3))"),
    ("3.5times faster at 256times256", "3.5× faster at 256×256"),
    ("approx20%, leq3B, 0.73rightarrow0.90", "≈20%, ≤3B, 0.73→0.90"),
    (r"\textbf{Self-", "Self-"),
    (r"\$32,000, \$x\$", "$32,000, $x$"),
]
ACCENTS = [
    (r"Schr\"odinger, It\^o, vis-\`a-vis", "Schrödinger, Itô, vis-à-vis"),
    (r"na\"{\i}ve, Bolet\'{\i}n, Erd\H{o}s, \v{C}ech", "naïve, Boletín, Erdős, Čech"),
    (r"the model\'s view, don\'t", "the model's view, don't"),
]
LEFT_ALONE = [
    "cost $5 and $6", "from $0.1 to $0.3 a page", "100% of {x}", "tool_call, e4m3_v2, snake_case_name",
    r"we introduce \method to", r"valued at \1 million", "sim2real transfer, 20 times more", "10 ^ 2", "a_",
    "https://a.example/~b/c_d^e", "C:\\", "$", "{", "_", "",
]
# fmt: on


@pytest.mark.parametrize(("latex", "words"), [*WHOLE, *LOST, *ACCENTS])
def test_it_reads(latex: str, words: str) -> None:
    assert readable(latex) == words


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_no_latex_stays(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize("name", SYMBOLS)
def test_a_command_reads_the_same_in_maths_and_alone(name: str) -> None:
    sign = SYMBOLS[name].strip()
    assert readable(rf"a $\{name}$ b").split() == ["a", *sign.split(), "b"]
    assert readable(rf"a {{\{name}}} b").split() == ["a", *sign.split(), "b"]


@pytest.mark.parametrize(("mark", "signs"), [("^", SUPERSCRIPTS), ("_", SUBSCRIPTS)])
def test_each_sign_moves_up_or_down(mark: str, signs: dict[int, int]) -> None:
    for sign, moved in signs.items():
        assert readable(f"$x{mark}{{{chr(sign)}}}$") == f"x{chr(moved)}"


PIECES = st.sampled_from(
    [
        *r"\${}^_`'~ %&().,",
        *(f"\\{name}" for name in ("frac", "sqrt", "textbf", "left", "alpha", "url", "method")),
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=40).map("".join))
def test_no_text_breaks_it_or_becomes_nothing(text: str) -> None:
    read = readable(text)
    assert bool(read.strip()) == bool(text.strip())
    assert len(read) <= 4 * len(text)


@given(st.text(st.characters(exclude_characters="\\$^_`{}~'"), max_size=80))
def test_text_without_its_signs_is_not_touched_but_for_lost_commands(text: str) -> None:
    words = ("times", "sim", "approx", "leq", "geq", "pm", "rightarrow")
    if not any(word in text for word in words):
        assert readable(text) == text


def test_braces_that_never_close_cost_little() -> None:
    assert readable(r"\frac{" * 2_000).startswith(r"\frac{")
    assert readable("$x_{" * 2_000)
