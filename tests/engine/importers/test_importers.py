"""Every kind of data set that is imported passes its own check, and no row is lost without a word."""

from __future__ import annotations

import csv
import gzip
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import read_glosses, read_index, read_texts
from slt_engine.clips.keypoints import layout_of_file, read_keypoints
from slt_engine.contract import check
from slt_engine.importers.command import main
from slt_engine.importers.openpose import read_frames
from slt_engine.importers.plain_pickle import read_pickle
from slt_tui.clip_reading import ClipSources
from tests.support.clip_sets import figure, shared, write_rows

LSAT = "id;text;video;playlist;start;end;duration;split;prev_delta;post_delta"


def imported(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, object]:
    code = main([*map(str, words), "--json"])
    said = capsys.readouterr()
    assert code == 0, said.err
    answer: dict[str, object] = json.loads(said.out)
    return answer


def dropped(out: Path) -> list[tuple[str, str, str]]:
    with (out / "dropped.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file, delimiter=";")
    return [(row[0], row[1], row[2]) for row in rows]


def errors(out: Path) -> list[str]:
    return [str(problem) for problem in check(ClipSources.of(out)).errors]


def test_lsat_rows_are_taken_with_times_from_start_and_end_or_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        'v1-0;"hola; ¿qué tal?";v1;noticias;0.5;3.25;6.850.000.000.000.020;train;;',
        "v1-1;buenas noches;v1;noticias;120.3;1.252.999.999.999.990;28.799.999.999.999.900;['val'];;",
        "v1-2;sin tiempos;v1;noticias;;;;train;;",
        "v1-3;;v1;noticias;1;2;1;train;;",
        "v1-4;al revés;v1;noticias;9;2;7;train;;",
        "v1-0;otra vez;v1;noticias;5;6;1;train;;",
        "v1-5;corta;v1",
        "../v1;fuera;v1;noticias;5;6;1;train;;",
    ]
    write_rows(tmp_path / "meta.csv", LSAT, rows)
    out = tmp_path / "out"
    summary = imported(capsys, "lsat", tmp_path / "meta.csv", out)
    assert (summary["rows"], summary["taken"]) == (8, 2)
    assert len(dropped(out)) == 6
    assert dropped(out)[0] == ("meta.csv line 4", "v1-2", "start is empty")
    assert read_texts(out / "meta.csv") == {"v1-0": "hola; ¿qué tal?", "v1-1": "buenas noches"}
    with (out / "meta.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file, delimiter=";")
    assert (first["start"], first["end"], first["video"]) == ("0.500", "3.250", "v1")
    assert (second["start"], second["end"], second["split"]) == ("120.300", "125.300", "val")
    assert read_index(out / "index/val.csv") == ["v1-1"]


@pytest.mark.parametrize("text", ['"sin cerrar', '"una" y otra'])
def test_a_quote_that_would_swallow_the_rows_behind_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    rows = ["a;hola;v;p;0;1;1;train;;", f"b;{text};v;p;1;2;1;train;;", "c;chau;v;p;2;3;1;train;;"]
    write_rows(tmp_path / "meta.csv", LSAT, rows)
    assert main(["lsat", str(tmp_path / "meta.csv"), str(tmp_path / "out")]) == 1
    assert "meta.csv: is not a CSV file after line 2 (" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_split_that_leads_out_of_the_data_set_is_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["a,hola,v,0,1,../../evil", "b,hola,v,0,1,train"]
    write_rows(tmp_path / "meta.csv", "id,text,video,start,end,split", rows)
    out = tmp_path / "out"
    imported(capsys, "lsat", tmp_path / "meta.csv", out)
    assert dropped(out) == [("meta.csv line 2", "a", "its split cannot name a file")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["meta.csv", "out"]


def test_a_table_of_a_header_alone_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rows(tmp_path / "t.csv", "video_id,texto", [])
    assert main(["csv", str(tmp_path / "t.csv"), str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'out'}: no row could be taken: there is none\n"


def test_phoenix_brings_texts_glosses_and_signers_by_split(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = "name|video|start|end|speaker|orth|translation"
    source = tmp_path / "annotations"
    source.mkdir()
    write_rows(
        source / "PHOENIX-2014-T.train.corpus.csv",
        header,
        [
            'a|a/1/*.png|-1|-1|Signer01|MORGEN REGEN REGEN|morgen "regnet es',
            "b|b/1/*.png|-1|-1|Signer02|SONNE|",
        ],
    )
    write_rows(source / "PHOENIX-2014-T.dev.corpus.csv", header, ["c|c/1/*.png|-1|-1|Signer01|SONNE|sonne"])
    out = tmp_path / "out"
    summary = imported(capsys, "phoenix", source, out)
    assert summary["splits"] == {"val": 1, "train": 1}
    assert [clip for _, clip, _ in dropped(out)] == ["b"]
    glosses = read_glosses(out / "gloss.csv")
    assert glosses["a"].tokens == ("MORGEN", "REGEN", "REGEN")
    assert glosses["a"].labels == (2, 1, 1)
    assert glosses["c"].labels == (3,)


def test_phoenix_as_it_is_released_trains_on_the_glosses_that_it_is_scored_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "manual"
    source.mkdir()
    for name, orth in (
        ("train", "REGEN"),
        ("train-complex-annotation", "__ON__ loc-REGEN"),
        ("dev", "REGEN"),
    ):
        rows = [f"{name.partition('-')[0]}-1|v|-1|-1|Signer01|{orth}|regen"]
        path = source / f"PHOENIX-2014-T.{name}.corpus.csv"
        write_rows(path, "name|video|start|end|speaker|orth|translation", rows)
    out = tmp_path / "out"
    imported(capsys, "phoenix", source, out)
    assert dropped(out) == []
    assert read_glosses(out / "gloss.csv")["train-1"].tokens == ("REGEN",)


def test_mska_pickles_become_keypoints_in_pixels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "mska"
    source.mkdir()
    for split, seed in (("train", 1), ("dev", 2)):
        clips = {
            f"{split}/{split}{number}": {
                "name": f"{split}/{split}{number}",
                "gloss": "REGEN SONNE",
                "text": "es regnet",
                "num_frames": 9,
                "keypoint": torch.from_numpy(figure(9, 133) * [210, 260, 1] + [10 * seed + number, 0, 0]),
            }
            for number in (1, 2)
        }
        clips[f"{split}/broken"] = {"text": "kurz", "keypoint": torch.zeros(3, 5)}
        with gzip.open(source / f"Phoenix-2014T.{split}", "wb") as file:
            pickle.dump(clips, file)
    out = tmp_path / "out"
    summary = imported(capsys, "mska", source, out, "--size", "210x260")
    assert (summary["rows"], summary["taken"], summary["with_keypoints"]) == (6, 4, 4)
    path = out / "processed/keypoints/train1.npz"
    layout = layout_of_file(path)
    assert layout.name == "coco_wholebody_133"
    assert read_keypoints(path, layout)[..., :2].max() < 2
    assert errors(out) == []


@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize("kind", ["<f4", ">f8", "i2", "bool"])
def test_numpy_arrays_come_out_of_a_pickle_too(tmp_path: Path, kind: str, protocol: int) -> None:
    array = np.asfortranarray(np.arange(6).reshape(2, 3).astype(kind))
    (tmp_path / "x.pkl").write_bytes(pickle.dumps({"a": array, "b": array[0]}, protocol))
    read = read_pickle(tmp_path / "x.pkl")
    assert read["a"].tolist() == array.tolist()
    assert read["b"].tolist() == array[0].tolist()


class _Forged:
    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments

    def __reduce__(self) -> tuple[object, ...]:
        return np.ndarray, self.arguments


@pytest.mark.parametrize(
    "forged",
    [
        _Forged((1,), np.dtype("O"), b"A" * 8),
        _Forged((1,), np.dtype("f8")),
        np.array([None]),
        np.zeros(2, "S3"),
    ],
    ids=["objects over bytes", "no state", "objects", "text"],
)
def test_a_pickle_cannot_make_an_array_of_anything_but_numbers(tmp_path: Path, forged: object) -> None:
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(forged))
    with pytest.raises(DataError, match=r"is no pickle of keypoints"):
        read_pickle(tmp_path / "x.pkl")


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("touch /tmp/slt-was-here",)


def test_a_pickle_that_would_run_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pkl").write_bytes(pickle.dumps({"a": _Evil()}))
    with pytest.raises(DataError, match=r"asks for \w+\.system, which is no data"):
        read_pickle(tmp_path / "x.pkl")
    assert not Path("/tmp/slt-was-here").exists()


@pytest.mark.parametrize("content", [b"", b"\x80\x04", b"\x1f\x8bnonsense", b"cos\nsystem\n."])
def test_a_broken_pickle_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pkl").write_bytes(content)
    with pytest.raises(DataError) as fault:
        read_pickle(tmp_path / "x.pkl")
    assert "\n" not in str(fault.value)


def frame(points: int, x: float, confidence: float) -> list[float]:
    return [x, 200.0, confidence] * points


def person(x: float, confidence: float) -> dict[str, list[float]]:
    return {
        "pose_keypoints_2d": frame(25, x, confidence),
        "face_keypoints_2d": frame(70, x + 5, confidence),
        "hand_left_keypoints_2d": frame(21, x - 40, confidence),
        "hand_right_keypoints_2d": [],
    }


def test_how2sign_reads_openpose_of_the_surest_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = "VIDEO_ID\tVIDEO_NAME\tSENTENCE_ID\tSENTENCE_NAME\tSTART_REALIGNED\tEND_REALIGNED\tSENTENCE"
    rows = [
        'v\tv-front\tv_0\tv_0-front\t1.5\t4.0\tAnd "then',
        "v\tv-front\tv_1\tv_1-front\t5\t6\tNobody",
        "v\tv-front\tv_2\tv_2-front\t7\t8\tBroken",
    ]
    write_rows(tmp_path / "how2sign_realigned_val.tsv", header, rows)
    for name, texts in (("v_0-front", None), ("v_2-front", "{}")):
        folder = tmp_path / "json" / name
        folder.mkdir(parents=True)
        for number in range(5):
            people = [person(900, 0.2), person(400 + number, 0.9)] if number != 3 else []
            text = texts or json.dumps({"version": 1.3, "people": people})
            (folder / f"{name}_{number:012}_keypoints.json").write_text(text)
    out = tmp_path / "out"
    summary = imported(
        capsys, "how2sign", tmp_path / "how2sign_realigned_val.tsv", out, "--openpose", tmp_path / "json"
    )
    assert (summary["taken"], summary["splits"]) == (1, {"val": 1})
    assert [clip for _, clip, _ in dropped(out)] == ["v_1-front", "v_2-front"]
    path = out / "processed/keypoints/v_0-front.npz"
    points_FJ3 = read_keypoints(path, layout_of_file(path))
    assert points_FJ3.shape == (5, 137, 3)
    assert points_FJ3[2, 0, 0] == pytest.approx(402 / 1280)
    assert not points_FJ3[3].any()
    assert not points_FJ3[:, -21:].any()
    assert errors(out) == []


@pytest.mark.parametrize(
    "people",
    [[[]], ["x"], [{"pose_keypoints_2d": [10**400] * 75}], [{"pose_keypoints_2d": [1]}], {"a": 1}, 5],
)
def test_json_of_anybody_else_is_told_in_one_line(tmp_path: Path, people: object) -> None:
    path = tmp_path / "a_000000000000_keypoints.json"
    path.write_text(json.dumps({"people": people}))
    with pytest.raises(DataError, match=r"a_000000000000_keypoints\.json: is not OpenPose's \(\w+\); fetch"):
        read_frames(tmp_path)


def test_how2sign_without_openpose_brings_the_places_in_the_videos(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = "VIDEO_NAME\tSENTENCE_NAME\tSTART\tEND\tSTART_REALIGNED\tEND_REALIGNED\tSENTENCE"
    write_rows(tmp_path / "train.tsv", header, ["v-front\tv_0-front\t1\t2\t1.5\t4.0\tHello"])
    out = tmp_path / "out"
    imported(capsys, "how2sign", tmp_path / "train.tsv", out)
    assert (out / "meta.csv").read_text().splitlines() == [
        "video_id;texto;split;video;start;end",
        "v_0-front;Hello;train;v-front;1.500;4.000",
    ]


def test_pose_files_come_with_the_texts_of_an_index(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "poses").mkdir()
    content = shared("pose/mediapipe.pose").read_bytes()
    (tmp_path / "poses/a.pose").write_bytes(content)
    (tmp_path / "poses/other.pose").write_bytes(content)
    rows = ["a,hello,", "b,world,other.pose", "c,nobody,", "d,outside,../../etc/passwd"]
    write_rows(tmp_path / "index.csv", "id,text,file", rows)
    out = tmp_path / "out"
    summary = imported(capsys, "pose", tmp_path / "index.csv", out, "--poses", tmp_path / "poses")
    assert (summary["taken"], summary["with_keypoints"]) == (2, 2)
    assert (out / "processed/keypoints/b.pose").read_bytes() == content
    assert [clip for _, clip, _ in dropped(out)] == ["c", "d"]
    assert errors(out) == []


def test_any_table_is_read_by_a_map_of_its_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(
        tmp_path / "x.csv", "Nr,Satz,Teil,Wer", ["1,Guten Tag,training,Ana", "2,,dev,Ana", "3,Hallo,dev,Bo"]
    )
    out = tmp_path / "out"
    columns = ["video_id=Nr", "texto=Satz", "split=Teil", "signer=Wer"]
    summary = imported(
        capsys, "csv", tmp_path / "x.csv", out, *(word for pair in columns for word in ("--column", pair))
    )
    assert summary["splits"] == {"train": 1, "val": 1}
    assert (out / "meta.csv").read_text().splitlines()[1] == "1;Guten Tag;train;Ana"


def test_a_table_whose_columns_cannot_be_guessed_says_how_to_name_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(tmp_path / "x.csv", "Nr,Satz", ["1,Guten Tag"])
    assert main(["csv", str(tmp_path / "x.csv"), str(tmp_path / "out")]) == 1
    assert "--column video_id=COLUMN" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_directory_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rows(tmp_path / "x.csv", "id,text", ["1,Guten Tag"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_text("precious")
    assert main(["csv", str(tmp_path / "x.csv"), str(tmp_path / "out")]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_nothing_is_left_where_no_row_could_be_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(tmp_path / "x.csv", "id,text", ["1,"])
    assert main(["csv", str(tmp_path / "x.csv"), str(tmp_path / "out")]) == 1
    assert "no row could be taken: has no text" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.csv"]


@pytest.mark.parametrize(
    "words",
    [
        ("lsa", "a", "b"),
        ("csv", "a"),
        ("csv", "a", "b", "--size", "wide"),
        ("csv", "a", "b", "--column", "x"),
    ],
)
def test_wrong_words_are_told_in_one_line(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_comes_next_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rows(tmp_path / "x.csv", "id,text,video,start,end", ["1,Guten Tag,long,1,2"])
    assert main(["csv", str(tmp_path / "x.csv"), str(tmp_path / "out")]) == 0
    out = tmp_path / "out"
    assert (
        f"next       slt data extract VIDEOS {out}/processed --clips {out}/meta.csv"
        in capsys.readouterr().out
    )
