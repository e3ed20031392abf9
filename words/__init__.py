"""What the service says: gettext catalogues in Chinese and English, and how a key and its values become a sentence.

A sentence is named by a dotted key (`filing.done`) and lives in `words/<language>/<journey>.po`. Code that hands a
sentence to another room hands over a `Saying`, never finished text, so that it is spoken in the reader's language.
"""

from words.catalogue import LANGUAGES, Catalogue, Words
from words.speaker import Listed, Raw, Saying, Speaker, Spoken, Unsaid
from words.tidy import one_line, tidy

__all__ = [
    "LANGUAGES",
    "Catalogue",
    "Listed",
    "Raw",
    "Saying",
    "Speaker",
    "Spoken",
    "Unsaid",
    "Words",
    "one_line",
    "tidy",
]
