"""The Bot API over HTTP: how calls are read, and the methods by family."""
