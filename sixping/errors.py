"""Every way sixping can refuse or fail: an exit code and a Chinese sentence each.

The tree (exit codes are promised to scripts)::

    SixpingError (1)
    ├── NotAllowed        1   the step is not possible in this state
    ├── NotFound          1   no such case, person, task …
    │   └── UnknownName   2   no such unit, channel, category …, or several begin so
    ├── UsageFault        2   options missing or contradicting
    ├── BadData          65   a file or a text that cannot be used
    ├── InputOutput      74   disk full, unreadable, unwritable
    ├── LedgerBusy       75   another process holds the ledger
    ├── NoPermission     77   the account may not do this
    ├── LedgerUnusable   78   missing, damaged, newer or not ours
    └── Interrupted     130   Ctrl-C

``what`` says what is wrong and where, ``hint`` what to do; both are Chinese and
pass through ``text.clean`` before they are shown, so they may quote input.
"""

from __future__ import annotations

import errno

#: what the system says of a file, for people who do not read English
_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EISDIR: "这是文件夹, 不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹", errno.EACCES: "没有权限", errno.EPERM: "没有权限",
    errno.ENOSPC: "磁盘已满", errno.EROFS: "磁盘只读", errno.EIO: "设备出错",
    errno.ENAMETOOLONG: "名字太长", errno.ELOOP: "链接绕成了圈", errno.EBUSY: "正被占用",
    errno.EMFILE: "打开的文件太多", errno.ENFILE: "全机打开的文件太多",
    errno.EEXIST: "已有同名的文件", errno.ENOTEMPTY: "文件夹不是空的",
    errno.EFBIG: "文件超过了允许的大小", errno.EXDEV: "不在同一个磁盘上",
    errno.EINVAL: "系统不接受这样的名字或操作", errno.EILSEQ: "名字里有不能用的字",
    errno.ENXIO: "没有这个设备", errno.ENODEV: "没有这个设备", errno.ENOTSUP: "这个磁盘不支持",
    errno.ENOMEM: "内存不足", errno.EMLINK: "链接太多", errno.EAGAIN: "正被占用",
    errno.ETIMEDOUT: "等得太久, 没有回应", errno.ENOLCK: "锁不上", errno.ENOSYS: "系统不支持",
    errno.EBADF: "文件已被关闭", errno.EINTR: "被打断", 0: "原因不明",
}  # fmt: skip
_SOME_SYSTEMS = {
    "EDQUOT": "超过了这个账号的磁盘配额", "ESTALE": "网络盘上的文件已不在",
    "ETXTBSY": "正被占用", "EREMOTEIO": "设备出错", "EHOSTDOWN": "网络盘连不上",
}  # fmt: skip
for _name, _said in _SOME_SYSTEMS.items():
    if hasattr(errno, _name):
        _REASONS[getattr(errno, _name)] = _said


def system_reason(fault: OSError) -> str:
    """Return in Chinese why the system refused; a number where it has no common name."""
    code = fault.errno or 0
    return _REASONS.get(code, f"系统错误 {code}")


RECORDED: list[int] = []
"""Seqs up to which this command made something durable: a fault after it tells of the last."""


class SixpingError(Exception):
    """A failure that reaches the user as a sentence, never as a traceback."""

    exit_code = 1

    def __init__(self, what: str, hint: str = "") -> None:
        """Say what is wrong (``what``) and what to do about it (``hint``)."""
        super().__init__(what)
        self.what = what
        self.hint = hint


class NotAllowed(SixpingError):
    """The step is not possible in the state the case is in."""


class NotFound(SixpingError):
    """The thing named is not in the ledger or in the data."""


class UnknownName(NotFound):
    """A name of the street or the policy that nothing has, or a short one of several."""

    exit_code = 2


class UsageFault(SixpingError):
    """Options are missing, unknown or contradict each other."""

    exit_code = 2


class BadData(SixpingError):
    """A file, a line or a text that cannot be used as given."""

    exit_code = 65


class InputOutput(SixpingError):
    """Reading or writing failed: disk full, device error, broken target."""

    exit_code = 74


class LedgerBusy(SixpingError):
    """Another process held the ledger longer than the waiting time."""

    exit_code = 75


class NoPermission(SixpingError):
    """The account lacks the permission for this file."""

    exit_code = 77


class LedgerUnusable(SixpingError):
    """The ledger is missing, damaged, made by a newer version, or not ours."""

    exit_code = 78


class Interrupted(SixpingError):
    """The user pressed Ctrl-C."""

    exit_code = 130
