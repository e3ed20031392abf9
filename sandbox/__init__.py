"""A local stand-in for Telegram's Bot API, as strict as Telegram is: for the demo, the tests and the drills."""

from sandbox.clock import Clock, RealClock, VirtualClock
from sandbox.faults import Fault
from sandbox.groups import Group
from sandbox.people import Person
from sandbox.refusals import NotNow
from sandbox.seen import Message
from sandbox.server import Sandbox

__all__ = ["Clock", "Fault", "Group", "Message", "NotNow", "Person", "RealClock", "Sandbox", "VirtualClock"]
