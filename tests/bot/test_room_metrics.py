"""What Prometheus sees, and that dashboard, alert rules and manual speak of nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from room_clock import RoomClock
from test_room_intake import healthy
from test_room_worker import INBOX, OUTBOX, TIMERS, update

from bot import web
from bot.intake import Intake
from bot.metrics import Metrics
from bot.settings import HOME
from db.engine import Database
from db.queue import Queue
from db.schema.book import book_jobs

NAME = re.compile(r"\b(desk_[a-z_]+|up)\b")
MATCHER = re.compile(r'(desk_[a-z_]+)\{(\w+)="(\w+)"\}')
DASHBOARD = HOME / "deploy" / "grafana.json"
ALERTS = HOME / "deploy" / "prometheus-alerts.yml"
MANUAL = HOME / "docs" / "operations.md"


async def page(metrics: Metrics, database: Database) -> str:
    server = web.Server(web.create(healthy(database), metrics=metrics), "127.0.0.1", 0)
    port = await server.start()
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        assert answer.status == 200
        text = await answer.text()
    await server.stop()
    return text


def metrics_of(database: Database, clock: RoomClock) -> Metrics:
    return Metrics(database, [INBOX, OUTBOX, TIMERS, Queue(book_jobs)], clock)


def queries() -> dict[str, str]:
    """Every query of the dashboard and of the rules, by where it stands."""
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    found = {
        f"{each['title']} {target['refId']}": target["expr"]
        for each in dashboard["panels"]
        for target in each["targets"]
    }
    return found | {rule["alert"]: rule["expr"] for rule in rules()}


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]]


async def test_the_page_has_the_queues_as_they_are_and_the_counts_of_this_process(
    database: Database, clock: RoomClock
) -> None:
    await Intake(database, INBOX, clock).accept([update(1, 7), update(2, 8)])
    clock.passes(90)
    metrics = metrics_of(database, clock)
    metrics.beat()
    metrics.delivered("sent", timedelta(seconds=2))
    metrics.delivered("unreachable", None)
    metrics.asked("answer")

    async def handle(*_given: object) -> str:
        return "handled"

    async with database.write() as tx:
        assert await metrics.timed(handle)(tx, {}, clock.now()) == "handled"
    shown = await page(metrics, database)
    for line in (
        'desk_queue_waiting{queue="inbox"} 2.0',
        'desk_queue_oldest_seconds{queue="inbox"} 90.0',
        'desk_queue_waiting{queue="outbox"} 0.0',
        'desk_delivery_total{outcome="sent"} 1.0',
        'desk_delivery_total{outcome="unreachable"} 1.0',
        'desk_delivery_wait_seconds_bucket{le="2.5"} 1.0',
        'desk_delivery_wait_seconds_bucket{le="1.0"} 0.0',
        'desk_faq_questions_total{outcome="answer"} 1.0',
        "desk_update_seconds_count 1.0",
        "desk_matters_open 0.0",
        'desk_matters_late{promise="deliver"} 0.0',
        'desk_alarms{kind="stuck_outbox"} 0.0',
        "desk_heartbeat_seconds 1.79",
    ):
        assert line in shown


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_query_of_dashboard_and_rules_names_what_the_page_has(database: Database, clock: RoomClock) -> None:
    samples = {
        (sample.name, *pair)
        for family in text_string_to_metric_families(await page(metrics_of(database, clock), database))
        for sample in family.samples
        for pair in [("", ""), *sample.labels.items()]
    }
    names = {name for name, *_ in samples} | {"up"}
    asked = queries().items()
    wrong = [(place, name) for place, query in asked for name in NAME.findall(query) if name not in names]
    wrong += [(place, found) for place, query in asked for found in MATCHER.findall(query) if found not in samples]
    assert wrong == []
    own = {name for name in names if not name.endswith(("_created", "_sum", "_count"))}
    shown = set(NAME.findall(" ".join(queries().values())))
    assert own - shown == set(), "a number that nobody looks at"


def test_every_alarm_is_explained_in_the_manual() -> None:
    manual = MANUAL.read_text("utf-8")
    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in manual] == []
    assert [rule["alert"] for rule in rules() if not rule["annotations"]["summary"]] == []


def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    """By its own tool where that is installed; the parentheses at least have to close."""
    assert [place for place, query in queries().items() if query.count("(") != query.count(")")] == []
    tool = shutil.which("promtool")
    if tool is None:
        return
    shown = [{"record": f"desk:{n}", "expr": query} for n, query in enumerate(queries().values())]
    every = tmp_path / "queries.yml"
    every.write_text(yaml.safe_dump({"groups": [{"name": "shown", "rules": shown}]}))
    for file in (ALERTS, every):
        done = subprocess.run([tool, "check", "rules", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
