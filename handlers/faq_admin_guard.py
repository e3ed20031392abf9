"""Who may edit the FAQ: whoever holds a post as editor or admin now; for anybody else there is no such thing."""

from desk.rules.authority import Power
from handlers.feature import needs

editors = needs(Power.EDIT_FAQ)
"""Makes a function a step for editors alone."""
