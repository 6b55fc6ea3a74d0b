"""Days of providers for the page: what a request means, and the request of the job that gets them."""

from dataclasses import dataclass
from typing import Any

from app.jobs.queue import Request as Job
from app.services.options import Options
from engine.providers.catalogue import CATALOGUE, provider_named
from engine.providers.fetching import identifier_of
from engine.providers.plan import OBSERVATIONS, plan
from engine.providers.protocols.request import request_of


@dataclass(frozen=True)
class Asked:
    """What a visitor asks of a provider, as it is typed."""

    provider: str
    start: str
    end: str
    region: str = ""
    fields: str = ""

    def plan(self) -> dict[str, Any]:
        """Return what this means, as `engine.providers.plan` says; raises InputError for what the provider does not have."""
        request = request_of(provider_named(self.provider), self.start, self.end or self.start, self.fields, self.region)
        return plan(request, identifier_of(request))

    def job(self, options: Options) -> Job:
        """Return the request of the job that gets the days."""
        more = {"end": self.end or self.start, "region": self.region, "fields": self.fields, "grid_factor": options.grid_factor}
        return Job("fetch", self.provider, self.start, "", 0, tuple(sorted(more.items())))


def provider_labels() -> dict[str, str]:
    """Return the name of each provider by its label, without those of tables, which the page does not show."""
    return {found.label: name for name, found in CATALOGUE.items() if found.kind != OBSERVATIONS}


def provider_facts(name: str) -> tuple[str, str]:
    """Return the first and the last day of a provider, empty where it goes on."""
    found = provider_named(name)
    return found.first, found.last
