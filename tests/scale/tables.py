"""Markdown tables of the simulation."""

from __future__ import annotations

from typing import Any

WHAT = {"claims": "claims a second", "songs": "songs a second"}


def statement_table(rows: list[dict[str, Any]]) -> str:
    lines = ["| what | median | longest | indexes |", "| --- | --- | --- | --- |"]
    for row in rows:
        scans = ", ".join(row["scans"]) or "–"
        lines.append(f"| {row['name']} | {row['ms']:.1f} ms | {row['most_ms']:.1f} ms | {scans} |")
    return "\n".join(lines)


def cycle_table(mode: str, rows: list[dict[str, Any]], seconds: float) -> str:
    lines = [
        f"| hosts | {WHAT[mode]} | a claim takes (95%) | PostgreSQL | Redis | hosts’ code |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        done = max(row["done"], 1)
        cpu = [1000 * row["cpu"]["postgres"] / done, 1000 * row["cpu"]["redis"] / done, 1000 * row["client_cpu"] / done]
        lines.append(
            f"| {row['hosts']} | {row['done'] / seconds:,.0f} | {row['p50_ms']:.0f} ms ({row['p95_ms']:.0f} ms) | "
            + " | ".join(f"{value:.2f} ms" for value in cpu)
            + " |"
        )
    return "\n".join(lines)
