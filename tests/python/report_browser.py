"""Opens pages in a real browser and measures them."""

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--v=0",
)

# Frames of the wanted widths in one page of the same origin, which measures them.
_WRAPPER = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<body style="margin:0"><pre id="result"></pre>
<script>
const wanted = WANTED;
for (const [name, width] of wanted) {
  const frame = document.createElement("iframe");
  frame.src = name;
  frame.style = `width:${width}px;height:900px;border:0;display:block`;
  document.body.append(frame);
}
function boxes(node) {
  const found = [];
  const walker = node.ownerDocument.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.textContent.trim()) continue;
    const range = node.ownerDocument.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects()) {
      found.push([box, walker.currentNode.textContent.trim()]);
    }
  }
  return found;
}
function crossing(row) {
  const texts = boxes(row);
  for (let i = 0; i < texts.length; i += 1) {
    for (let j = i + 1; j < texts.length; j += 1) {
      const [a, b] = [texts[i][0], texts[j][0]];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 4) return `${texts[i][1]} | ${texts[j][1]}`;
    }
  }
  return null;
}
addEventListener("load", () => {
  const result = [...document.querySelectorAll("iframe")].map((frame, i) => {
    const page = frame.contentDocument, width = wanted[i][1];
    const rows = [...page.querySelectorAll("[role=row], tr, .tile, .flow-tile")];
    const cut = boxes(page.body).filter(([box]) => box.right > width + 0.5);
    return {
      page: wanted[i][0],
      width,
      text: page.body.innerText,
      scroll_width: page.documentElement.scrollWidth,
      cut: cut.map(([, text]) => text),
      crossing: rows.map(crossing).filter(Boolean),
      fetched: frame.contentWindow.performance.getEntriesByType("resource")
        .map((entry) => entry.name),
    };
  });
  document.getElementById("result").textContent = JSON.stringify(result);
});
</script>
"""


@dataclass(frozen=True)
class Frame:
    """What a page looked like at one width."""

    page: str
    width: int
    text: str
    scroll_width: int
    cut: list[str]
    crossing: list[str]
    fetched: list[str]


@dataclass(frozen=True)
class Visit:
    """All frames of a visit, what the console said and what was requested."""

    frames: list[Frame]
    console: list[str]
    requested: list[str] = field(default_factory=list)


class _Handler(SimpleHTTPRequestHandler):
    requested: list[str]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the request line instead of printing it."""
        self.requested.append(format % args)


def find_chromium() -> str | None:
    """Path of the browser: CHROMIUM, else the first one on the PATH."""
    names = (
        os.environ.get("CHROMIUM"),
        "chromium",
        "chromium-browser",
        "google-chrome",
    )
    return next((path for name in names if name and (path := shutil.which(name))), None)


def visit(
    chromium: str, folder: Path, pages: Mapping[str, str], widths: Sequence[int]
) -> Visit:
    """Open pages side by side in one browser.

    Args:
        chromium: Path of the browser.
        folder: Empty folder that is served to the browser and nobody else.
        pages: HTML by file name.
        widths: Widths in pixels at which each page is opened.
    """
    wanted = [[name, width] for name in pages for width in widths]
    wrapper = _WRAPPER.replace("WANTED", json.dumps(wanted))
    for name, text in {**pages, "wrapper.html": wrapper}.items():
        (folder / name).write_text(text, encoding="utf-8")
    requested: list[str] = []
    kind = type("Handler", (_Handler,), {"requested": requested})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            address = f"http://127.0.0.1:{server.server_port}/wrapper.html"
            command = [chromium, *_FLAGS, f"--user-data-dir={profile}", "--dump-dom"]
            done = subprocess.run(
                [*command, address],
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    result = re.search(r'<pre id="result">(.*?)</pre>', done.stdout, re.DOTALL)
    if result is None or not result[1]:
        raise AssertionError(f"the browser measured nothing: {done.stderr[-2000:]}")
    frames = [Frame(**item) for item in json.loads(html.unescape(result[1]))]
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return Visit(frames, console, requested)
