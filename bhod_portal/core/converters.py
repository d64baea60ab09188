class BceNumberConverter:
    """Ten digits of an enterprise number in a path."""

    regex = r"[01]\d{9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
