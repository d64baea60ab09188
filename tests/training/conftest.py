from tests.personas import demo

__all__ = ["demo"]
