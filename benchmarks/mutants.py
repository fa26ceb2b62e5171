"""Which numbers and comparisons of `kb/answering` could be wrong without a test noticing?

    python -m benchmarks.mutants [MODULE …] [--since COMMIT] [--jobs 2] [--most-survive 0.10]

Each number in turn becomes another one (one more, one less; a quarter more or less for a fraction; 0; the other sign; a
hundred times as much), each comparison its neighbour (`<` for `<=`, `==` for `!=`, `in` for `not in`…), and the tests
of the folder run, those of the module first, up to the first that fails. Where none fails, the mutant survives and is
printed. Exit code 1 when more than `--most-survive` of them do, 2 when the tests are red before anything is changed.
MODULE is a path (`kb/answering/citations.py`) or a name (`citations`); `--since` takes lines changed since a commit.

Why not a known tool: mutmut 3 changes what stands inside functions only, and most limits here are constants of a
module; cosmic-ray starts a process for each mutant (five seconds with its imports, an hour in all) and knows no other
number than the next ones. Here libraries are imported once, and every mutant lives in a fork of that process, in which
the changed module is compiled from its tree: no file is written, and a copy of the working tree is what is tested.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import gc
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
MUTATED = Path("kb/answering")
TESTS = Path("tests/kb/answering")
MOST_SURVIVE = 0.10
# Plugins of pytest are among the libraries that are imported beforehand.
_ALREADY = "ignore:Module already imported so cannot be rewritten:pytest.PytestAssertRewriteWarning"

_NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the node at `place` of the module's tree (in the order of `ast.walk`) becomes `instead`.

    `instead` is a number, or the position of an operator in a comparison and its new class. `shown` is for people.
    """

    file: Path
    line: int
    place: int
    instead: int | float | tuple[int, type[ast.cmpop]]
    shown: str


def mutants_of(file: Path, source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    found = []
    for place, node in enumerate(ast.walk(ast.parse(source))):
        if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
            assert isinstance(node.value, int | float)
            for number in _other_numbers(node.value):
                found.append(Mutant(file, node.lineno, place, number, f"{node.value!r} → {number!r}"))
        elif isinstance(node, ast.Compare):
            for position, operator in enumerate(node.ops):
                instead = position, _NEIGHBOURS[type(operator)]
                shown = f"→ {ast.unparse(_changed(copy.deepcopy(node), instead))}"
                found.append(Mutant(file, node.lineno, place, instead, shown))
    return sorted(found, key=lambda mutant: (mutant.line, mutant.place))


def mutated_tree(source: str, mutant: Mutant) -> ast.Module:
    """The tree of a module with its mutant in it."""
    tree = ast.parse(source)
    node = next(node for place, node in enumerate(ast.walk(tree)) if place == mutant.place)
    _changed(node, mutant.instead)
    return tree


def _other_numbers(number: int | float) -> list[int | float]:
    near = (number + 1, number - 1) if isinstance(number, int) else (number * 1.25, number * 0.75)
    others = [*near, 0 * number, -number, 100 * number or 100]
    return [other for other in dict.fromkeys(others) if other != number]


def _changed(node: ast.AST, instead: int | float | tuple[int, type[ast.cmpop]]) -> ast.AST:
    if isinstance(node, ast.Compare) and isinstance(instead, tuple):
        position, operator = instead
        node.ops[position] = operator()
    elif isinstance(node, ast.Constant) and not isinstance(instead, tuple):
        node.value = instead
    return node


def _import_mutated(mutant: Mutant) -> None:
    """Imports the mutated module before anything else can import it as it is."""
    package = importlib.import_module(".".join(mutant.file.parent.parts))
    name = f"{package.__name__}.{mutant.file.stem}"
    module = ModuleType(name)
    module.__file__ = str(mutant.file.resolve())
    sys.modules[name] = module
    setattr(package, mutant.file.stem, module)
    exec(compile(mutated_tree(mutant.file.read_text("utf-8"), mutant), module.__file__, "exec"), module.__dict__)


class Workplace:
    """A copy of the working tree, in which this process and its forks work from now on, with all libraries imported."""

    def __init__(self, folder: Path) -> None:
        names = _git("ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
        for name in filter(None, names):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(folder)
        sys.path[:] = [str(folder), *(path for path in sys.path if path not in {"", str(ROOT)})]
        self._seen = folder / ".libraries.json"
        self._forget_ours()
        self.tests = sorted(TESTS.glob("test_*.py"))

    def check(self) -> float:
        """Seconds that the tests take without any mutant. Raises SystemExit (2) when they fail."""
        self._import_libraries(self.start(None))
        began = time.monotonic()
        self._import_libraries(self.start(None))
        return time.monotonic() - began

    def start(self, mutant: Mutant | None) -> int:
        """Runs the tests in a fork; its process id. Its exit code is 0 when no test fails."""
        if process := os.fork():
            return process
        code = 3
        try:
            os.setsid()  # with what the tests may start
            if mutant is not None:
                with Path(os.devnull).open("w") as nothing:
                    os.dup2(nothing.fileno(), 1)
                    os.dup2(nothing.fileno(), 2)
                _import_mutated(mutant)
            options = ["-x", "-q", "--tb=short", "-p", "no:cacheprovider", "-W", _ALREADY]
            code = int(pytest.main([*options, *map(str, self._in_order(mutant))]))
            if mutant is None:
                self._seen.write_text(json.dumps(list(sys.modules)), "utf-8")
        finally:
            if sys.exc_info()[0] is not None:
                traceback.print_exc()
            sys.stdout.flush()
            os._exit(code)  # whatever happened: never back into the parent's code

    def _in_order(self, mutant: Mutant | None) -> list[Path]:
        """All files of tests, those that speak of the mutated module first."""
        if mutant is None:
            return self.tests
        own, name = f"test_{mutant.file.stem}", f"answering.{mutant.file.stem} "
        return sorted(self.tests, key=lambda test: (test.stem != own, name not in test.read_text("utf-8")))

    def _import_libraries(self, process: int) -> None:
        _, status = os.waitpid(process, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            print("The tests fail before anything is changed.", file=sys.stderr)
            raise SystemExit(2)
        for name in json.loads(self._seen.read_text("utf-8")):
            with contextlib.suppress(ImportError):
                if name.partition(".")[0] not in {"kb", "ingest", "app", "tests"}:
                    importlib.import_module(name)
        self._forget_ours()
        gc.freeze()  # pytest collects garbage twice: not again over all libraries in each fork

    def _forget_ours(self) -> None:
        """Our own modules are imported anew in each fork: any of them may have copied a number of the mutated one."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None) or ""
            if file.startswith((str(Path.cwd()), str(ROOT))) and not file.startswith(sys.prefix) and module is not _ME:
                del sys.modules[name]


_ME = sys.modules[__name__]


def survivors(workplace: Workplace, mutants: Sequence[Mutant], jobs: int, limit: float) -> Iterator[Mutant]:
    """The mutants that no test sees. One whose tests take over `limit` seconds is seen: it runs forever."""
    waiting, running = list(reversed(mutants)), dict[int, tuple[Mutant, float]]()
    with tqdm(total=len(mutants), disable=None, unit="mutant") as progress:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    mutant = waiting.pop()
                    running[workplace.start(mutant)] = mutant, time.monotonic() + limit
                for process, (mutant, deadline) in list(running.items()):
                    if time.monotonic() > deadline:
                        os.killpg(process, signal.SIGKILL)
                    ended, status = os.waitpid(process, os.WNOHANG)
                    if ended:
                        del running[process]
                        progress.update()
                        if os.waitstatus_to_exitcode(status) == 0:
                            yield mutant
                time.sleep(0.01)
        finally:
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)


def changed_since(commit: str) -> dict[Path, set[int]]:
    """The lines of the mutated folder that differ from a commit, by file."""
    lines: dict[Path, set[int]] = {}
    file = Path()
    for line in _git("diff", "--unified=0", "--no-prefix", "--no-ext-diff", commit, "--", str(MUTATED)).splitlines():
        if line.startswith("+++ "):
            file = Path(line[4:])
        elif match := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first, count = int(match[1]), int(match[2] or 1)
            lines.setdefault(file, set()).update(range(first, first + count))
    return lines


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _chosen(modules: Sequence[str], since: str | None) -> list[Mutant]:
    files = sorted(path.relative_to(ROOT) for path in (ROOT / MUTATED).glob("*.py"))
    if unknown := [module for module in modules if not any(Path(module).stem == file.stem for file in files)]:
        raise SystemExit(f"not in {MUTATED}: {', '.join(unknown)}")
    wanted = {Path(module).stem for module in modules}
    mutants = [
        mutant
        for file in files
        if not wanted or file.stem in wanted
        for mutant in mutants_of(file, (ROOT / file).read_text("utf-8"))
    ]
    if since is None:
        return mutants
    changed = changed_since(since)
    return [mutant for mutant in mutants if mutant.line in changed.get(mutant.file, ())]


def main() -> int:
    """Prints the survivors and the shares that they are; the exit code."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {MUTATED}; all of them without any")
    parser.add_argument("--since", metavar="COMMIT", help="only lines that differ from this commit")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("--most-survive", type=float, default=MOST_SURVIVE, help="share (0 to 1) that may survive")
    arguments = parser.parse_args()
    if arguments.jobs < 1:
        parser.error("--jobs: 1 at least")
    mutants = _chosen(arguments.modules, arguments.since)
    if not mutants:
        print("Nothing to change there.")
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        workplace = Workplace(Path(folder).resolve())
        limit = 10 + 10 * workplace.check()
        alive = list(survivors(workplace, mutants, arguments.jobs, limit))
        lines = {file: file.read_text("utf-8").splitlines() for file in {mutant.file for mutant in mutants}}
        os.chdir(ROOT)
    for mutant in sorted(alive, key=lambda mutant: (mutant.file, mutant.line, mutant.place)):
        print(f"{mutant.file}:{mutant.line}  {mutant.shown}    {lines[mutant.file][mutant.line - 1].strip()}")
    of_file, alive_of_file = Counter(mutant.file for mutant in mutants), Counter(mutant.file for mutant in alive)
    for file in sorted(of_file):
        print(f"{file}: {alive_of_file[file]} of {of_file[file]} survive, {alive_of_file[file] / of_file[file]:.0%}")
    share = len(alive) / len(mutants)
    print(f"{len(alive)} of {len(mutants)} survive, {share:.1%}, in {time.monotonic() - began:.0f} s")
    return int(share > arguments.most_survive)


if __name__ == "__main__":
    raise SystemExit(main())
