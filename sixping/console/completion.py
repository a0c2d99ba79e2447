"""Shell completion: Typer's own scripts, our table, our own words."""

from __future__ import annotations

from typing import Any

from sixping.console.table import Table
from sixping.errors import UsageFault


def complete(root: Any) -> None:  # noqa: ANN401 - vendored Click
    """Answer the shell's question put in the environment; always raises ``SystemExit``."""
    from typer._completion_classes import completion_init

    completion_init()
    root.main(args=[], prog_name="sixping")


def names(table: Table, incomplete: str) -> list[Any]:
    """Return the command names that begin like this, with their help."""
    from typer._click.shell_completion import CompletionItem

    return [
        CompletionItem(name, help=entry.help)
        for name, entry in table.items()
        if name.startswith(incomplete)
    ]


def install() -> None:
    """Install completion for the shell this runs in; raises ``UsageFault`` if unknown."""
    # Typer has no public name for these; its own option speaks English only.
    from typer import _completion_shared as shared

    shell = shared._get_shell_name()  # noqa: SLF001
    if shell not in {"bash", "zsh", "fish", "powershell", "pwsh"}:
        raise UsageFault(
            f"无法为当前 shell 安装补全: {shell or '未能识别'}",
            "支持 bash、zsh、fish、powershell, 请在其中运行本命令。",
        )
    _, path = shared.install(shell=shell, prog_name="sixping")
    print(f"已为 {shell} 安装命令补全: {path}\n重新打开终端后生效。")  # noqa: T201
