"""The settings that all tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Who starts the tests in the background may have them ignore Ctrl-C, which some of them send.
signal.signal(signal.SIGINT, signal.default_int_handler)


# The machines that run the tests differ in speed; what is tested is the answer.
settings.register_profile("kg", deadline=None, derandomize=True)
settings.load_profile("kg")

# What runs in the framework of the community's challenge, and imports it.
collect_ignore = ["benchmarks/entry"]


def pytest_xdist_auto_num_workers() -> int:
    """One more process than cores: tests wait for servers, databases and the browser, which work beside them."""
    return (os.cpu_count() or 1) + 1


LONGEST = (
    "test_page_browser.py", "test_rml_suites.py", "test_server.py", "test_remote_push.py", "test_cli.py",
    "test_tables_project.py", "test_house.py", "test_tables_answers.py", "test_tables_mistakes.py", "test_crash.py",
    "test_build.py", "test_fuzzing.py", "test_docs.py", "test_explore.py", "test_page.py", "test_bench_page.py",
    "test_live.py", "test_tables_parts.py", "test_injection.py",
)  # fmt: skip


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A thousand tests that are not asked for are not even read."""
    asked = "faults" in str(config.option.markexpr).replace("not faults", "")
    return True if collection_path.name == "faults" and not asked else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest are begun first, so that no process works alone at the end."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers in this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0", memory_limit=0
    ) as cluster:
        yield cluster.scheduler_address
