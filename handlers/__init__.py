"""What people can do in Telegram: one file per journey, with its words and its buttons."""
