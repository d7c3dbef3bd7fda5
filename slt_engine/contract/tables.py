"""Rules on the tables: meta.csv, the indexes, gloss.csv. Reading goes on past a faulty row."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import Gloss, gloss_of, id_fault, rows_of
from slt_engine.contract.problem import Problem, error, warning
from slt_engine.contract.sources import DataSet, Tables, TextRow
from slt_engine.contract.splitting import COLUMNS

_SPARSE_LABELS_FROM = 10
_SAME_TEXT_WARNS_FROM = 3  # clips; a phrase that two clips share is daily bread


def read_tables(data: DataSet, tables: Tables) -> Iterator[Problem]:
    """Fill ``tables`` with what can be read, and give what cannot."""
    if data.metadata_csv is None:
        yield error("no-meta", data.origin, "has no meta.csv", "write one: video_id;texto")
    else:
        yield from _read_texts(data.metadata_csv, tables)
        if not data.indexes:
            remedy = f"slt data split {data.metadata_csv}"
            yield warning("no-splits", data.origin, "has no index of clips to train and validate on", remedy)
    for split, path in data.indexes.items():
        yield from _read_index(split, path, tables)
    if data.gloss_csv is not None:
        yield from _read_glosses(data.gloss_csv, tables)


def check_tables(data: DataSet, tables: Tables) -> Iterator[Problem]:
    """What the tables say against each other."""
    if data.metadata_csv is not None:
        yield from _check_texts(data.metadata_csv, tables)
        yield from _check_indexes(data, tables)
        yield from _check_leaks(data, tables)
    if data.gloss_csv is not None:
        yield from _check_glosses(data.gloss_csv, tables)


def _read_texts(path: Path, tables: Tables) -> Iterator[Problem]:
    for line, row in _records(path, ("video_id", "texto")):
        if isinstance(row, Problem):
            yield row
            continue
        clip = row["video_id"].strip()
        if refused := id_fault(clip):
            yield error("id", path, f'"{clip}" {refused}', "it names files: give the clip another", line=line)
            continue
        text = unicodedata.normalize("NFC", row["texto"]).strip()
        if clip in tables.texts:
            yield _repeated(path, clip, line, tables.texts[clip], text)
            continue
        tables.texts[clip] = TextRow(line, text, row)


def _repeated(path: Path, clip: str, line: int, before: TextRow, text: str) -> Problem:
    if before.text == text:
        message = f"stands on line {before.line} too, with the same text"
        return warning("id-repeated", path, message, "keep one row", clip=clip, line=line)
    message = f"stands on line {before.line} with another text"
    return error("id-two-texts", path, message, "keep the right row", clip=clip, line=line)


def _read_index(split: str, path: Path, tables: Tables) -> Iterator[Problem]:
    lines = tables.indexes.setdefault(split, {})
    try:
        rows = [(line, row) for line, row in rows_of(path) if any(row)]
    except DataError as fault:
        yield _told("index", path, fault)
        return
    column = 0
    if rows and "video_id" in rows[0][1]:
        column, rows = rows[0][1].index("video_id"), rows[1:]
    for line, row in rows:
        clip = row[column].strip() if column < len(row) else ""
        if refused := id_fault(clip):
            yield error("id", path, f'"{clip}" {refused}', "it names files: give the clip another", line=line)
        elif clip in lines:
            message = f"stands on line {lines[clip]} too"
            yield error("index-repeated", path, message, "keep one", clip=clip, line=line)
        else:
            lines[clip] = line
    if not lines:
        yield error("index-empty", path, "names no clip", "write one video_id a line")


def _read_glosses(path: Path, tables: Tables) -> Iterator[Problem]:
    for line, row in _records(path, ("video_id", "gloss", "ctc_labels")):
        if isinstance(row, Problem):
            yield row
            continue
        clip = row["video_id"].strip()
        try:
            gloss = gloss_of(row, f"{path.name} line {line}")
        except DataError as fault:
            yield _told("gloss", path, fault, clip=clip, line=line)
            continue
        if clip in tables.glosses and tables.glosses[clip][1] != gloss:
            message = f"has other glosses on line {tables.glosses[clip][0]}"
            yield error("gloss-two", path, message, "keep the right row", clip=clip, line=line)
        else:
            tables.glosses.setdefault(clip, (line, gloss))


def _records(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str] | Problem]]:
    """Every row by the header's names; in place of one that does not fit, its problem."""
    try:
        rows = ((line, row) for line, row in rows_of(path) if any(field.strip() for field in row))
        _, header = next(rows, (0, []))
        columns = [name.strip() for name in header]
        if missing := [name for name in needed if name not in columns]:
            message = f'has no column "{missing[0]}" but {", ".join(columns) or "nothing"}'
            yield 1, error("columns", path, message, "name the columns on the first line", line=1)
            return
        least = max(columns.index(name) for name in needed) + 1
        for line, row in rows:
            if len(row) < least or any(field.strip() for field in row[len(columns) :]):
                message = f"{len(row)} fields, {len(columns)} expected"
                yield line, error("fields", path, message, "quote a field that holds ;", line=line)
            else:
                yield line, dict(zip(columns, row, strict=False))
    except DataError as fault:
        yield 0, _told("table", path, fault)


def _check_texts(path: Path, tables: Tables) -> Iterator[Problem]:
    indexed = {clip for lines in tables.indexes.values() for clip in lines}
    for clip, row in tables.texts.items():
        where = {"clip": clip, "line": row.line}
        if not row.text:
            tell = error if clip in indexed else warning
            yield tell("text-empty", path, "has no text", "write it or drop the clip", **where)
        elif "\ufffd" in row.text or any(map(_is_control, row.text)):
            message = "holds characters that no keyboard writes, as from a wrong encoding"
            yield warning("text-damaged", path, message, "save the table as UTF-8 from its source", **where)
    clips_by_text = defaultdict(list)
    for clip, row in tables.texts.items():
        clips_by_text[row.text].append(clip)
    for text, clips in clips_by_text.items():
        if text and len(clips) >= _SAME_TEXT_WARNS_FROM and len(clips) > len(tables.texts) / 2:
            message = f'is one text, "{_short(text)}", for {len(clips)} of {len(tables.texts)} clips'
            yield warning("text-repeated", path, message, "look whether the column is the right one")


def _check_indexes(data: DataSet, tables: Tables) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for split, lines in tables.indexes.items():
        path = data.indexes[split]
        for clip, line in lines.items():
            where = {"clip": clip, "line": line}
            if clip not in tables.texts:
                yield error("index-unknown", path, "is not in meta.csv", "add its row or drop it", **where)
            if clip in first and first[clip] != split:
                message = f"is in {first[clip]} too: what is trained on would be scored"
                yield error("leak", path, message, "keep it in one split", **where)
            first.setdefault(clip, split)
            told = tables.texts[clip].columns.get("split", "").strip() if clip in tables.texts else ""
            if told in tables.indexes and told != split:
                message = f"is in {split}, but meta.csv says {told}"
                yield warning("split-other", path, message, "look which of the two is meant", **where)
    if outside := [clip for clip in tables.texts if tables.indexes and clip not in first]:
        assert data.metadata_csv is not None
        message = f'{len(outside)} clips are in no index, such as "{outside[0]}"'
        yield warning("not-indexed", data.metadata_csv, message, "add them to one if they are to be read")


def _check_leaks(data: DataSet, tables: Tables) -> Iterator[Problem]:
    """Clips of one recording in two splits: what is scored was half seen."""
    column = next(
        (name for name in COLUMNS["source"] if any(row.columns.get(name) for row in tables.texts.values())),
        None,
    )
    if column is None or not tables.indexes:
        return
    splits_by_source: dict[str, dict[str, str]] = defaultdict(dict)
    for clip, row in tables.texts.items():
        if (source := row.columns.get(column, "").strip()) and (split := tables.split_of(clip)):
            splits_by_source[source].setdefault(split, clip)
    assert data.metadata_csv is not None
    for source, splits in splits_by_source.items():
        if len(splits) > 1:
            message = f'clips of the {column} "{_short(source)}" are in {" and ".join(splits)}'
            remedy = f"split by {column}: slt data split --by source"
            yield warning("leak-source", data.metadata_csv, message, remedy, clip=next(iter(splits.values())))


def _check_glosses(path: Path, tables: Tables) -> Iterator[Problem]:
    names: dict[int, tuple[str, str]] = {}
    labels: dict[str, tuple[int, str]] = {}
    trained = Counter[int]()
    for clip, (line, gloss) in tables.glosses.items():
        where = {"clip": clip, "line": line}
        if tables.texts and clip not in tables.texts:
            yield warning(
                "gloss-unknown", path, "is not in meta.csv", "drop the row or add the clip", **where
            )
        for token, label in zip(gloss.tokens, gloss.labels, strict=True):
            other, owner = names.setdefault(label, (token, clip))
            if other != token:
                message = f'label {label} is "{token}" here and "{other}" in "{owner}"'
                yield error("label-two", path, message, "give each gloss a label of its own", **where)
            known, owner = labels.setdefault(token, (label, clip))
            if known != label:
                message = f'"{token}" has label {label} here and {known} in "{owner}"'
                yield warning("gloss-two-labels", path, message, "give it one", **where)
        if tables.split_of(clip) == "train":
            trained.update(gloss.labels)
    yield from _check_labels(path, names, trained, tables)


def _check_labels(
    path: Path, names: dict[int, tuple[str, str]], trained: Counter[int], tables: Tables
) -> Iterator[Problem]:
    highest = max(names, default=0)
    if highest > _SPARSE_LABELS_FROM and len(names) < highest / 2:
        message = f"labels run up to {highest}, but only {len(names)} are used"
        yield warning(
            "label-sparse", path, message, "number the glosses from 1: each label costs a CTC output"
        )
    for split, lines in tables.indexes.items():
        if split == "train" or not trained:
            continue
        unseen = {
            label for clip in lines if clip in tables.glosses for label in tables.glosses[clip][1].labels
        } - trained.keys()
        if unseen:
            message = (
                f'{len(unseen)} glosses of {split} are in no training clip, such as "{names[min(unseen)][0]}"'
            )
            yield warning("gloss-unseen", path, message, "no training can learn them; look at the splits")
    without = [clip for lines in tables.indexes.values() for clip in lines if clip not in tables.glosses]
    if without:
        message = f'{len(without)} indexed clips have no glosses, such as "{without[0]}"'
        yield warning("gloss-missing", path, message, "add their rows; without, CTC passes them over")


def labels_need(gloss: Gloss) -> int:
    """Frames that CTC needs for these labels: one each, and a blank between equal neighbours."""
    labels = gloss.labels
    return len(labels) + sum(a == b for a, b in pairwise(labels))


def _told(rule: str, path: Path, fault: DataError, **where: object) -> Problem:
    """A reader's own line as a problem: what comes after its last semicolon is what to do."""
    message, _, remedy = str(fault).rpartition("; ")
    for start in (f"{path}: ", f"{path.name} line {where.get('line')}: ", f"{path.name}: "):
        message = message.removeprefix(start)
    return error(rule, path, message or str(fault), remedy or "mend it", **where)


def _is_control(char: str) -> bool:
    """Quoted fields may hold tabs and more than one line."""
    return unicodedata.category(char) == "Cc" and char not in "\t\n\r"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
