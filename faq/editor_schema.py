"""The JSON Schema that editors pick up for completion and red lines, made from the models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from faq.schema import OffTopic, Synonyms, Topic

PATH = Path(__file__).with_name("schema.json")


def editor_schema() -> dict[str, Any]:
    """A topic file at the top; `synonyms.yaml` points at `#/$defs/Synonyms`, `off_topic.yaml` at `#/$defs/OffTopic`."""
    _, together = models_json_schema([(model, "validation") for model in (Topic, Synonyms, OffTopic)])
    definitions = together["$defs"]
    return {"$schema": "http://json-schema.org/draft-07/schema#", **definitions["Topic"], "$defs": definitions}


def text() -> str:
    """The file's content."""
    return json.dumps(editor_schema(), ensure_ascii=False, indent=1) + "\n"
