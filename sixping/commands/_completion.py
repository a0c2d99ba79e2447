"""Install shell completion: Typer's own scripts, our own words."""

from __future__ import annotations

from sixping.errors import UsageFault


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
