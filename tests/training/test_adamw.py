"""The optimiser: steps of torch's own, bit for bit; goes on where it was; no compiler is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from thirdeye.training.adamw import AdamW


def network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(8 * 36, 2))
    return layers.to(memory_format=torch.channels_last)


def groups(layers: nn.Sequential) -> list[dict[str, Any]]:
    return [
        {"params": layers[0].parameters(), "weight_decay": 0.3, "share": 0.1},
        {"params": [*layers[1].parameters(), *layers[3].parameters()]},
    ]


def learn(layers: nn.Sequential, optimiser: Any, steps: int, *, start: int = 0) -> None:
    for step in range(start, start + steps):
        images = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(step))
        for group in optimiser.param_groups:
            group["lr"] = 0.01 / (1 + step)
        optimiser.zero_grad()
        nn.functional.cross_entropy(layers(images), torch.tensor([0, 1, 0, 1])).backward()
        optimiser.step()


def same(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_its_steps_are_those_of_torch_bit_for_bit() -> None:
    ours, theirs = network(), network()
    learn(ours, AdamW(groups(ours), lr=0.1), 5)
    learn(theirs, torch.optim.AdamW(groups(theirs), lr=0.1, fused=True), 5)
    assert same(ours, theirs)
    assert not same(ours, network())


def test_weights_without_a_gradient_stay() -> None:
    layers = network()
    layers[0].requires_grad_(False)
    before = layers.state_dict()["0.weight"].clone()
    optimiser = AdamW(layers.parameters(), lr=0.1)
    learn(layers, optimiser, 2)
    assert torch.equal(layers.state_dict()["0.weight"], before)
    assert layers[3].weight.grad is not None
    optimiser.zero_grad()
    assert layers[3].weight.grad is None


def test_it_goes_on_where_it_was() -> None:
    straight, stopped, resumed = network(), network(), network(seed=1)
    learn(straight, AdamW(groups(straight), lr=0.1), 4)
    first = AdamW(groups(stopped), lr=0.1)
    learn(stopped, first, 2)
    second = AdamW(groups(resumed), lr=0.5)
    second.load_state_dict(first.state_dict())
    assert [group["lr"] for group in second.param_groups] == [group["lr"] for group in first.param_groups]
    resumed.load_state_dict(stopped.state_dict())
    learn(resumed, second, 2, start=2)
    assert same(resumed, straight)


def test_its_state_is_laid_out_as_that_of_torch() -> None:
    ours, theirs = network(), network()
    optimiser, known = AdamW(groups(ours), lr=0.1), torch.optim.AdamW(groups(theirs), lr=0.1, fused=True)
    learn(ours, optimiser, 1)
    learn(theirs, known, 1)
    optimiser.load_state_dict(known.state_dict())  # unfinished work of an earlier version
    learn(ours, optimiser, 1, start=1)
    learn(theirs, known, 1, start=1)
    assert same(ours, theirs)


@pytest.mark.parametrize("other", [nn.Linear(3, 2, bias=False), nn.Linear(5, 2)])
def test_the_state_of_other_weights_is_refused(other: nn.Module) -> None:
    layers = nn.Linear(3, 2)
    optimiser = AdamW(layers.parameters(), lr=0.1)
    layers(torch.ones(1, 3)).sum().backward()
    optimiser.step()
    with pytest.raises(ValueError, match="other"):
        AdamW(other.parameters(), lr=0.1).load_state_dict(optimiser.state_dict())


@pytest.mark.slow
def test_a_cold_check_loads_no_compiler(make_cases: Callable[..., Path], tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from thirdeye.cli.main import main\n"
        "try: main(['check', sys.argv[1]])\n"
        "finally: print('loaded', 'thirdeye.training.adamw' in sys.modules, 'torch._dynamo' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, make_cases(tmp_path / "data")],
        env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "loaded True False" in done.stdout.splitlines()
