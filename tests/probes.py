"""Coverage without a tracer: each statement of ours says itself that it was reached, and from which one.

A plugin of coverage.py (`plugins` in pyproject.toml). Python 3.11 traces everything or nothing, and a tracer that sees each
step of Django took two fifths of the suite's time. Here our modules get probes as they are imported, everything else runs as
it always does, and coverage.py is told the same arcs (from line, to line) as by its tracer: test_probes.py compares. To be
dropped with Python 3.14, whose `sys.monitoring` tells branches.

A probe of a function is `__at__ = __reached__[__at__, line]`; those of modules and classes call `__reached__.line(line)`.
"""

import ast
import builtins
import sys
import zlib
from fnmatch import fnmatch
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path

import coverage.control
from coverage.disposition import FileDisposition

AT = "__at__"
REACHED = "__reached__"
# What a change here makes stale: compiled modules carry it in their names.
EDITION = f"{zlib.crc32(Path(__file__).read_bytes()):08x}"


class Reached(dict):
    """The arcs of one file: a known one is looked up, a new one is kept unless the measure pauses."""

    paused = False

    def __init__(self):
        super().__init__()
        self._lines = []

    def __missing__(self, arc):
        if not Reached.paused:
            self[arc] = arc[1]
        return arc[1]

    def enter(self, line):
        """A module or class begins."""
        self._lines.append(-line)

    def line(self, line):
        """A statement of the module or class that began last."""
        self._lines[-1] = self[self._lines[-1], line]
        return line

    def leave(self, line):
        """The module or class that began last has ended."""
        self[self._lines.pop(), -line]


class Files(dict):
    """What was reached, by file; a module finds its own when it begins."""

    def __missing__(self, filename):
        return self.setdefault(filename, Reached())


FILES = Files()
setattr(builtins, REACHED, FILES)


def _statements(source):
    return ast.parse(source).body


def _is_text(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_future(node):
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _preface(statements):
    """How many must stay first: a docstring, imports from the future."""
    text = 1 if statements and _is_text(statements[0]) else 0
    return text + sum(_is_future(each) for each in statements)


def _first_line(node):
    decorators = getattr(node, "decorator_list", None)
    return decorators[0].lineno if decorators else node.lineno


class Scope:
    """Probes for the statements of a module, a class or a function; functions keep their place in a variable."""

    def __init__(self, *, function, start):
        self.function = function
        self.start = start
        # The line to which the end of the innermost loop's body goes back.
        self.header = None

    def body(self, statements):
        """The statements of the whole scope, docstring and imports from the future kept first."""
        first = _preface(statements)
        begin = f"{AT} = -{self.start}" if self.function else f"{REACHED}.enter({self.start})"
        passed = [
            probe for each in statements[:first] if not _is_text(each) for probe in self.probe(each.lineno)
        ]
        return [
            *statements[:first],
            *_statements(begin),
            *passed,
            *self.block(statements[first:]),
            *self.leave(),
        ]

    def probe(self, line):
        return _statements(f"{AT} = {REACHED}[{AT}, {line}]" if self.function else f"{REACHED}.line({line})")

    def test(self, line):
        """The same as an expression, which is true."""
        source = f"({AT} := {REACHED}[{AT}, {line}])" if self.function else f"{REACHED}.line({line})"
        return ast.parse(source, mode="eval").body

    def leave(self):
        return _statements(
            f"{REACHED}[{AT}, -{self.start}]" if self.function else f"{REACHED}.leave({self.start})"
        )

    def block(self, statements):
        return [done for each in statements for done in self.statement(each)]

    def statement(self, node):
        if isinstance(node, ast.Global | ast.Nonlocal) or self._leaves_no_trace(node):
            return [node]
        lines = [each.lineno for each in getattr(node, "decorator_list", [])] + [node.lineno]
        probes = [probe for line in dict.fromkeys(lines) for probe in self.probe(line)]
        if isinstance(node, ast.Return):
            # What is returned is still worked out, but a line that returns goes nowhere else.
            return [*probes, *self.leave(), node]
        if isinstance(node, ast.Continue):
            return [*probes, *self.probe(self.header), node]
        self._inside(node)
        return [*probes, node]

    def _leaves_no_trace(self, node):
        return self.function and isinstance(node, ast.AnnAssign) and node.value is None

    def _inside(self, node):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.body = Scope(function=True, start=_first_line(node)).body(node.body)
            case ast.ClassDef():
                node.body = Scope(function=False, start=_first_line(node)).body(node.body)
            case ast.While() | ast.For() | ast.AsyncFor():
                self._loop(node)
            case ast.Match():
                self._match(node)
            case ast.Try() | ast.TryStar():
                self._try(node)
            case ast.If():
                node.body = self.block(node.body)
                node.orelse = self.block(node.orelse)
            case ast.With() | ast.AsyncWith():
                node.body = self.block(node.body)

    def _loop(self, node):
        outer = self.header
        self.header = node.lineno
        node.body = self.block(node.body) + self.probe(self.header)
        self.header = outer
        node.orelse = self.block(node.orelse)

    def _match(self, node):
        passed = []
        for case in node.cases:
            # Only the pattern that fits can say so, for those before it too.
            passed += self.probe(case.pattern.lineno)
            case.body = [*passed, *self.block(case.body)]
        last = node.cases[-1]
        if last.guard or not (isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None):
            node.cases.append(ast.match_case(pattern=ast.MatchAs(), guard=None, body=list(passed)))

    def _try(self, node):
        node.body = self.block(node.body)
        for handler in node.handlers:
            handler.body = self.block(handler.body)
            if handler.type is None:
                handler.body = [*self.probe(handler.lineno), *handler.body]
            else:
                handler.type = ast.BoolOp(ast.And(), [self.test(handler.lineno), handler.type])
        node.orelse = self.block(node.orelse)
        node.finalbody = self.block(node.finalbody)


def probed(source, filename):
    """The code of a module, with its probes."""
    tree = ast.parse(source, filename)
    first = _preface(tree.body)
    body = Scope(function=False, start=1).body(tree.body)
    tree.body = [*body[:first], *_statements(f"{REACHED} = {REACHED}[{filename!r}]"), *body[first:]]
    return compile(ast.fix_missing_locations(tree), filename, "exec", dont_inherit=True)


class ProbingLoader(SourceFileLoader):
    """Compiles with probes; what it compiled is kept beside what Python itself keeps."""

    def source_to_code(self, data, path, *, _optimize=-1):
        return probed(bytes(data), str(path))

    def get_data(self, path):
        return super().get_data(_own(path))

    def set_data(self, path, data, *, _mode=0o666):
        super().set_data(_own(path), data, _mode=_mode)


def _own(path):
    return f"{path.removesuffix('.pyc')}.probed-{EDITION}.pyc" if path.endswith(".pyc") else path


class ProbingFinder(PathFinder):
    """Our packages are loaded by the loader that probes, but for what coverage.py shall leave out."""

    packages = frozenset()
    omitted = ()

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname.partition(".")[0] not in cls.packages:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and type(spec.loader) is SourceFileLoader and not cls.omits(spec.origin):
            spec.loader = ProbingLoader(spec.loader.name, spec.loader.path)
        return spec

    @classmethod
    def omits(cls, filename):
        return any(fnmatch(filename, f"*{pattern}") for pattern in cls.omitted)


class Probes:
    """What coverage.py takes for its tracer: gives it what was reached when the measure stops."""

    def start(self):
        """Probes are always there."""

    def stop(self):
        for filename, reached in FILES.items():
            self.data.setdefault(filename, set()).update(list(reached))

    def activity(self):
        return True

    def reset_activity(self):
        """Whatever was kept is given at the end."""

    def get_stats(self):
        """None are kept."""


class Core:
    """What coverage.py has to know about its tracer."""

    tracer_class = Probes
    file_disposition_class = FileDisposition
    supports_plugins = False
    supports_dynamic_contexts = False
    packed_arcs = False
    systrace = False

    def __init__(self, **_settings):
        self.tracer_kwargs = {}


class Plugin(coverage.CoveragePlugin):
    """Puts the probes in the place of the tracer, in each process that coverage.py measures."""

    def configure(self, config):
        if coverage.env.PYBEHAVIOR.branch_right_left:
            return
        # A process that tests start is told of folders where the first one was told of packages.
        ProbingFinder.packages = frozenset(Path(each).name for each in config.get_option("run:source"))
        ProbingFinder.omitted = tuple(config.get_option("run:omit") or ())
        if ProbingFinder not in sys.meta_path:
            sys.meta_path.insert(0, ProbingFinder)
        coverage.control.Core = Core


def coverage_init(registry, _options):
    registry.add_configurer(Plugin())
