"""Which kind of file system a path lies on: what a network share promises cannot be trusted."""

from __future__ import annotations

from typing import Final

#: where locks of several machines do not hold
NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "fuse.sshfs", "fuse.davfs"}
)
MOUNTS: Final = "/proc/self/mountinfo"


def mounted_as(path: str, mounts: str = MOUNTS) -> str | None:
    """Return the type of the file system a path lies on, where the system tells."""
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as lines:
            table = [line.split(" - ", 1) for line in lines]
    except OSError:
        return None
    best, kind = "", None
    for head, *tail in table:
        point = head.split()[4].replace("\\040", " ")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if tail and inside and len(point) >= len(best):
            best, kind = point, tail[0].split()[0]
    return kind
