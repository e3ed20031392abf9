"""Methods about files: sendPhoto, sendDocument, sendVoice, sendMediaGroup, getFile."""

from typing import Any

from sandbox import pictures
from sandbox.api.call import Call, Upload
from sandbox.api.content import caption_content, keyboard, protection, replied
from sandbox.api.target import count_against_limits, writable_chat
from sandbox.refusals import bad
from sandbox.telegram import Telegram
from sandbox.world import Json, StoredFile

LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOWNLOAD = 20 * 1024 * 1024
FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice"}


def stored(telegram: Telegram, call: Call, kind: str, value: Any) -> StoredFile:
    """The file a parameter means: uploaded under its name, attached, or known by its id."""
    if isinstance(value, Upload):
        return uploaded(telegram, kind, value)
    if not isinstance(value, str) or not value:
        raise bad(f"there is no {kind} in the request")
    if value.startswith("attach://"):
        upload = call.files.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return uploaded(telegram, kind, upload)
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    file = telegram.world.files.get(value)
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if kind == "photo" and not file.mime.startswith("image/"):
        raise bad("can't use file of type Document as Photo")
    return file


def uploaded(telegram: Telegram, kind: str, upload: Upload) -> StoredFile:
    """Store an upload; raises Refusal 400 for an empty file or a picture Telegram would not take."""
    if not upload.data:
        raise bad("file must be non-empty")
    mime = upload.mime
    if kind == "photo":
        size = len(upload.data)
        if size > LARGEST_PHOTO:
            raise bad(f"file of size {size} bytes is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes")
        measured = pictures.measure(upload.data)
        if measured is None:
            raise bad("IMAGE_PROCESS_FAILED")
        width, height, mime = measured
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
    return telegram.world.keep(upload.data, FOLDERS[kind], upload.name, mime)


def media_content(kind: str, file: StoredFile) -> Json:
    """The part of a message that shows a file."""
    about = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
    if kind == "photo":
        return {"photo": pictures.sizes(about, file.data)}
    if kind == "voice":
        return {"voice": {**about, "duration": 1, "mime_type": file.mime}}
    return {"document": {**about, "file_name": file.name, "mime_type": file.mime}}


async def _send(telegram: Telegram, call: Call, kind: str, method: str) -> Any:
    chat = writable_chat(telegram, call)
    content = {**caption_content(telegram, call), **protection(call)}
    markup = keyboard(call, chat)
    reply = replied(telegram, call, chat)
    file = stored(telegram, call, kind, call.files.get(kind) or call.params.get(kind))
    count_against_limits(telegram, chat)
    content = {**media_content(kind, file), **content}
    return telegram.post(method, chat, content, markup, call.flag("disable_notification"), reply).body


async def send_photo(telegram: Telegram, call: Call) -> Any:
    """A picture, at most 10 MB."""
    return await _send(telegram, call, "photo", "sendPhoto")


async def send_document(telegram: Telegram, call: Call) -> Any:
    """Any file, at most 50 MB."""
    return await _send(telegram, call, "document", "sendDocument")


async def send_voice(telegram: Telegram, call: Call) -> Any:
    """A voice note."""
    return await _send(telegram, call, "voice", "sendVoice")


async def send_media_group(telegram: Telegram, call: Call) -> Any:
    """An album of 2 to 10 pictures or 2 to 10 files."""
    chat = writable_chat(telegram, call)
    items = call.structure("media", "media")
    if not isinstance(items, list):
        raise bad("media must be an Array")
    if not items:
        raise bad("there are no media to send")
    if not 2 <= len(items) <= 10:
        raise bad("too few media to send as an album" if len(items) < 2 else "too many messages to send as an album")
    contents = [_album_item(telegram, call, item) for item in items]
    if len({next(iter(content)) for content in contents}) > 1:
        raise bad("document can't be mixed with other media types")
    reply = replied(telegram, call, chat)
    count_against_limits(telegram, chat, len(contents))
    group = str(telegram.world.count("album", 13_900_000_000_000_001))
    silent = call.flag("disable_notification")
    album = [{**content, "media_group_id": group, **protection(call)} for content in contents]
    return [telegram.post("sendMediaGroup", chat, content, None, silent, reply).body for content in album]


def _album_item(telegram: Telegram, call: Call, item: Any) -> Json:
    if not isinstance(item, dict) or item.get("type") not in ("photo", "document"):
        raise bad("can't parse InputMedia: wrong type of the media")
    caption = caption_content(telegram, Call("", item))
    file = stored(telegram, call, item["type"], item.get("media"))
    return {**media_content(item["type"], file), **caption}


async def get_file(telegram: Telegram, call: Call) -> Any:
    """Where to download a file of at most 20 MB."""
    wanted = call.text("file_id")
    if not wanted:
        raise bad("file_id is not specified")
    file = telegram.world.files.get(wanted)
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if file.size > LARGEST_DOWNLOAD:
        raise bad("file is too big")
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size, "file_path": file.path}


METHODS = {
    "sendphoto": send_photo,
    "senddocument": send_document,
    "sendvoice": send_voice,
    "sendmediagroup": send_media_group,
    "getfile": get_file,
}
