"""The settings that all tests share."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import re
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import sweep
from hypothesis import HealthCheck, settings

# Who starts the tests in the background may have them ignore Ctrl-C, which some of them send.
signal.signal(signal.SIGINT, signal.default_int_handler)


# Bytecode is kept, whatever the environment says: the tests start hundreds of interpreters, each of which would
# compile all of kg once more, and each process of pytest would rewrite all assertions.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The tests and their modules are 400,000 objects, and a look for garbage goes over all of them: it is seldom done, as
# in the product, and never over what collecting has made.
gc.set_threshold(50_000, 20, 20)

# The machines that run the tests differ in speed; what is tested is the answer.
settings.register_profile("kg", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kg")

HERE = Path(__file__).parent

# What runs in the framework of the community's challenge, and imports it.
collect_ignore = ["benchmarks/entry"]


def pytest_xdist_auto_num_workers() -> int:
    """One more process than cores: tests wait for servers, databases and the browser, which work beside them."""
    return (os.cpu_count() or 1) + 1


class Examples:
    """A module without an example is not imported in the search for some (each process of pytest searches)."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        found = yield
        if file_path.suffix != ".py" or b">>>" in file_path.read_bytes():
            return found
        return [each for each in found if type(each) is pytest.Module]  # doctests are of a class that derives from it


def pytest_configure(config: pytest.Config) -> None:
    """Not a hook of this file, which would count below its folder alone."""
    config.pluginmanager.register(Examples())
    sweep.whole = "sweep" in str(config.option.markexpr)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Import all tests, each process from another one onwards, so that the assertions of a file are rewritten once.

    All processes collect in the same order: on a fresh checkout, each would have rewritten each file.
    """
    given = getattr(session.config, "workerinput", None)
    if given is None or HERE not in {Path(arg).resolve() for arg in session.config.args}:
        return
    files = sorted(HERE.glob("test_*.py"))
    first = len(files) * int(given["workerid"].removeprefix("gw")) // int(given["workercount"])
    for file in files[first:] + files[:first]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # told where the file is collected
            importlib.import_module(file.stem)


LONGEST = (
    "test_page_browser.py", "test_rml_suites.py", "test_tables_cluster.py", "test_server.py", "test_remote_push.py",
    "test_cli.py", "test_house.py", "test_tables_project.py", "test_explore.py", "test_databases.py",
    "test_tables_siblings.py", "test_kept.py", "test_tables_types.py", "test_tables_mistakes.py", "test_files.py",
    "test_tables_answers.py", "test_crash.py", "test_build.py", "test_fuzzing.py", "test_docs.py", "test_page.py",
    "test_workbench_page.py", "test_live.py", "test_tables_parts.py", "test_injection.py", "test_rebase.py",
)  # fmt: skip

# The folders that the test command does not read, and the marks by which a run asks for them: the first is that of all
# tests in the folder.
APART = {
    HERE / "beside": ("beside", "cluster", "thorough", "sweep"),
    HERE / "conformance": ("beside", "cluster", "thorough", "sweep"),
    HERE / "faults": ("faults",),
}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Thousands of tests that are asked for neither by a mark nor by a path are not even read."""
    if collection_path not in APART:
        return None
    asked = set(re.findall(r"\w+", re.sub(r"\bnot \w+", "", config.option.markexpr)))
    named = (Path(arg.split("::")[0]).resolve() for arg in config.args)
    is_read = asked & {*APART[collection_path]} or any(path.is_relative_to(collection_path) for path in named)
    return None if is_read else True


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest are begun first, so that no process works alone at the end."""
    for item in items:
        if item.path.parent in APART:
            item.add_marker(APART[item.path.parent][0])
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def pytest_collection_finish() -> None:
    """What is there now stays to the end."""
    gc.freeze()


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers in this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0", memory_limit=0
    ) as cluster:
        yield cluster.scheduler_address
