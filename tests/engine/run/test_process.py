"""A process is its pid, start time, boot and host together."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from slt_engine.run.process import process_id, start_time, this_process
from tests.support.fake_runs import NOBODY


def test_this_process_is_alive_and_here() -> None:
    me = this_process()
    assert me.pid == os.getpid()
    assert me.is_alive()
    assert me.is_here()
    assert this_process() == me


def test_a_process_that_ended_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = process_id(child.pid)
    assert process.is_alive()
    child.communicate(b"\n")
    assert process.is_alive() is False


def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process = process_id(child.pid)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    child.stdout.read()  # ends when the process does
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process.is_alive() is False
    child.wait()


def test_another_process_with_the_same_pid_is_not_meant() -> None:
    assert replace(this_process(), started=this_process().started - 5).is_alive() is False


def test_a_process_of_before_the_last_boot_is_not_alive() -> None:
    assert replace(this_process(), boot_id="another boot").is_alive() is False


def test_whether_a_process_on_another_machine_lives_cannot_be_told() -> None:
    elsewhere = replace(this_process(), host="another-machine")
    assert elsewhere.is_alive() is None
    assert not elsewhere.is_here()


def test_a_pid_that_nobody_has_is_not_alive() -> None:
    assert NOBODY.is_alive() is False
    assert process_id(NOBODY.pid).is_alive() is False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_name_with_spaces_and_parentheses_does_not_confuse_the_start_time() -> None:
    name = "import ctypes; ctypes.CDLL(None).prctl(15, b') R 1 (x', 0, 0, 0); print(flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    before = start_time(child.pid)
    child.stdout.readline()
    assert start_time(child.pid) == before
    child.communicate(b"\n")
