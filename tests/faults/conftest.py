import os
import shutil

import pytest

from access_mgmt.selectors import propagation
from tests.faults.scene import Scene
from tests.processes.running import free_port, running_redis


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def noticing(settings):
    """Pages say when propagation is late, as they do outside tests."""
    settings.PROPAGATION_NOTICE = True
    yield
    propagation.forget_look()


@pytest.fixture
def redis_port():
    """Where a redis-server may listen; without one installed the test is skipped, in CI it fails."""
    if shutil.which("redis-server") is None:
        missing = "redis-server is not installed"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return free_port()


@pytest.fixture
def redis_url(tmp_path, redis_port):
    with running_redis(tmp_path, port=redis_port) as url:
        yield url
