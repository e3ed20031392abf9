"""Methods by which the bot receives: getUpdates, setWebhook, deleteWebhook, getWebhookInfo."""

from typing import Any

from sandbox.api.call import Call
from sandbox.telegram import Telegram
from sandbox.webhook import Settings, checked_secret, checked_url


async def get_updates(telegram: Telegram, call: Call) -> Any:
    """Long polling."""
    telegram.updates.allow(call.structure("allowed_updates", "allowed updates"))
    limit = min(100, max(1, call.integer("limit", 100)))
    return await telegram.updates.poll(call.integer("offset"), limit, call.integer("timeout"))


async def set_webhook(telegram: Telegram, call: Call) -> Any:
    """Deliver to an address from now on; an empty one ends it."""
    url = call.text("url")
    if not url:
        return await delete_webhook(telegram, call)
    settings = Settings(
        checked_url(url),
        checked_secret(call.text("secret_token")),
        min(100, max(1, call.integer("max_connections", 40))),
    )
    telegram.updates.allow(call.structure("allowed_updates", "allowed updates"))
    if call.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    await telegram.webhook.use(settings)
    return True


async def delete_webhook(telegram: Telegram, call: Call) -> Any:
    """Back to polling."""
    if call.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    await telegram.webhook.use(Settings())
    return True


async def get_webhook_info(telegram: Telegram, call: Call) -> Any:
    """What is set, how much waits, and the last error."""
    settings = telegram.webhook.settings
    telegram.updates.drop_expired()
    info: dict[str, Any] = {
        "url": settings.url,
        "has_custom_certificate": False,
        "pending_update_count": len(telegram.updates.pending),
    }
    if settings.url:
        info["max_connections"] = settings.max_connections
        info["ip_address"] = "127.0.0.1"
    if settings.last_error_date is not None:
        info["last_error_date"] = settings.last_error_date
        info["last_error_message"] = settings.last_error
    if telegram.updates.allowed:
        info["allowed_updates"] = telegram.updates.allowed
    return info


METHODS = {
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}
