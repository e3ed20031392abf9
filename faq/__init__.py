"""What the service knows: YAML entries, matching them with questions, and review of what went unanswered.

`Book.load(folder, today=…)` gives a book; `book.match(text, language)` gives an `Answer`, `Choices` or `Unknown`.
Without Telegram, database or event loop.
"""

from faq.book import Book
from faq.outcome import Answer, Choices, Outcome, Reader, Scored, Unknown

__all__ = ["Answer", "Book", "Choices", "Outcome", "Reader", "Scored", "Unknown"]
