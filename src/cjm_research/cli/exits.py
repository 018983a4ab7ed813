"""How a command ends: its exit code, and one message where something is wrong."""

from __future__ import annotations

import errno
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from shutil import disk_usage
from tempfile import gettempdir
from typing import TYPE_CHECKING, NoReturn

import typer

from cjm_research.errors import CjmError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

OK, FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130


def run_guarded(app: typer.Typer, words: Sequence[str]) -> int:
    """Run a command; every error that is the user's gets one message and no traceback."""
    signal.signal(signal.SIGTERM, _stop)
    _write_any_letter()
    code: object = BAD_INPUT
    try:
        code = app(list(words), standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except typer.Exit as stop:
        code = stop.exit_code
    except CjmError as error:
        _say(str(error))
    except OSError as error:
        _say(f"{error.strerror or error}: {error.filename or _full_disk(error)}".rstrip(": ") + ".")
    except Exception as error:
        if not hasattr(error, "format_message"):  # typer's own: a wrong option, a missing word
            raise
        _say(f"{error.format_message().rstrip('.')}. See: {_command_of(error)} --help")
    if code == STOPPED:  # typer itself turns a Ctrl-C into this code
        _say("Stopped. Pages that stood before stand as they were.")
    return code if isinstance(code, int) else OK


def _full_disk(error: OSError) -> str:
    """Return the folder on the disk with the least room: what writes names no file then."""
    if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
        return ""
    return min((str(Path.cwd()), gettempdir()), key=lambda folder: disk_usage(folder).free)


def _write_any_letter() -> None:
    """Let a console that has few letters show the others as codes."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _command_of(error: Exception) -> str:
    """Return the command that was misused, as it is called."""
    context = getattr(error, "ctx", None)
    if context is None or context.parent is None:
        return "cjm"
    return f"cjm {context.info_name}"


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
