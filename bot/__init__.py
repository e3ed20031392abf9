"""What runs: settings, assembly, intake, worker, delivery, clock, web and the command line."""

import os

# python-telegram-bot reads this at import; without it every pause Telegram asks for is warned about as deprecated.
os.environ.setdefault("PTB_TIMEDELTA", "1")
