"""defaults < preset < --config < flags < --set, and what each is refused for."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.config import (
    ConfigError,
    Layer,
    flag_layers,
    load_config_document,
    resolve,
    set_layers,
)
from tests.support.settings import LEAST

YAML = """
about: anything
preset: not_read
overrides: [1, 2]
data: {work_dir: work_dirs/x, pose_dir: pose, metadata_csv: meta.csv, train_index: t.csv, val_index: v.csv}
model:
  pose_points: [0, 11, 12]
  decoder_kwargs: {model_type: bart}
training:
optim:
  lr: 1e-4
"""


def refused(*layers: Layer) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        resolve([Layer("least", LEAST), *layers])
    return caught.value.problems


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_stronger_source_wins_over_a_weaker_one() -> None:
    layers = [Layer("preset p", {"optim.lr": 1}), Layer("--config c", {"optim.lr": 2, "training.seed": 2})]
    config = resolve([Layer("least", LEAST), *layers, *flag_layers({"optim.lr": "3"})]).config
    assert (config.optim.lr, config.training.seed) == (3, 2)


def test_the_last_set_wins() -> None:
    layers = [Layer("least", LEAST), *set_layers(["optim.lr=1", "optim.lr=2"])]
    assert resolve(layers).config.optim.lr == 2


def test_flags_a_file_and_set_give_equal_settings(tmp_path: Path) -> None:
    values = {
        "data.batch_size": "6",
        "data.pin_memory": "FALSE",
        "model.pose_points": "0,11,12",
        "model.decoder_kwargs": '{"model_type": "bart"}',
        "optim.lr": "1e-4",
        "optim.scheduler": "Cosine",
        "training.length_penalty": "-0.5",
    }
    file = """
data: {batch_size: 6, pin_memory: false}
model: {pose_points: [0, 11, 12], decoder_kwargs: {model_type: bart}}
optim: {lr: 1e-4, scheduler: cosine}
training: {length_penalty: -0.5}
"""
    least = Layer("least", LEAST)
    by_flag = resolve([least, *flag_layers(values)]).config
    by_set = resolve([least, *set_layers(f"{key}={value}" for key, value in values.items())]).config
    by_file = resolve([least, load_config_document(written(tmp_path / "c.yaml", file))]).config
    assert by_flag == by_set == by_file


def test_json_and_yaml_say_the_same(tmp_path: Path) -> None:
    json = '{"data": {"batch_size": 6}, "optim": {"lr": 1e-4}}'
    yaml = "data: {batch_size: 6}\noptim: {lr: 1e-4}\n"
    configs = [
        resolve([Layer("least", LEAST), load_config_document(written(tmp_path / name, text))]).config
        for name, text in {"c.json": json, "c.yaml": yaml, "c.yml": yaml}.items()
    ]
    assert configs[0] == configs[1] == configs[2]


def test_a_file_keeps_its_text_for_the_run_directory(tmp_path: Path) -> None:
    path = written(tmp_path / "c.yaml", YAML)
    assert resolve([load_config_document(path)]).files == {"c.yaml": YAML}


def test_two_files_of_one_name_are_both_kept() -> None:
    layers = [Layer("a", LEAST, files={"c.yaml": "a"}), Layer("b", files={"c.yaml": "b"})]
    assert resolve(layers).files == {"c.yaml": "a", "2-c.yaml": "b"}


def test_what_differs_from_the_defaults_is_listed_with_its_source() -> None:
    resolved = resolve([Layer("least", LEAST), *flag_layers({"optim.lr": "1e-4", "training.epochs": "40"})])
    rows = [tuple(row) for row in resolved.overrides if row.source != "least"]
    assert rows == [("optim.lr", 1e-3, 1e-4, "--lr")]


def test_an_unknown_key_names_its_source_and_the_nearest_key() -> None:
    expected = "--set: model.mska_dropuot: no such key; did you mean model.mska_dropout?"
    assert refused(*set_layers(["model.mska_dropuot=1"])) == [expected]


def test_a_key_in_the_wrong_section_names_the_right_one() -> None:
    assert refused(*set_layers(["data.seed=1"])) == ["--set: data.seed: no such key; it is training.seed"]


def test_a_key_without_its_section_names_the_whole_key() -> None:
    assert refused(*set_layers(["batch-size=1"])) == [
        "--set: batch-size: no such key; did you mean data.batch_size?"
    ]


def test_an_unknown_section_names_the_nearest() -> None:
    assert refused(Layer("--config c", {"trainning": {}})) == [
        "--config c: trainning: no such section; did you mean training?"
    ]


def test_all_mistakes_of_all_sources_are_told_at_once(tmp_path: Path) -> None:
    file = load_config_document(
        written(tmp_path / "c.yaml", "data: {batch_size: none}\nmodel: {d_modle: 3}\n")
    )
    problems = refused(file, *flag_layers({"optim.lr": "-1"}), *set_layers(["training.epochs=0", "nonsense"]))
    assert [problem.replace(str(tmp_path), "") for problem in problems] == [
        "--set: 'nonsense' is not KEY=VALUE, such as optim.lr=1e-4",
        "--config /c.yaml: model.d_modle: no such key; did you mean model.d_model?",
        "--config /c.yaml: data.batch_size: must be a whole number, not 'none'",
        "--lr: optim.lr: must be above 0, not '-1'",
        "--set: training.epochs: must be at least 1, not '0'",
    ]


def test_what_is_required_names_its_flag() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve([])
    assert caught.value.problems == [
        "data.work_dir: required; give --work-dir",
        "data.metadata_csv: required; give --metadata-csv",
        "data.train_index: required; give --train-index",
        "data.val_index: required; give --val-index",
    ]


def test_a_file_that_cannot_be_read_hides_no_other_mistake_and_invents_none() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve([load_config_document(Path("absent.yaml")), *set_layers(["optim.lr=0"])])
    assert caught.value.problems == [
        "--config absent.yaml: no such file",
        "--set: optim.lr: must be above 0, not '0'",
    ]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("c.txt", "", "must end in .yaml, .yml or .json"),
        ("c.yaml", "- 1", "must be a mapping with the sections data, model, optim, training"),
        ("c.yaml", "data: 3", "data: must be a section, a mapping of settings"),
        ("c.yaml", "data: {a: 1}\ndata: {b: 1}", "line 2: data is given twice"),
        ("c.yaml", "optim:\n  lr: 1\n  lr: 2\n", "line 3: lr is given twice"),
        ("c.yaml", "data: [", "line 1: expected the node content, but found '<stream end>'"),
        (
            "c.yaml",
            "data: !!python/object:os.system {}",
            "line 1: could not determine a constructor for the tag",
        ),
        ("c.json", '{"data": {"a": 1, "a": 2}}', "a is given twice"),
        ("c.json", "{\n", "line 2: Expecting property name enclosed in double quotes"),
    ],
)
def test_a_file_that_is_no_settings_file_says_why(tmp_path: Path, name: str, text: str, problem: str) -> None:
    path = written(tmp_path / name, text)
    (said,) = load_config_document(path).problems
    assert said.startswith(f"--config {path}: {problem}")


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert load_config_document(written(tmp_path / "c.yaml", "")).values == {}


def test_yaml_anchors_are_no_repeated_keys(tmp_path: Path) -> None:
    text = "model: &m {d_model: 64}\noptim: {lr: 1}\ndata: {}\ntraining: {}\nabout: {<<: *m, d_model: 1}\n"
    layer = load_config_document(written(tmp_path / "c.yaml", text))
    assert (layer.problems, layer.values) == ((), {"model.d_model": 64, "optim.lr": 1})
