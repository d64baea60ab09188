"""The `filesystem://` broker, made safe for several processes.

kombu's own writes a message under its final name before it is whole: a worker that looks at that moment reads half a
message and dies (JSONDecodeError). And it moves messages through the machine's temporary folder, which may be on
another disk, where moving is copying and two workers can take the same one.
"""

import fcntl
import logging
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Messages appear and are taken by renaming, which is all or nothing."""

    # kombu's stubs name the second argument differently in two parents.
    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020}_{uuid.uuid4()}.{queue}.msg"
        unfinished = Path(self.data_folder_out) / f"{name}.part"
        unfinished.write_text(dumps(payload), encoding="utf-8")
        unfinished.rename(unfinished.with_suffix(""))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in sorted(Path(self.data_folder_in).iterdir()):
            if path.name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = path.with_name(f"{path.name}.taken")
            try:
                path.rename(taken)
            except FileNotFoundError:
                # Another worker was faster.
                continue
            try:
                return loads(taken.read_text(encoding="utf-8"))
            except ValueError:
                # What a power cut left of it. The worker would die of it; a tick that is lost comes again.
                logger.warning("the unreadable message %s was thrown away", path.name)
            finally:
                taken.unlink()
        raise Empty

    def _queue_bind(self, *args: Any) -> None:
        # Its file is empty for a moment when it is made: who starts at that moment waits.
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "binding").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            super()._queue_bind(*args)


class Transport(filesystem.Transport):
    """For `CELERY_BROKER_TRANSPORT`, beside the folders in `CELERY_BROKER_TRANSPORT_OPTIONS`."""

    Channel = Channel
