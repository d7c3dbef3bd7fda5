"""The hub is not asked where its name has no address; a library would try for a minute, and twice."""

from __future__ import annotations

import socket

import pytest

from slt_engine.clips.errors import DataError
from slt_engine.data.tokenizer import load_tokenizer
from slt_engine.hub import hub_is_out_of_reach
from slt_engine.model.backbones import load_dinov2_backbone
from slt_engine.model.errors import ModelError


@pytest.fixture
def no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Online as far as the libraries know; whoever asks all the same is found out."""

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("slt_engine.hub.getproxies", dict)
    monkeypatch.setattr("socket.getaddrinfo", fail)
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("the hub was asked again"))


@pytest.mark.usefixtures("no_address")
def test_a_tokenizer_and_a_backbone_say_at_once_that_they_cannot_be_had() -> None:
    with pytest.raises(DataError, match=r"cannot be loaded .* reach the hub once"):
        load_tokenizer("nobody/nothing")
    with pytest.raises(ModelError, match=r"could not be loaded .* reach the hub once"):
        load_dinov2_backbone("hf:nobody/nothing")


@pytest.mark.usefixtures("no_address")
def test_a_proxy_looks_the_name_up_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub_is_out_of_reach()
    monkeypatch.setattr("slt_engine.hub.getproxies", lambda: {"https": "http://proxy:3128"})
    assert not hub_is_out_of_reach()
