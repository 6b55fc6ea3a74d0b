"""The processes that train one network together: a single one, or several that torchrun starts on any number of hosts."""

import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

import torch
from torch import distributed
from torch.distributed.optim import ZeroRedundancyOptimizer

from engine.models.forecaster import choose_device

PATIENCE = timedelta(hours=6)
"""Time for which the others wait for the first process, which packs the training days of all; set by hand."""


class ProcessGroup:
    """The rank of this process among the `size` that train together, and its device.

    All hold the same weights. Each computes the gradients of its shard of the samples; these are summed, and each updates the
    part of the weights whose optimiser state it holds. The sums are explicit, because an update has several backward passes over
    parts of the network, and PyTorch's wrapper sums after every backward pass.
    """

    def __init__(self, rank: int = 0, size: int = 1, device: torch.device | str = "cpu") -> None:
        self.rank, self.size, self.device = rank, size, torch.device(device)

    @classmethod
    def join(cls, device: str = "auto") -> Self:
        """Return this process with the rank of torchrun's environment, or a single process without one.

        On CUDA each process of a host takes the GPU of its local rank. Raises ModelError for a device that is not there.
        """
        size = int(os.environ.get("WORLD_SIZE", "1"))
        chosen = choose_device(device)
        if chosen.type == "cuda":
            if chosen.index is None:
                chosen = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
            torch.cuda.set_device(chosen)
        if size > 1:
            distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo", timeout=PATIENCE)
        return cls(int(os.environ.get("RANK", "0")) if size > 1 else 0, size, chosen)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.size > 1 and distributed.is_initialized():
            distributed.destroy_process_group()

    @property
    def is_first(self) -> bool:
        """Return whether this process is the one that reports and writes files."""
        return self.rank == 0

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.size > 1:
            distributed.barrier()

    def shard(self, count: int) -> range:
        """Return the numbers, out of `count`, of this process."""
        return range(self.rank, count, self.size)

    def total(self, values: torch.Tensor) -> torch.Tensor:
        """Return the sum of `values` over all processes; gradients do not flow through it."""
        values = values.detach().clone()
        if self.size > 1:
            distributed.all_reduce(values)
        return values

    def align(self, tensors: Iterable[torch.Tensor]) -> None:
        """Copy the values of the first process to all."""
        if self.size > 1:
            for tensor in tensors:
                distributed.broadcast(tensor.detach(), 0)

    def add_gradients(self, parameters: list[torch.nn.Parameter]) -> None:
        """Make every gradient the sum over all processes.

        A process whose windows did not touch a weight adds zero to it; where none did, the weight stays without a gradient.
        """
        if self.size == 1:
            return
        touched = self.total(torch.tensor([float(parameter.grad is not None) for parameter in parameters], device=self.device))
        chosen = [parameter for parameter, count in zip(parameters, touched.tolist(), strict=True) if count]
        gradients = [torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in chosen]
        if not gradients:
            return
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        for parameter, part in zip(chosen, flat.split([gradient.numel() for gradient in gradients]), strict=True):
            parameter.grad = part.view_as(parameter)

    def optimiser(self, parameters: list[torch.nn.Parameter], name: str = "adamw") -> torch.optim.Optimizer:
        """Return AdamW, or `adam` with the settings of PyTorch, its state spread over the processes.

        ZeRO stage 1, Rajbhandari et al. 2020, arXiv 1910.02054.
        """
        kind: type[torch.optim.Optimizer] = torch.optim.AdamW
        options: dict[str, Any] = {"lr": 0.0, "betas": (0.9, 0.98), "weight_decay": 1e-4}
        if name == "adam":
            kind, options = torch.optim.Adam, {"lr": 0.0}
        if self.size == 1:
            return kind(parameters, **options)
        return ZeroRedundancyOptimizer(parameters, kind, **options)

    def gather(self, optimiser: torch.optim.Optimizer) -> dict[str, Any] | None:
        """Return the whole state of an optimiser in the first process, None in the others; all must call it."""
        if isinstance(optimiser, ZeroRedundancyOptimizer):
            optimiser.consolidate_state_dict(to=0)
        return optimiser.state_dict() if self.is_first else None
