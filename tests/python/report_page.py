"""A written report as tests read it: its text, and its figures by place and key."""

from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from segmentation.report import ReportSummary, render_report

VOID = {"area", "br", "hr", "img", "input", "link", "meta"}


class Reader(HTMLParser):
    """Collects the text of every element that carries a data attribute."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.found: dict[tuple[str, str], str] = {}
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append((tag, named))
        if tag not in VOID:
            self.open.append((tag, named))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = {tag for tag, _ in self.open}
        if inside & {"style", "script", "title"}:
            return
        self.words.append(data)
        names = [named for _, named in self.open]
        keys = [named["data-key"] for named in names if "data-key" in named]
        areas = [
            named.get("aria-label") or named.get("class", "")
            for named in names
            if {"aria-label", "data-tile"} & named.keys() or "flows" in named.values()
        ]
        codes = [named["data-code"] for named in names if "data-code" in named]
        if keys:
            place = "/".join([*areas, *codes])
            old = self.found.get((place, keys[-1]), "")
            self.found[place, keys[-1]] = (old + " " + data.strip()).strip()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@dataclass(frozen=True)
class Page:
    html: str
    reader: Reader
    summary: ReportSummary

    def value(self, place: str, key: str) -> str:
        found = {
            text
            for (area, name), text in self.reader.found.items()
            if name == key and place in area
        }
        assert len(found) == 1, (place, key, found)
        return found.pop()


def render(path: Path, output: Path) -> Page:
    summary = render_report(path, output)
    text = output.read_text(encoding="utf-8")
    return Page(text, Reader(text), summary)
