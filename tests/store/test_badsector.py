"""A sector that the disk never gives: no damage, and the pages that cannot be read are named."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sixping.store import ddl
from tests.conftest import ROOT, Result
from tests.kit.ledgerkit import lived

PAGE = ddl.PAGE_SIZE
_GCC = shutil.which("gcc")
needs_gcc = pytest.mark.skipif(
    _GCC is None or not sys.platform.startswith("linux"), reason="needs gcc to make a sector bad"
)
SECTOR = """
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static int bad(int fd, off_t at, size_t length) {
    char link[64], path[4096], *file = getenv("BAD_FILE"), *page = getenv("BAD_AT");
    if (!file || !page) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    off_t start = atoll(page);
    return !strcmp(path, file) && at < start + 4096 && start < at + (off_t)length;
}
ssize_t pread64(int fd, void *data, size_t length, off64_t at) {
    if (bad(fd, at, length)) { errno = EIO; return -1; }
    return syscall(SYS_pread64, fd, data, length, at);
}
ssize_t pread(int fd, void *data, size_t length, off_t at) { return pread64(fd, data, length, at); }
"""


@pytest.fixture(scope="module")
def sector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sector")
    source, made = folder / "sector.c", folder / "sector.so"
    source.write_text(SECTOR, encoding="utf-8")
    build = [str(_GCC), "-shared", "-fPIC", "-o", str(made), str(source)]
    subprocess.run(build, check=True, timeout=120)
    return made


def verified(path: Path, sector: Path, page: int, *more: str) -> Result:
    """Run ``verify`` on a disk that does not give one page."""
    done = subprocess.run(
        [sys.executable, "-m", "sixping", "verify", *more],
        env={
            "HOME": str(path.parent), "PATH": os.defpath, "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT), "SIXPING_LEDGER": str(path), "LD_PRELOAD": str(sector),
            "BAD_FILE": os.path.realpath(path), "BAD_AT": str((page - 1) * PAGE),
        },
        cwd=path.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )  # fmt: skip
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def root_of(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as con:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return int(con.execute(query, (name,)).fetchone()[0])


@needs_gcc
@pytest.mark.parametrize("name", ["events", "told", "case_open", "events_kind"])
def test_verify_names_the_pages_that_the_disk_does_not_give(
    tmp_path: Path, sector: Path, name: str
) -> None:
    path = lived(tmp_path)[0]
    page = root_of(path, name)
    done = verified(path, sector, page)
    assert done.code == 74, done.err
    assert f"第 {page} 页" in done.out
    assert "磁盘没有给出" in done.out
    assert "损坏" not in done.out + done.err
    assert "没有读成" in done.err
    answer = verified(path, sector, page, "--json")
    said = json.loads(answer.out)
    assert (answer.code, said["ok"]) == (74, False)
    assert [(one["layer"], f"第 {page} 页" in one["what"]) for one in said["findings"]] == [
        ("integrity", True)
    ]


@needs_gcc
def test_a_sector_under_the_schema_is_a_reading_error_too(tmp_path: Path, sector: Path) -> None:
    done = verified(lived(tmp_path)[0], sector, 2)
    assert done.code == 74, done.err
    assert "损坏" not in done.out + done.err


@needs_gcc
def test_without_a_bad_sector_nothing_is_said_of_one(tmp_path: Path, sector: Path) -> None:
    done = verified(lived(tmp_path)[0], sector, 10_000)
    assert (done.code, done.out) == (0, "")
