"""What every test may ask for: the program in a process of its own, or called at once."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from shutil import copytree, disk_usage, ignore_patterns
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

import sixping
from sixping import cli

# How long an example takes is the machine's business; where CI runs, the same examples always.
# Elsewhere what failed before is tried first, if the checkout may be written to.
ROOT = Path(sixping.__file__).parents[1]
IS_CI = "CI" in os.environ
settings.register_profile(
    "sixping",
    deadline=None,
    derandomize=IS_CI,
    database=None
    if IS_CI or not os.access(ROOT, os.W_OK)
    else DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples"),
)
settings.load_profile("sixping")

# Of whoever runs them the tests take neither a terminal and its width nor what they want coloured.
os.environ["COLUMNS"] = "80"
for _taste in ("TERM", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
    os.environ.pop(_taste, None)


def pytest_configure(config: pytest.Config) -> None:
    """Begin anew in UTF-8 where the locale is of another encoding: tests and children speak it."""
    if sys.getfilesystemencoding() != "utf-8" and "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["PYTHONUTF8"] = "1"
        if capture := config.pluginmanager.getplugin("capturemanager"):
            capture.stop_global_capturing()
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - the very same line
    if "TMPDIR" not in os.environ and _holds_files(MEMORY):
        tempfile.tempdir = str(MEMORY)


#: Every command that records waits for the disk, the suite for a third of its time. Ledgers lie
#: here where there is such a place, unless TMPDIR or --basetemp names another: TMPDIR=/tmp.
MEMORY = Path("/dev/shm")  # noqa: S108 - folders of their own are made in it


def _holds_files(place: Path) -> bool:
    """Return whether a folder may take in what all tests write, programs among it."""
    if not place.is_dir() or not os.access(place, os.W_OK):
        return False
    return not os.statvfs(place).f_flag & os.ST_NOEXEC and disk_usage(place).free > 2 * 1024**3


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--shuffle 7``: no test may need what an earlier one left behind."""
    text = "run the modules, and the tests of each, in the random order of this number"
    parser.addoption("--shuffle", type=int, metavar="SEED", help=text)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what takes a whole random life: measured for coverage it would cost minutes.

    They stay in one process, for a life is lived once a process; so does what is made once a
    module.
    """
    for item in items:
        if "life" in getattr(item, "fixturenames", ()):
            item.add_marker("lives")
            item.add_marker(pytest.mark.xdist_group("lives"))
        elif not item.get_closest_marker("xdist_group") and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    if config.getoption("loadgroup", default=False):
        keep_together(items)
    if (seed := config.getoption("--shuffle")) is not None:
        chance = Random(seed)  # noqa: S311 - an order, no secret
        chance.shuffle(items)
        place = {path: chance.random() for path in sorted({item.path for item in items})}
        items.sort(key=lambda item: place[item.path])


def _shares(item: pytest.Item) -> bool:
    """Return whether a test uses what is made once a module."""
    found = getattr(item, "_fixtureinfo", None)
    made = found.name2fixturedefs.values() if found else ()
    return any(each.scope == "module" for fixtures in made for each in fixtures)


def keep_together(items: list[pytest.Item]) -> None:
    """Name the group of each test in its id, where ``--dist loadgroup`` looks for it.

    pytest-xdist 3.8 does so in a way that pytest 9.2 no longer reads: each process then makes what
    a group shares, and nothing says so (pytest-xdist issue 1386).
    """
    for item in items:
        groups = {str(mark.args[0]) for mark in item.iter_markers("xdist_group")}
        suffix = f"@{'_'.join(sorted(groups))}"
        if groups and hasattr(item, "_id") and not item.nodeid.endswith(suffix):
            item._id = type(item._id).parse(f"{item.nodeid}{suffix}")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say the order again where whoever reads only the end finds it."""
    if (seed := config.getoption("--shuffle")) is not None:
        terminalreporter.write_line(f"in the random order of --shuffle {seed}")


class Result(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.code in {0, 3}, self.err
        return json.loads(self.out)


Runner = Callable[..., Result]


def _environment(home: Path, now: str | None, env: Mapping[str, str] | None) -> dict[str, str]:
    """A home of its own and nothing of the developer's settings."""
    clean = {
        "HOME": str(home),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "80",
    }
    if sys.platform == "win32":
        clean |= {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP")}
        clean |= {"APPDATA": str(home), "LOCALAPPDATA": str(home)}
    if now is not None:
        clean["SIXPING_NOW"] = now
    return clean | dict(env or {})


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    """Run the real program: ``run("list", "--json", now=…, env=…, stdin=…)``.

    The default ledger lies in the test's own home; stdin is empty unless given.
    """

    def runner(
        *argv: str,
        now: str | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | bytes = b"",
    ) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "sixping", *argv],
            env=_environment(tmp_path, now, env),
            cwd=tmp_path,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            check=False,
            timeout=120,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return runner


@pytest.fixture
def call(tmp_path: Path) -> Runner:
    """Do the same inside this process: ten times as fast, no process boundary."""

    def caller(
        *argv: str,
        now: str | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | bytes = b"",
    ) -> Result:
        given = stdin.encode("utf-8", "surrogateescape") if isinstance(stdin, str) else stdin
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with pytest.MonkeyPatch.context() as patch:
            for name in os.environ:
                if name.startswith(("SIXPING_", "XDG_")):
                    patch.delenv(name)
            for name, value in _environment(tmp_path, now, env).items():
                patch.setenv(name, value)
            patch.chdir(tmp_path)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
            with redirect_stdout(out), redirect_stderr(err):
                code = cli.main(argv)
        return Result(code, _written(out), _written(err))

    vars(caller)["home"] = tmp_path
    return caller


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


#: ledgers that many tests begin with, by what they hold: where they lie in a home, what is in them
_begun: dict[object, tuple[Path, bytes]] = {}


def begin_with(call: Runner, key: object, make: Callable[[], object]) -> None:
    """Have ``make`` fill the home of ``call`` once a process; later homes get a copy of its ledger.

    To adopt all rules takes longer than most tests: those of ``init`` itself do it each time.
    """
    home: Path = vars(call)["home"]
    if key not in _begun:
        make()
        made = next(home.rglob("ledger.sqlite3"))
        _begun[key] = made.relative_to(home), made.read_bytes()
        return
    where, content = _begun[key]
    for folder in reversed((home / where).parents[: len(where.parts) - 1]):
        folder.mkdir(mode=0o700, exist_ok=True)
    (home / where).touch(mode=0o600)
    (home / where).write_bytes(content)


@pytest.fixture
def ledger(call: Runner, tmp_path: Path) -> Path:
    """An empty ledger where ``run`` and ``call`` look for it by default."""
    begin_with(call, "init", lambda: _made(call("init")))
    return next(tmp_path.rglob("ledger.sqlite3"))


def _made(result: Result) -> None:
    assert result.code == 0, result.err


class Public(NamedTuple):
    """Where another account may look: a folder for a ledger, and a copy of the program."""

    folder: Path
    program: Path


@pytest.fixture
def public() -> Iterator[Public]:
    """Lend folders every account may enter: pytest's own are closed, the checkout may be."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        pytest.skip("needs root to become another account")
    places = (Path(place) for place in (gettempdir(), "/tmp", "/var/tmp"))  # noqa: S108 - looked at first
    open_to_all = [p for p in places if all(up.stat().st_mode & 0o001 for up in (p, *p.parents))]
    if not open_to_all:
        pytest.skip("needs a temporary folder that other accounts may enter")
    with TemporaryDirectory(dir=open_to_all[0]) as name:
        lent = Public(Path(name) / "ledger", Path(name) / "program")
        lent.folder.mkdir()
        for part in ("sixping", "data"):
            copytree(ROOT / part, lent.program / part, ignore=ignore_patterns("__pycache__"))
        for path in (Path(name), *Path(name).rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield lent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real-world samples beside the checkout, or skip visibly."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the samples in ../shared/data are not here")
    return folder
