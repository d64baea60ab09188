from tests.architecture.demo import demo_world

__all__ = ["demo_world"]
