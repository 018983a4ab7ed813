"""papermill's side of forked kernels: a manager and a provisioner of jupyter_client."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from cjm_research.report.forkkernel import private_folder

if TYPE_CHECKING:
    from cjm_research.report.forkkernel import Forked, Kernels


class ForkProvisioner(LocalProvisioner):
    """Makes a kernel by forking instead of starting Python."""

    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        """Fork a kernel that serves the manager's connection file."""
        manager: Any = self.parent
        self.process = manager.kernels.fork(manager.connection_file)
        manager.seen.append(self.process)
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """End the kernel at once."""
        if self.process is not None:
            self.process.kill()


class ForkKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels are forks and whose sockets are files."""

    kernels: Kernels
    seen: list[Forked]

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401
        self._sockets = private_folder()
        # Without an address of its own every manager would share ./kernel-ipc-1 to -5.
        super().__init__(transport="ipc", ip=str(self._sockets / "k"), **kwargs)
        self.connection_file = str(self._sockets / "kernel.json")

    async def _async_pre_start_kernel(self, **kwargs: Any) -> Any:  # noqa: ANN401
        if self.provisioner is None:
            self.provisioner = ForkProvisioner(
                kernel_id=self.kernel_id or "", kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**kwargs)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self._sockets, ignore_errors=True)


def fork_kernel_manager(kernels: Kernels, seen: list[Forked]) -> type[ForkKernelManager]:
    """Return a manager class for one notebook.

    Parameters
    ----------
    kernels : Kernels
        All kernels of the run.
    seen : list
        The notebook's kernels are added here; each knows how much memory it took.
    """
    return type("BoundKernelManager", (ForkKernelManager,), {"kernels": kernels, "seen": seen})
