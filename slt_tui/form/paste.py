"""A pasted command line or config -> FormState; what cannot be used is told in a line each, and the rest is kept."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from slt_engine.config import ConfigError, Knob, document_layer, knobs, knobs_by_key
from slt_engine.config.documents import parse_json, parse_yaml
from slt_engine.config.layers import NOT_READ, SECTIONS
from slt_engine.config.resolution import nearest_key
from slt_engine.config.texts import text_of
from slt_tui.form.state import Base, FormState, spelling

# Words that lead a command line and those of its flags that are about more than settings.
NOT_SETTINGS = {
    "--detach": "",
    "--dry-run": "",
    "--json": "",
    "--no-resume": "",
    "--help": "",
    "--resume": "the form begins new runs; `slt runs resume RUN` goes on with one",
}
SOURCES = ("--config", "--decoder-preset", "--set")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n|\\\s*\Z")
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*\$[ \t]+", re.MULTILINE)
_DOCUMENT = re.compile(rf"\s*(\{{|(---\s+)?[\"']?({'|'.join((*SECTIONS, *NOT_READ))})[\"']?\s*:)")
_ELLIPSES = ("...", "…", "[...]")


@dataclass(frozen=True)
class Pasted:
    """A form, and a line for each thing in the text that found no place in it."""

    state: FormState
    remarks: tuple[str, ...] = ()


@dataclass
class _Reading:
    """What has been read of a command line so far."""

    preset: str | None = None
    config: Path | None = None
    texts: dict[str, str] = field(default_factory=dict)
    pairs: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def read_pasted(text: str) -> Pasted:
    """A command line of ours or of the guide's script, or a config document. Raises ConfigError for neither."""
    if _DOCUMENT.match(text):
        return _read_document(text)
    words = _settings_part(_split(text))
    reading = _Reading()
    _read_words(iter(words), reading)
    state = FormState(_read_base(reading)).with_changes({**reading.texts, **reading.pairs})
    return Pasted(state, tuple(reading.remarks))


def _read_base(reading: _Reading) -> Base:
    """The preset and the file that were named, each if it can be read."""
    preset = Base.read(preset=reading.preset)
    config = Base.read(config=reading.config)
    problems = [[problem for layer in base.layers for problem in layer.problems] for base in (preset, config)]
    reading.remarks += [line for lines in problems for line in lines]
    return Base.read(None if problems[0] else reading.preset, None if problems[1] else reading.config)


def _split(text: str) -> list[str]:
    joined = _CONTINUED.sub(" ", _PROMPT.sub("", _COMMENT.sub("", text)))
    try:
        return [word for word in shlex.split(joined) if word not in _ELLIPSES]
    except ValueError:
        raise ConfigError(["the command line ends inside quotes; add the one that is missing"]) from None


def _settings_part(words: list[str]) -> list[str]:
    """What follows the command: ``slt train``, ``python -m slt_engine train RUN``, ``python tools/train_x.py``."""
    end = next((place for place, word in enumerate(words) if word in ("&&", "||", ";", "|", "&")), len(words))
    words = words[:end]
    first_flag = next((place for place, word in enumerate(words) if word.startswith("--")), len(words))
    program = words[:first_flag]
    script = next((place for place, word in enumerate(program) if word.endswith(".py")), None)
    if script is not None:
        if not Path(program[script]).name.startswith("train"):
            raise ConfigError([f"{program[script]}: does not train; paste a line that starts a training"])
        return words[script + 1 :]
    if "train" in program:
        place = program.index("train")
        run = program[place + 1 : place + 2] if "slt_engine" in program else []
        return [
            *(["--config", str(Path(run[0]) / "config.json")] if run else []),
            *words[place + 1 + len(run) :],
        ]
    if "clone" in program and (rest := program[program.index("clone") + 1 :]):
        return ["--config", str(Path(rest[0]) / "config.json"), *words[first_flag:]]
    if not program and words:
        return words
    known = "`slt train ...`, `python tools/train_slt_multistream_v9.py ...` or a config in YAML or JSON"
    raise ConfigError([f"this is no training's command line; paste {known}"])


def _read_words(words: Iterator[str], reading: _Reading) -> None:
    flags = _flags()
    for word in words:
        flag, equals, value = word.partition("=")
        flag = flag.replace("_", "-")
        if flag in SOURCES or (flag in flags and not flags[flag][0].is_switch):
            text = value if equals else next(words, None)
            if text is None:
                reading.remarks.append(f"{flag}: has no value")
            else:
                _take(flag, text, flags, reading)
        elif flag in flags:
            knob, on = flags[flag]
            reading.texts[knob.key] = (value if on else _opposite(value)) if equals else text_of(on)
        elif flag in NOT_SETTINGS:
            reading.remarks += [f"{flag}: {NOT_SETTINGS[flag]}"] if NOT_SETTINGS[flag] else []
        elif flag.startswith("-") and len(flag) > 1:
            words = _pass_over(flag, value, words, reading)
            _read_words(words, reading)
            return
        else:
            reading.remarks.append(f"{word}: belongs to no flag")


def _pass_over(flag: str, value: str, words: Iterator[str], reading: _Reading) -> Iterator[str]:
    """Leave out an unknown flag with its value; gives the words that are left."""
    rest = list(words)
    if not value and rest and not rest[0].startswith("--"):
        value = rest.pop(0)
    said = " ".join(filter(None, (flag, value)))
    reading.remarks.append(f"{said}: no such flag{_hint(_nearest_flag(flag))}")
    return iter(rest)


def _take(flag: str, text: str, flags: Mapping[str, tuple[Knob, bool]], reading: _Reading) -> None:
    """One flag with its value."""
    if flag == "--config":
        reading.config = Path(text)
    elif flag == "--decoder-preset":
        reading.preset = text
    elif flag == "--set":
        _take_pair(text, reading)
    else:
        knob = flags[flag][0]
        before = reading.texts.get(knob.key) if knob.is_repeatable else None
        reading.texts[knob.key] = f"{before},{text}" if before else text


def _take_pair(pair: str, reading: _Reading) -> None:
    key, equals, value = pair.partition("=")
    key = key.strip()
    if not equals or not key:
        reading.remarks.append(f"--set {pair}: is not KEY=VALUE, such as optim.lr=1e-4")
    elif key not in knobs_by_key():
        reading.remarks.append(f"--set {pair}: no such key{_hint(nearest_key(key))}")
    else:
        knob, value = knobs_by_key()[key], value.strip()
        reading.pairs[key] = value.lower() if knob.is_switch else value


def _read_document(text: str) -> Pasted:
    """A config's values as changes over the defaults: there is no file that could be named."""
    try:
        document = parse_json(text) if text.lstrip().startswith("{") else parse_yaml(text)
    except ValueError as error:
        raise ConfigError([f"the pasted config: {error}"]) from None
    layer = document_layer(document, "the pasted config")
    known = {key: value for key, value in layer.values.items() if key in knobs_by_key()}
    unknown = [key for key in layer.values if key not in knobs_by_key()]
    remarks = [*layer.problems, *(f"{key}: no such key{_hint(nearest_key(key))}" for key in unknown)]
    state = FormState().with_changes({key: text_of(value) for key, value in known.items()})
    return Pasted(state, tuple(remarks))


def _hint(near: str | None) -> str:
    return f"; did you mean {near}?" if near else "; `slt flags` lists them all"


def _opposite(text: str) -> str:
    return {"true": "false", "false": "true"}.get(text.lower(), text)


def _flags() -> dict[str, tuple[Knob, bool]]:
    """Every spelling of every flag, with its setting and what a switch's spelling says."""
    pairs: dict[str, tuple[Knob, bool]] = {}
    for knob in knobs():
        pairs[spelling(knob)] = (knob, True)
        if off := knob.flag.partition("/")[2]:
            pairs[off] = (knob, False)
    return pairs


def _nearest_flag(flag: str) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(flag, [*_flags(), *SOURCES], n=1, cutoff=0.6)), None)
