"""The content format: its editor schema stays in step, and the guide's example can be used as it is."""

import re
from pathlib import Path

from faq.editor_schema import PATH, text
from faq.schema import OffTopic, Synonyms, Topic
from sheets import parse

GUIDE = Path(__file__).parents[2] / "docs" / "faq-format.md"


def test_the_schema_for_editors_is_made_from_the_models() -> None:
    assert PATH.read_text("utf-8") == text(), "run: python -m faq schema"


def test_the_examples_of_the_guide_can_be_read() -> None:
    topic, synonyms, off_topic = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert parse(topic, Topic, name="topic").value.entries[0].source.number == "恩委办〔2024〕12号"
    assert parse(synonyms, Synonyms, name="synonyms").value.synonyms[0].word == "孩子"
    assert parse(off_topic, OffTopic, name="off topic").value.known.zh
