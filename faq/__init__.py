"""What the service knows: YAML entries, matching them with questions, and review of what went unanswered.

`Book.load(folder, today=…)` gives a book; `book.match(text, language)` gives an `Answer`, `Answers` (to several
questions), `Choices` or `Unknown`.
Without Telegram, database or event loop.
"""

from faq.book import Book
from faq.outcome import Answer, Answers, Choices, Outcome, Reader, Scored, Unknown

__all__ = ["Answer", "Answers", "Book", "Choices", "Outcome", "Reader", "Scored", "Unknown"]
