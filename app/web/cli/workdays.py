"""`flask workdays`: counts working days in the shell, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import click
from flask.cli import AppGroup

from app.regulations import workdays
from app.regulations.shipped_calendar import shipped_calendar
from app.regulations.wording import WEEKDAYS

workdays_cli = AppGroup("workdays", help="工作日计算（首日不计，调休上班日计入；用随产品提供的日历）")


class _Date(click.ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，应写作 2026-02-13", param, ctx)


@workdays_cli.command("add")
@click.argument("start", type=_Date())
@click.argument("count", type=click.IntRange(min=0))
@click.option("--days", is_flag=True, help="逐日列出")
def add_command(start: date, count: int, days: bool) -> None:
    """START 之后第 COUNT 个工作日。"""
    span = workdays.add(start, count)
    if days:
        for mark in span.days:
            click.echo(_day_line(mark))
    click.echo(f"{span.date} {WEEKDAYS[span.date.weekday()]}{' 暂定' if span.provisional else ''}")


def _day_line(mark: workdays.DayMark) -> str:
    note = {"start": "不计", "rest": "休"}.get(mark.kind, f"第 {mark.ordinal}")
    extra = [mark.name] if mark.name else []
    extra += ["调休上班"] if mark.kind == "makeup" else []
    extra += ["暂定"] if mark.provisional else []
    return f"  {mark.date} {WEEKDAYS[mark.date.weekday()]} {note}{'（' + '，'.join(extra) + '）' if extra else ''}"


@workdays_cli.command("between")
@click.argument("start", type=_Date())
@click.argument("end", type=_Date())
def between_command(start: date, end: date) -> None:
    """START 之后到 END 当日的工作日数。"""
    calendar = shipped_calendar()
    years = range(min(start, end).year, max(start, end).year + 1)
    guessed = not all(calendar.is_official(year) for year in years)
    click.echo(f"{workdays.between(start, end)}{' 暂定' if guessed else ''}")


@workdays_cli.command("check")
@click.argument("year", type=click.IntRange(2000, 2100))
def check_command(year: int) -> None:
    """某年的日历来自何处，有多少工作日、调休上班日。没有官方安排时以 1 退出。"""
    calendar = shipped_calendar()
    first = date(year, 1, 1)
    days = [calendar.day(first + timedelta(days=n)) for n in range((date(year + 1, 1, 1) - first).days)]
    click.echo(f"{year} 年：工作日 {sum(day.is_work for day in days)} 天")
    for day in days:
        if day.kind == "makeup":
            click.echo(f"  {day.date} {WEEKDAYS[day.date.weekday()]} 调休上班（{day.name}）")
    if not calendar.is_official(year):
        click.echo("暂定：没有这一年的放假通知，按周末和法定节日推算，不含调休")
        raise SystemExit(1)
    known = calendar.years[year]
    click.echo(f"来源：{known.source}" + (f"，{known.notice_number}" if known.notice_number else ""))
