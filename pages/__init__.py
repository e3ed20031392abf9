"""The office's own pages: what people see and do about matters where Telegram carries only number, stage and a link."""
