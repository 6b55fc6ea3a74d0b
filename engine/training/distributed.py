"""The processes that train one network together: on their own, or started by torchrun on any number of hosts."""

import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

import torch
from torch import distributed
from torch.distributed.optim import ZeroRedundancyOptimizer

from engine.models.forecaster import choose_device

PATIENCE = timedelta(hours=6)
"""How long the others wait for the first process, which packs the training days of all."""


class Team:
    """This process's place (`rank` of `size`) among those that train together, and its device.

    All hold the same weights. Each works out the gradients of its share of the samples, these are summed, and each updates
    the part of the weights whose optimiser state it keeps. The sums are explicit, because an update has several backward
    passes over parts of the network, which a wrapper that sums behind every backward pass would not survive.
    """

    def __init__(self, rank: int = 0, size: int = 1, device: torch.device | str = "cpu") -> None:
        self.rank, self.size, self.device = rank, size, torch.device(device)

    @classmethod
    def join(cls, device: str = "auto") -> Self:
        """Return this process's place as torchrun's environment gives it, alone where there is none.

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
        """Return whether this process reports, and writes what is written once."""
        return self.rank == 0

    def wait(self) -> None:
        """Return when all have come here."""
        if self.size > 1:
            distributed.barrier()

    def mine(self, count: int) -> range:
        """Return the numbers, out of `count`, that are this process's share."""
        return range(self.rank, count, self.size)

    def total(self, values: torch.Tensor) -> torch.Tensor:
        """Return the sum of `values` over all processes; gradients do not flow through it."""
        values = values.detach().clone()
        if self.size > 1:
            distributed.all_reduce(values)
        return values

    def align(self, tensors: Iterable[torch.Tensor]) -> None:
        """Give every process the first one's values."""
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

    def optimiser(self, parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """Return AdamW, its state spread over the processes (ZeRO stage 1, Rajbhandari et al. 2020, arXiv 1910.02054)."""
        options: dict[str, Any] = {"lr": 0.0, "betas": (0.9, 0.98), "weight_decay": 1e-4}
        if self.size == 1:
            return torch.optim.AdamW(parameters, **options)
        return ZeroRedundancyOptimizer(parameters, torch.optim.AdamW, **options)

    def gather(self, optimiser: torch.optim.Optimizer) -> dict[str, Any] | None:
        """Return the whole state of an optimiser in the first process, None in the others; all must call it."""
        if isinstance(optimiser, ZeroRedundancyOptimizer):
            optimiser.consolidate_state_dict(to=0)
        return optimiser.state_dict() if self.is_first else None
