"""What is deployed is what there is: the image holds every room, the units let the bot write where it writes."""

from __future__ import annotations

import re
import tomllib

import yaml

from bot.commands.run import LONGEST_END
from bot.settings import HOME, PREFIX, Settings
from bot.web import WEBHOOK_PATH

DEPLOY = HOME / "deploy"
ROOMS = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
    "packages"
]
CONTENT = str(Settings.model_fields["faq"].default.relative_to(HOME))


def written(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def test_the_image_holds_every_room_and_the_builder_is_sent_nothing_else() -> None:
    copied = re.findall(r"^COPY (\S+) \1$", written("Dockerfile"), re.MULTILINE)
    assert sorted(copied) == sorted(ROOMS)
    sent = re.findall(r"^!(\S+)$", written("Dockerfile.dockerignore"), re.MULTILINE)
    assert sorted(sent) == sorted([*ROOMS, "requirements.lock"])


def test_the_environment_of_the_composed_bots_is_made_of_settings_there_are() -> None:
    bot = yaml.safe_load(written("compose.yaml"))["services"]["bot"]
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert set(bot["environment"]) - known == set()
    assert bot["volumes"] == [f"../{CONTENT}:/srv/talent-desk/{CONTENT}"], "of three bots all read what one has written"


def test_nginx_lets_the_webhook_in() -> None:
    assert f"location = {WEBHOOK_PATH} {{" in written("nginx.conf")


def test_a_process_that_ends_is_started_anew_however_often_and_has_the_time_it_takes() -> None:
    unit, bot = written("talent-desk.service"), yaml.safe_load(written("compose.yaml"))["services"]["bot"]
    assert {"Restart=always", "StartLimitIntervalSec=0", f"TimeoutStopSec={LONGEST_END:.0f}"} <= set(unit.splitlines())
    assert (bot["restart"], bot["stop_grace_period"]) == ("unless-stopped", f"{LONGEST_END:.0f}s")


def test_the_unit_may_write_where_the_bot_writes() -> None:
    [paths] = re.findall(r"^ReadWritePaths=(.*)$", written("talent-desk.service"), re.MULTILINE)
    assert {f"/srv/talent-desk/{CONTENT}", "/srv/talent-desk/var"} <= set(paths.split())
