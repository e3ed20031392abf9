"""What a message says: its text or caption with entities, its reply, its keyboard, read from a call."""

from typing import Any

from sandbox import markup
from sandbox.api.call import Call
from sandbox.entities import HtmlReader, trimmed, units
from sandbox.refusals import bad
from sandbox.telegram import Telegram
from sandbox.world import Chat, Entry, Json

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024


def formatted(telegram: Telegram, text: str, mode: Any, entities: Any) -> tuple[str, list[Json]]:
    """Plain text and entities, by `parse_mode` or as given."""
    if mode:
        if str(mode).lower() != "html":
            raise bad("unsupported parse_mode")
        plain, found = HtmlReader(text).read()
    else:
        plain, found = text, _given(entities)
    return trimmed(plain, _known(telegram, found))


def _given(entities: Any) -> list[Json]:
    if entities in (None, ""):
        return []
    if not isinstance(entities, list):
        raise bad("can't parse MessageEntity: entities must be an Array")
    for entity in entities:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad('can\'t parse MessageEntity: Field "type" must be of type String')
        if not isinstance(entity.get("offset"), int) or not isinstance(entity.get("length"), int):
            raise bad('can\'t parse MessageEntity: Field "offset" must be of type Number')
    return list(entities)


def _known(telegram: Telegram, entities: list[Json]) -> list[Json]:
    """Mentions of people by id become what Telegram knows of them; of strangers, nothing."""
    kept = []
    for entity in entities:
        if entity["type"] == "text_mention":
            person = telegram.world.accounts.get(Call("", _object(entity.get("user"))).integer("id"))
            if person is None:
                continue
            entity = {**entity, "user": person.user()}
        kept.append(entity)
    return kept


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def text_content(telegram: Telegram, call: Call, too_long: str) -> Json:
    """`text` and `entities`; raises Refusal 400 where Telegram does."""
    raw = call.text("text")
    if not raw:
        raise bad("message text is empty")
    text, entities = formatted(telegram, raw, call.params.get("parse_mode"), call.structure("entities", "entities"))
    if not text:
        raise bad("text must be non-empty")
    if units(text) > LONGEST_TEXT:
        raise bad(too_long)
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if options := call.structure("link_preview_options", "link preview options"):
        content["link_preview_options"] = options
    return content


def caption_content(telegram: Telegram, source: Call) -> Json:
    """`caption` and `caption_entities`, empty when there is none."""
    raw = source.text("caption")
    caption, entities = formatted(
        telegram, raw, source.params.get("parse_mode"), source.structure("caption_entities", "caption entities")
    )
    if units(caption) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, **({"caption_entities": entities} if entities else {})}


def keyboard(call: Call, chat: Chat) -> Json | None:
    """The `reply_markup` of a new message."""
    return markup.read(call.structure("reply_markup", "reply keyboard markup"), chat.is_private)


def replied(telegram: Telegram, call: Call, chat: Chat) -> Entry | None:
    """The message replied to; raises Refusal 400 when it is gone and the bot insists."""
    wanted = call.structure("reply_parameters", "reply parameters")
    if not wanted:
        wanted = {
            "message_id": call.integer("reply_to_message_id"),
            "allow_sending_without_reply": call.flag("allow_sending_without_reply"),
        }
    if not isinstance(wanted, dict):
        raise bad("object expected as reply parameters")
    asked = Call("", wanted)
    if not (number := asked.integer("message_id")):
        return None
    other = telegram.world.chats.get(asked.integer("chat_id", chat.id))
    entry = other.entries.get(number) if other else None
    if entry is None and not asked.flag("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return entry


def protection(call: Call) -> Json:
    """The mark of a message that may not be forwarded or saved."""
    return {"has_protected_content": True} if call.flag("protect_content") else {}
