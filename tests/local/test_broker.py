"""The broker of files between threads that write and read at once, as processes do."""

from concurrent.futures import ThreadPoolExecutor
from queue import Empty

import pytest
from kombu import Connection

from bhod_portal.local.broker import Transport
from bhod_portal.local.processes import make_broker_folders


@pytest.fixture
def connect(tmp_path):
    """Makes connections to one queue, each of which stands for a process."""
    make_broker_folders(tmp_path)
    folder = str(tmp_path / "broker" / "queue")
    options = {
        "data_folder_in": folder, "data_folder_out": folder, "polling_interval": 0.01,
        "control_folder": str(tmp_path / "broker" / "control"),
    }  # fmt: skip
    connections = []

    def connect():
        connections.append(Connection("filesystem://", transport=Transport, transport_options=options))
        return connections[-1]

    yield connect
    for connection in connections:
        connection.release()


def take_all(connection, queue):
    found = []
    while True:
        try:
            found.append(connection.default_channel._get(queue))
        except Empty:
            return found


def test_carries_a_message(connect):
    with connect().SimpleQueue("portal") as queue:
        queue.put({"words": "Hélène"})

    with connect().SimpleQueue("portal") as queue:
        message = queue.get(timeout=30)
        message.ack()
        assert message.payload == {"words": "Hélène"}


def test_gives_messages_in_their_order_and_to_their_queue(connect):
    channel = connect().default_channel
    for number in range(3):
        channel._put("ticks", {"n": number})
    channel._put("other.ticks", {"n": 99})

    assert [message["n"] for message in take_all(connect(), "ticks")] == [0, 1, 2]


def test_gives_each_message_once_and_whole(connect):
    payload = {"words": "x" * 20_000}
    writers, readers = [connect() for _ in range(2)], [connect() for _ in range(3)]

    def write(connection):
        for _ in range(100):
            connection.default_channel._put("ticks", payload)

    def read(connection):
        found = []
        while not all(future.done() for future in writing):
            found += take_all(connection, "ticks")
        return found + take_all(connection, "ticks")

    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(write, connection) for connection in writers]
        found = [message for messages in pool.map(read, readers) for message in messages]

    assert len(found) == 200
    assert all(message == payload for message in found)


def test_the_next_start_takes_away_what_says_nothing_any_more(tmp_path, connect):
    queue = tmp_path / "broker" / "queue"
    for name in ("1_a.ticks.msg", "1_b.portal.msg", "1_c.portal.msg.part", "1_d.portal.msg.taken"):
        (queue / name).write_text("{}")

    make_broker_folders(tmp_path)

    assert [path.name for path in queue.iterdir()] == ["1_b.portal.msg"]


@pytest.mark.parametrize("left", [b"", b'{"half', b"\xff\xfe"])
def test_throws_away_what_can_not_be_read(tmp_path, connect, caplog, left):
    bad = tmp_path / "broker" / "queue" / "00000000000000000001_bad.ticks.msg"
    bad.write_bytes(left)
    connect().default_channel._put("ticks", {"n": 1})

    assert take_all(connect(), "ticks") == [{"n": 1}]
    assert list(bad.parent.iterdir()) == []
    assert bad.name in caplog.text
