"""HTML as Telegram reads it, its errors word for word, and what Telegram finds by itself."""

import pytest

from sandbox.detect import with_detected
from sandbox.entities import HtmlReader, trimmed, units
from sandbox.links import link_entity
from sandbox.refusals import Refusal


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>粗</b>", "粗", [("bold", 0, 1)]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins><s>c</s><del>d</del>", "abcd",
         [("underline", 0, 1), ("underline", 1, 1), ("strikethrough", 2, 1), ("strikethrough", 3, 1)]),
        ("😀<b>x</b>", "😀x", [("bold", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("&lt;&gt;&amp;&quot;&#65;&#x42;&nbsp;&", '<>&"AB&nbsp;&', []),
        ("<code>x<b>y</b></code>", "xy", [("code", 0, 2)]),
        ("<tg-spoiler>x</tg-spoiler><span class='tg-spoiler'>y</span>", "xy", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<blockquote>q</blockquote><blockquote expandable>r</blockquote>", "qr",
         [("blockquote", 0, 1), ("expandable_blockquote", 1, 1)]),
        ("<b></b>x", "x", []),
        ('<a href="not a link">x</a>', "x", []),
        ("<B>x</b>", "x", [("bold", 0, 1)]),
    ],
)  # fmt: skip
def test_html_becomes_text_and_entities(html: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    plain, found = HtmlReader(html).read()
    assert plain == text
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


def test_a_code_block_knows_its_language() -> None:
    _, found = HtmlReader('<pre><code class="language-python">x</code></pre>').read()
    assert found == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


def test_links_lead_to_pages_and_people() -> None:
    assert link_entity("http://a.cn/x?y=1") == {"url": "http://a.cn/x?y=1"}
    assert link_entity("a.cn") == {"url": "http://a.cn/"}
    assert link_entity("http://localhost/") is None
    mention = link_entity("tg://user?id=42")
    assert mention is not None
    assert mention["user"]["id"] == 42


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("a<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("粗<foo>x</foo>", 'Unsupported start tag "foo" at byte offset 3'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("x <", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<a href='x>y</a>", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("1 < 2 and 3", 'Unsupported start tag "" at byte offset 2'),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(html: str, reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        HtmlReader(html).read()
    assert refusal.value.description == f"Bad Request: can't parse entities: {reason}"


def test_white_space_at_the_ends_goes_and_entities_move_with_it() -> None:
    assert trimmed("  ab \n", [{"type": "bold", "offset": 0, "length": 4}]) == (
        "ab",
        [{"type": "bold", "offset": 0, "length": 2}],
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/start 你好", ["bot_command"]),
        ("请看 https://a.cn/b。", ["url"]),
        ("写信到 a@b.cn", ["email"]),
        ("问 @someone_here", ["mention"]),
        ("#恩阳 $USD", ["hashtag", "cashtag"]),
        ("打 +86 138 0000 0001", ["phone_number"]),
        ("1/2 没有", []),
    ],
)
def test_telegram_finds_commands_links_and_numbers_by_itself(text: str, kinds: list[str]) -> None:
    assert [entity["type"] for entity in with_detected(text, [])] == kinds


def test_length_counts_utf16_units() -> None:
    assert units("a粗😀") == 4
