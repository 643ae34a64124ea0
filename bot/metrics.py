"""What is counted, for Prometheus. Labels are few and closed: never a paper, a person or a channel."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

LAG_S = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 7_200)
"""Bounds of the buckets from due to sent, in seconds: the fan-out of a large instance is in the middle."""
LATENCY_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
"""Bounds of the buckets of a command's answer; a platform gives up after three seconds."""


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        disable_created_metrics()
        self._registry = CollectorRegistry()
        self._deliveries = Counter(
            "papers_deliveries", "Deliveries by outcome", ("platform", "outcome"), registry=self._registry
        )
        self._lag = Histogram(
            "papers_delivery_lag_seconds",
            "From the moment a delivery was due to its being there",
            ("platform",),
            buckets=LAG_S,
            registry=self._registry,
        )
        self._waiting = Gauge(
            "papers_outbox_waiting",
            "Deliveries that are due and not done",
            ("platform",),
            registry=self._registry,
        )
        self._oldest = Gauge(
            "papers_outbox_oldest_seconds", "How long the oldest of them has been due", ("platform",),
            registry=self._registry,
        )  # fmt: skip
        self._source_age = Gauge(
            "papers_source_age_seconds", "Since a source last answered", ("source",), registry=self._registry
        )
        self._commands = Histogram(
            "papers_command_seconds", "From a command to its answer", ("command",), buckets=LATENCY_S,
            registry=self._registry,
        )  # fmt: skip
        self._beats = Gauge(
            "papers_loop_beat_age_seconds",
            "Since a loop was last seen alive",
            ("loop",),
            registry=self._registry,
        )

    def delivered(self, platform: str, outcome: str, lag_s: float | None) -> None:
        """Count what became of a delivery; `lag_s` where it is there now."""
        self._deliveries.labels(platform, outcome).inc()
        if lag_s is not None:
            self._lag.labels(platform).observe(max(0.0, lag_s))

    def waiting(self, platform: str, count: int, oldest_s: float) -> None:
        """Set how much is due and not done."""
        self._waiting.labels(platform).set(count)
        self._oldest.labels(platform).set(oldest_s)

    def source_age(self, source: str, age_s: float) -> None:
        """Set since when a source has not answered."""
        self._source_age.labels(source).set(age_s)

    def command_answered(self, command: str, took_s: float) -> None:
        """Count an answer."""
        self._commands.labels(command).observe(took_s)

    def beat(self, loop: str, age_s: float) -> None:
        """Set since when a loop has not been seen alive."""
        self._beats.labels(loop).set(age_s)

    def exposed(self) -> bytes:
        """Return the figures in Prometheus' text format."""
        return generate_latest(self._registry)
