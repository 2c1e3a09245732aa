"""``python -m vonk.delivery.evaluate --data DIR [--train-until YYYYMMDD] [--test-from YYYYMMDD] [--json]``."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from vonk.core.errors import Problem
from vonk.delivery.evaluate import candidates, feed, forecasts, packages, protocol, replay
from vonk.delivery.evaluate.errors import FeedDaysEmpty
from vonk.delivery.evaluate.protocol import Evaluation


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate, print, and return the exit code: 0, or 2 for a record or days that will not do."""
    asked = _parser().parse_args(arguments)
    if replay.holds_days(asked.data):
        return replay.main(["--data", str(asked.data), *(["--json"] if asked.json else [])])
    if packages.holds_tests(asked.data):
        return packages.main(asked.data, as_json=asked.json)
    start = time.monotonic()
    try:
        record = feed.read(asked.data)
        days = protocol.choose_days(record.impressions.date, asked.train_until, asked.test_from)
        found = protocol.evaluate(record, days, lambda line: _tell(f"{time.monotonic() - start:6.1f} s  {line}"))
        _tell(f"{time.monotonic() - start:6.1f} s  reach and inventory")
        foreseen = forecasts.evaluate(record, asked.data)
        found = msgspec.structs.replace(found, candidates=_candidates(record, asked.test_from))
    except Problem as problem:
        _tell(f"{problem.code}: {problem} {problem.fill(type(problem).remedy)}")
        return 2
    _tell(f"{time.monotonic() - start:6.1f} s  done")
    whole = msgspec.to_builtins(found) | msgspec.to_builtins(foreseen)
    lines = table(found) + forecasts.lines(foreseen)
    sys.stdout.write((msgspec.json.encode(whole).decode() if asked.json else lines) + "\n")
    return 0


def table(found: Evaluation) -> str:
    """Return the evaluation as lines for people."""
    lines = [f"{'':8}{'head':12}{'auc':>8}{'logloss':>9}{'ne':>8}{'ece':>8}{'cal':>8}{'rows':>9}"]
    for stage, heads in (("hot", found.hot), ("second", found.second)):
        for head, of in heads.items():
            numbers = "".join(f"{_written(value):>{width}}" for value, width in (
                (of.auc, 8), (of.logloss, 9), (of.ne, 8), (of.ece, 8), (of.cal, 8)
            ))  # fmt: skip
            lines.append(f"{stage:8}{head:12}{numbers}{of.rows:>9}")
    for stage, ranking in found.ranking.items():
        lines.append(
            f"{stage:8}{protocol.RANKED:12}{_written(ranking.auc_per_user_day):>8} auc per user-day, "
            f"{_written(ranking.auc_by_rows)} by rows, {ranking.user_days} user-days"
        )
    if found.candidates is not None:
        posts = found.candidates
        lines.append(
            f"{'':8}{'candidates':12}{posts.recall:>8.4f} recall@100, {posts.ndcg:.4f} ndcg@20, {posts.popular_recall:.4f} recall@100 "
            f"by popularity alone; {posts.viewers} viewers, {len(posts.days)} days"
        )
    return "\n".join(lines)


def _candidates(record: feed.Feed, test_from: int | None) -> candidates.Candidates | None:
    try:
        return candidates.evaluate(record, test_from)
    except FeedDaysEmpty as problem:
        _tell(f"no candidates: {problem}")
        return None


def _written(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m vonk.delivery.evaluate", description="Judge prediction on the record of a feed."
    )
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="impressions, users, videos and histories as Parquet"
    )
    parser.add_argument("--train-until", type=_date, metavar="YYYYMMDD", help="the last day that settings may know")
    parser.add_argument(
        "--test-from", type=_date, metavar="YYYYMMDD", help="the first day judged; the last two unless given"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser


def _date(text: str) -> int:
    """Return a date as a number. Raises ArgumentTypeError, which ends with 2 too."""
    try:
        time.strptime(text, "%Y%m%d")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no date as YYYYMMDD") from error
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
