"""What the service remembers: tables, transactions, durable queues and migrations, alike on SQLite and PostgreSQL."""
