"""The estimate of memory against what the allocator counts in real steps, and the sentences that follow from it."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")
pytestmark = pytest.mark.run

from torch import nn
from torch.profiler import ProfilerActivity, profile

from stdspec.errors import RunError
from stdspec.run import room
from stdspec.run.estimate import Estimate, estimate
from stdspec.run.room import Room
from stdspec.run.train import models, optim

MODELS: dict[str, tuple[dict[str, Any], tuple[int, ...], int]] = {
    "digits-mlp": ({"kind": "mlp", "hidden": [64, 32], "dropout": 0.1}, (64,), 64),
    "digits-cnn": (
        {"kind": "cnn", "channels": [32, 64], "pool": 2, "norm": "batch", "hidden": [64], "dropout": 0.1},
        (1, 8, 8),
        64,
    ),
    "wide-mlp": ({"kind": "mlp", "hidden": [1024, 1024, 1024]}, (256,), 512),
}


def peak(options: dict[str, Any], shape: tuple[int, ...], rows: int, optimizer: dict[str, Any]) -> int:
    """The most bytes that tensors held in three training steps, the making of the model included."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        core = models.build(options, shape, 10).train()
        step = optim.optimizer(optimizer, core.parameters(), fused=True)
        inputs, labels = torch.randn(rows, *shape), torch.randint(0, 10, (rows,))
        for _ in range(3):
            loss = nn.functional.cross_entropy(core(inputs), labels)
            step.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            step.step()
    held = most = 0
    assert seen.profiler is not None
    for event in seen.profiler.kineto_results.events():
        if event.name() == "[memory]":
            held += event.nbytes()
            most = max(most, held)
    return most


def of(options: dict[str, Any], shape: tuple[int, ...], rows: int, **training: Any) -> Estimate:
    with torch.device("meta"):
        core = models.build(options, shape, 10)
    return estimate(core, shape, rows, training, "32-true")


@pytest.mark.parametrize("kind", ["adamw", "sgd"])
@pytest.mark.parametrize("name", MODELS)
def test_the_estimate_is_near_what_the_allocator_counts(name: str, kind: str) -> None:
    options, shape, rows = MODELS[name]
    optimizer = {"kind": kind, "lr": 1e-3}
    ratio = of(options, shape, rows, optimizer=optimizer).total / peak(options, shape, rows, optimizer)
    print(f"{name} {kind}: estimated / measured = {ratio:.3f}")
    assert 0.9 <= ratio <= 1.05  # the scratch memory of convolutions is not foreseen


def test_the_parts_of_a_small_module_by_hand() -> None:
    found = of({"kind": "mlp", "hidden": [4]}, (3,), 5, optimizer={"kind": "adamw", "lr": 1e-3}, ema=0.99)
    weights = 4 * ((3 * 4 + 4) + (4 * 10 + 10))
    batch, hidden, outputs = 4 * 5 * 3, 4 * 5 * 4, 4 * 5 * 10
    assert found == Estimate(
        parameters=weights,
        gradients=weights,
        optimizer=2 * weights,
        average=weights,
        activations=batch + hidden + outputs,
    )


@pytest.mark.parametrize(
    ("optimizer", "states"),
    [
        ({"kind": "adam"}, 2),
        ({"kind": "sgd"}, 0),
        ({"kind": "sgd", "momentum": 0.9}, 1),
    ],
)
def test_what_an_optimizer_keeps(optimizer: dict[str, Any], states: int) -> None:
    found = of({"kind": "mlp", "hidden": [4]}, (3,), 5, optimizer=optimizer)
    assert found.optimizer == states * found.gradients


def test_frozen_weights_have_neither_gradient_nor_state() -> None:
    core = models.build({"kind": "mlp", "hidden": [4]}, (3,), 10)
    for parameter in core[0].parameters():  # type: ignore[index]
        parameter.requires_grad_(False)
    found = estimate(core, (3,), 5, {}, "32-true")
    assert found.gradients == 4 * (4 * 10 + 10)
    assert found.parameters == found.gradients + 4 * (3 * 4 + 4)


def test_mixed_precision_keeps_smaller_activations_and_whole_weights() -> None:
    options, shape, rows = MODELS["digits-cnn"]
    core = models.build(options, shape, 10)
    full, mixed = (estimate(core, shape, rows, {}, precision) for precision in ("32-true", "bf16-mixed"))
    assert full.activations is not None
    assert mixed.activations is not None
    assert 0.4 * full.activations < mixed.activations < 0.8 * full.activations
    assert mixed.parameters == full.parameters


class Draws(nn.Module):
    """Random in its forward pass, and with a buffer that it writes to."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)
        self.norm = nn.BatchNorm1d(2)

    def forward(self, rows: Any) -> Any:
        return nn.functional.dropout(self.norm(self.layer(rows)), training=self.training)


def test_the_module_and_the_random_stream_are_left_as_they_were() -> None:
    core = Draws().eval()
    before = {name: tensor.clone() for name, tensor in core.state_dict().items()}
    torch.manual_seed(4)
    drawn = torch.rand(3)
    torch.manual_seed(4)
    for precision in ("32-true", "bf16-mixed"):
        assert estimate(core, (3,), 5, {}, precision).activations is not None
    assert torch.equal(torch.rand(3), drawn)
    assert not core.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in core.state_dict().items())


class Asks(nn.Module):
    """Needs the values of its input."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, rows: Any) -> Any:
        return self.layer(rows) * rows.sum().item()


def test_a_module_that_needs_values_is_told_to_be_beyond_it() -> None:
    found = estimate(Asks(), (3,), 5, {}, "32-true")
    assert found.activations is None
    assert "item" in found.why
    assert found.total == found.certain + found.gradients


ADAM = Estimate(parameters=100, gradients=100, optimizer=200, average=0, activations=600)


def test_what_certainly_does_not_fit_is_refused_with_the_place() -> None:
    with pytest.raises(RunError, match=r"weights and optimizer state alone take 300 B, and .* allows 200B") as caught:
        room.refuse(ADAM, [Room(200, "compute.limits.memory allows 200B", "compute.limits.memory", firm=True)])
    assert caught.value.place == "compute.limits.memory"
    room.refuse(ADAM, [Room(300, "x", "", firm=True), Room(200, "this machine has swap", "", firm=False)])


def test_what_may_not_fit_is_warned_of() -> None:
    small, large = Room(999, "the shape has 999 B", "compute.memory", firm=True), Room(1000, "x", "", firm=True)
    (text,) = room.warnings(ADAM, [small, large], taken=0)
    assert text.startswith("a training step takes about 1000 B, but the shape has 999 B; choose a smaller micro batch")
    (text,) = room.warnings(ADAM, [large], taken=2048)
    assert "about 1000 B and 2.0 KiB are taken already" in text


def test_the_rooms_of_a_spec() -> None:
    rooms = list(room.of_machine({"compute": {"limits": {"memory": "4GiB"}, "memory": "16GiB"}}))
    assert [(item.size, item.place) for item in rooms[:2]] == [
        (4 * 2**30, "compute.limits.memory"),
        (16 * 2**30, "compute.memory"),
    ]
    assert not rooms[2].firm
    assert [item.place for item in room.of_machine({})] == [""]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (200 * 2**20, "200 MiB"), (2**45, "32.0 TiB")]
)
def test_bytes_for_people(size: int, text: str) -> None:
    assert room.shown(size) == text
