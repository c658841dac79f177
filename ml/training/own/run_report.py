"""The report of a run: metrics as Markdown, and plots."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ml.training.own.run import Run

PLOTS = "pictures"


def report_run(run: Path) -> None:
    """Prints the report and writes report.md, summary.csv, separation.csv and pictures/.

    Needs only the run's folder, not the songs. Raises MoodError: run_missing, run_corrupt.
    """
    loaded = Run.open(run)
    moods, medians, durations_s, spectrograms = loaded.stored_features()
    text = report(loaded)
    from ml.training.reports.mood_summary import summary_by_mood

    markdown, table = summary_by_mood(moods, medians, durations_s)
    text += f"\n\n## The songs, by mood\n\nMedians over songs.\n\n{markdown}\n"
    (run / "summary.csv").write_text(table, encoding="utf-8")
    by_mood = {
        mood: medians[[number for number, carried in enumerate(moods) if mood in carried]] for mood in loaded.moods
    }
    (run / "separation.csv").write_text(_separations(by_mood), encoding="utf-8")
    plot_files = _plots(loaded, by_mood, spectrograms)
    (run / "report.md").write_text(text + _gallery(run, plot_files), encoding="utf-8")
    print(text)
    print(f"Plots in {run / PLOTS}: {', '.join(path.stem for path in plot_files)}. This report: {run / 'report.md'}")


def report(run: Run) -> str:
    """The metrics as Markdown."""
    card, metrics = run.card, run.card["figures"]
    network, data, training = card["architecture"], card["data"], card["training"]
    counts = f"{data['songs']} songs, {data['artists']} artists"
    if data["left_out"]:
        counts += f", {data['left_out']} left out (problems.csv)"
    unknown_artists = data["artists_unknown"]
    lines = [
        f"# {network['title']} on {len(run.moods)} moods",
        "",
        f"- Data: {counts}.",
        f"- Tested on {metrics['songs']} songs by {metrics['artists']} artists that it was not trained on"
        f" ({training['judged_by']}); final network: {training['kept']}.",
        f"- Trained {network['start']}, for {training['epochs']} epochs, best after {training['best_epoch']};"
        f" {training['seconds']:.0f} s; {network['parameters']:,} weights.",
        f"- Made by: `{card['command']}`",
        f"- {card['licence']}",
    ]
    if unknown_artists:
        lines.append(
            f"- The artists of {unknown_artists} songs are unknown. If some are the same, results are too good."
        )
    lines += ["", "## Accuracy", "", *_overall(metrics, run.multi_label), "", *_by_mood(metrics)]
    return "\n".join([*lines, "", "## Confusion matrix", "", *_confusion(metrics["confusion"])])


def _overall(metrics: Mapping[str, Any], multi_label: bool) -> list[str]:
    first = "Accuracy: its most probable mood is one of the song's" if multi_label else "Accuracy"
    rows = [(first, _percent(metrics["accuracy"]))]
    if multi_label:
        rows.append(("It predicts exactly the song's moods", _percent(metrics["exact"])))
    f1 = metrics["macro_f1"]
    rows += [
        ("Macro-F1", f"{f1['value']:.2f} [{f1['low']:.2f}, {f1['high']:.2f}]"),
        ("Accuracy of always predicting the most frequent mood", f"{metrics['most_frequent']:.0%}"),
        ("Calibration error", f"{metrics['calibration_error']:.2f}"),
        ("The same, if perfectly calibrated", f"{metrics['calibration_expected']:.2f}"),
    ]
    lines = ["| metric | value, 95 % interval by artist |", "| --- | --- |", *(f"| {a} | {b} |" for a, b in rows)]
    if metrics["accuracy"]["low"] <= metrics["most_frequent"]:
        lines += ["", "These songs do not show that it is better than always predicting the most frequent mood."]
    return lines


def _by_mood(metrics: Mapping[str, Any]) -> list[str]:
    lines = ["| mood | songs | predicted | precision | recall | F1 |", "| --- | --- | --- | --- | --- | --- |"]
    for mood, of in metrics["by_mood"].items():
        lines.append(
            f"| {mood} | {of['songs']} | {of['named']} | {of['precision']:.2f} | {of['recall']:.2f} | {of['f1']:.2f} |"
        )
    return lines


def _confusion(confusion: Mapping[str, Any]) -> list[str]:
    moods = confusion["moods"]
    lines = [f"| label ↓, prediction → | {' | '.join(moods)} |", f"| --- |{' --- |' * len(moods)}"]
    for mood, row in zip(moods, confusion["counts"], strict=True):
        lines.append(f"| {mood} | {' | '.join(str(count) for count in row)} |")
    return lines


def _percent(metric: Mapping[str, float]) -> str:
    return f"{metric['value']:.0%} [{metric['low']:.0%}, {metric['high']:.0%}]"


def _plots(run: Run, by_mood: dict[str, np.ndarray], spectrograms: Mapping[str, np.ndarray]) -> list[Path]:
    from ml.training.reports import plots  # matplotlib takes a second to load

    metrics, folder = run.card["figures"], run.folder / PLOTS
    counts = np.array(metrics["confusion"]["counts"])
    return [
        plots.plot_learning_curves(
            run.folder / "epochs.csv", folder / "history.png", run.card["training"]["best_epoch"]
        ),
        plots.plot_confusion_matrix(counts, run.moods, folder / "confusion.png"),
        plots.plot_reliability(metrics["reliability"], folder / "reliability.png"),
        plots.plot_coverage(metrics["coverage"], folder / "coverage.png"),
        plots.plot_spectrograms(
            {mood: list(songs) for mood, songs in spectrograms.items()}, run.spec, folder / "spectrograms.png"
        ),
        plots.plot_features(by_mood, folder / "features.png"),
    ]


def _separations(by_mood: dict[str, np.ndarray]) -> str:
    """CSV: a row for each pair of moods and feature, best separation first."""
    import csv
    import io

    from ml.features.names import NAMES
    from ml.training.reports.cliffs_delta import pairwise_cliffs_delta

    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["mood", "other_mood", "feature", "cliffs_delta"])
    for (one, other), values in pairwise_cliffs_delta(by_mood).items():
        for number in np.argsort(-np.abs(values), kind="stable"):
            table.writerow([one, other, NAMES[number], f"{values[number]:.3f}"])
    return text.getvalue()


def _gallery(run: Path, plots: list[Path]) -> str:
    lines = [f"![{path.stem}]({path.relative_to(run)})" for path in plots]
    return "\n## Plots\n\n" + "\n\n".join(lines) + "\n"
