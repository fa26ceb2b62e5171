"""Prompts that nothing is recorded for, written out for a capable model or a person; what they answer, recorded."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.writing.played import REPAIRS, VERDICTS, Prompt, digest, keep, sentence_keys
from benchmarks.writing.recorded import WRITTEN
from kb.answering.writing import second_look, whole_prompt

MOST = 400
A_FILE = 100
SEED = 31


def sample(prompts: Sequence[Prompt], most: int = MOST) -> list[Prompt]:
    """At most `most` prompts, by chance, the kinds of sentences of each base in turns."""
    order = random.Random(SEED).sample(list(prompts), len(prompts))
    by_kind: dict[str, list[Prompt]] = defaultdict(list)
    for prompt in order:
        for kind in dict.fromkeys(prompt.kinds):
            by_kind[kind].append(prompt)
    chosen: dict[str, Prompt] = {}
    while len(chosen) < most and any(by_kind.values()):
        for kind in sorted(by_kind):
            while by_kind[kind]:
                prompt = by_kind[kind].pop()
                if prompt.id not in chosen:
                    if len(chosen) < most:
                        chosen[prompt.id] = prompt
                    break
    return list(chosen.values())


def ask(folder: Path, looks: Sequence[Prompt], repairs: Sequence[Prompt]) -> list[Path]:
    """Writes the files for whoever answers: {"id", "prompt"} a line, a hundred lines a file at most."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = sample(looks)
    files = [
        _written(folder / f"prompts-{start // A_FILE + 1}.jsonl", chosen[start : start + A_FILE])
        for start in range(0, len(chosen), A_FILE)
    ]
    if repairs:
        files.append(_written(folder / "repairs.jsonl", repairs))
    return files


def take_in(answers: Path) -> int:
    """Records what was answered: {"id", "answer"} a line, in the folder where the prompts stand; how many lines.

    Raises ValueError for an answer to a prompt that is not there, or that the product would not ask any more.
    """
    prompts = {line["id"]: line["prompt"] for path in answers.parent.glob("*.jsonl") for line in _lines(path, "prompt")}
    verdicts: dict[str, str] = {}
    repairs: dict[str, str] = {}
    count = 0
    for line in _lines(answers, "answer"):
        prompt = prompts.get(line["id"])
        if prompt is None or digest(prompt) != line["id"]:
            raise ValueError(f"{answers}: {line['id']} answers no prompt of its folder")
        if prompt.startswith(look := f"{second_look.SYSTEM}\n\n"):
            said = second_look.verdicts(line["answer"])
            words = {True: "oui", False: "non", None: ""}
            for number, key in enumerate(sentence_keys(prompt.removeprefix(look)), start=1):
                verdicts[key] = words[said.get(number)]
        elif prompt.startswith(repair := f"{whole_prompt.SYSTEM}\n\n"):
            repairs[digest(prompt.removeprefix(repair))] = line["answer"]
        else:
            raise ValueError(f"{answers}: {line['id']} answers what the product does not ask any more")
        count += 1
    for name, said_by_key in ((VERDICTS, verdicts), (REPAIRS, repairs)):
        if said_by_key:
            keep(WRITTEN / name, said_by_key)
    return count


def _written(path: Path, prompts: Iterable[Prompt]) -> Path:
    lines = [json.dumps({"id": one.id, "prompt": one.whole}, ensure_ascii=False) for one in prompts]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _lines(path: Path, wanted: str) -> list[dict[str, str]]:
    """The lines of a file that hold `wanted`."""
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [line for line in lines if wanted in line]
