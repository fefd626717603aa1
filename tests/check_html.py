#!/usr/bin/env python3
"""The page of --format=html: what stands in it, and what a browser makes of it.

The first part reads the file. The second drives headless Chromium over its
debugging pipe: it sorts, filters, opens a connection, zooms and points, and
watches for errors. Without Chromium that part is skipped, and says so.

TCPCONN names the program, srcdir the source, CHROMIUM the browser.
"""
import base64
import hashlib
import html.parser
import json
import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
SOURCE = os.environ.get("srcdir", ".")
PROGRAM = os.path.abspath(os.environ.get("TCPCONN", "./tcpconn-analyze"))
SAMPLES = os.path.join(SOURCE, "samples")
EVIL = "</script><script>pwned=1</script><img src=x onerror=pwned=1>\u2028"
PATIENCE_S = 60

failures = 0


def check(what, condition, seen=""):
    global failures
    if not condition:
        failures += 1
        print(f"FAIL: {what}: {seen}")


def same(what, got, want):
    check(what, got == want, f"got {got!r}, expected {want!r}")


def make_page(out, captures, *options):
    command = [PROGRAM, "-q", "--format=html", *options, *captures]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    with open(out, "wb") as f:
        f.write(done.stdout)
    return done.stdout.decode("utf-8")


class Page(html.parser.HTMLParser):
    """Scripts of a page, by their type and id, as a browser splits them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=False)
        self.data, self.code, self.policy, self.tags = {}, [], "", []
        self.at = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs["content"]
        if tag == "script":
            self.at = attrs.get("id") if "type" in attrs else ""
            if self.at == "":
                self.code.append("")
            else:
                self.data[self.at] = ""

    def handle_endtag(self, tag):
        if tag == "script":
            self.at = None

    def handle_data(self, text):
        if self.at == "":
            self.code[-1] += text
        elif self.at is not None:
            self.data[self.at] += text


def ipv4(payload, sender):
    address = [bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])]
    ipv4.ident += 1
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload),
                       ipv4.ident & 0xffff, 0, 64, 6, 0)
    return head + address[sender] + address[1 - sender] + payload


ipv4.ident = 0


def tcp(sender, flags, seq, ack, payload=b""):
    ports = (40000, 80) if sender == 0 else (80, 40000)
    return ipv4(struct.pack(">HHIIBBHHH", *ports, seq, ack, 0x50, flags,
                            8192, 0, 0) + payload, sender)


def write_capture(path, packets):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for i, p in enumerate(packets):
            f.write(struct.pack("<IIII", 1000000000 + i // 1000,
                                i % 1000 * 1000, len(p), len(p)))
            f.write(p)


def hostile_capture(folder):
    """A reset that carries markup, in a file whose name is markup."""
    path = os.path.join(folder, EVIL.strip("\u2028") + ".pcap")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write_capture(path, [
        tcp(0, 0x02, 100, 0), tcp(1, 0x12, 500, 101), tcp(0, 0x10, 101, 501),
        tcp(0, 0x18, 101, 501, b"x"),
        tcp(1, 0x14, 501, 102, EVIL.encode()[:60])])
    return path


def long_capture(path, segments):
    """One connection with so many segments, one of them sent again."""
    packets = [tcp(0, 0x02, 100, 0), tcp(1, 0x12, 500, 101),
               tcp(0, 0x10, 101, 501)]
    for i in range(segments):
        packets.append(tcp(0, 0x10, 101 + 10 * i, 501, b"0123456789"))
        if i % 10 == 9 and i != segments // 2:
            packets.append(tcp(1, 0x10, 501, 111 + 10 * i))
        if i == segments // 2:
            packets.append(tcp(0, 0x10, 101 + 10 * i, 501, b"0123456789"))
    packets.append(tcp(0, 0x14, 101 + 10 * segments, 501))
    write_capture(path, packets)
    return len(packets)


def many_connections(path, n):
    """A capture in which each of n connections is one SYN."""
    packets = []
    for i in range(n):
        packet = bytearray(tcp(0, 0x02, 100, 0))
        packet[13:16] = i.to_bytes(3, "big")  # the host 10.x.y.z
        packets.append(packet)
    write_capture(path, packets)


def check_file(folder, page_path, text):
    page = Page(text)
    for code in page.code:
        digest = hashlib.sha256(code.encode()).digest()
        name = "'sha256-" + base64.b64encode(digest).decode() + "'"
        check("the policy names each script", name in page.policy, name)
    same("scripts", len(page.code), 2)
    check("nothing else may run", "default-src 'none'" in page.policy and
          "script-src 'sha256" in page.policy, page.policy)
    check("no link out", "src=\"http" not in text and
          "href=\"http" not in text)
    rows = json.loads(page.data["rows"])
    same("rows", [r["number"] for r in rows], [1, 2, 3, 4])
    same("details", sorted(k for k in page.data if k not in ("head", "rows")),
         ["c1", "c2", "c3", "c4"])
    want = json.loads(subprocess.run(
        [PROGRAM, "-j", os.path.join(SAMPLES, "mixed-traffic.pcap")],
        stdout=subprocess.PIPE, check=True).stdout)
    for c in want["connections"]:
        told = json.loads(page.data[f"c{c['number']}"])
        same(f"connection {c['number']}", told["connection"], c)
        frames = told["trace"]["segments"][0::10]
        same("first and last segment", (frames[0], frames[-1]),
             (c["first_frame"], c["last_frame"]))
        same("segments", len(frames), c["sides"]["client"]["packets"] +
             c["sides"]["server"]["packets"])
    same("summary", json.loads(page.data["head"])["summary"], want["summary"])


def check_hostile(folder):
    path = os.path.join(folder, "hostile.html")
    text = make_page(path, [hostile_capture(folder)], "--checksum=off")
    page = Page(text)
    same("no markup of a capture", page.tags.count("script"), 5)
    same("no image", page.tags.count("img"), 0)
    for name, data in page.data.items():
        check(f"{name} has no <", "<" not in data and "\u2028" not in data)
    told = json.loads(page.data["c1"])["connection"]
    check("the text of the reset is told", any(
        "</script>" in str(e["evidence"].get("text", ""))
        for e in told["events"]), told["events"])
    return path


def check_long(folder):
    capture = os.path.join(folder, "long.pcap")
    path = os.path.join(folder, "long.html")
    packets = long_capture(capture, 70000)
    text = make_page(path, [capture], "--checksum=off")
    told = json.loads(Page(text).data["c1"])
    trace = told["trace"]
    frames = trace["segments"][0::10]
    check("segments are bounded", len(frames) <= 20000, len(frames))
    same("and counted", len(frames) + trace["dropped"], packets)
    check("no event is lost", all(e["frame"] in frames
                                  for e in told["connection"]["events"]))
    check("the resend is an event", any(
        "retransmission" in e["kind"] for e in told["connection"]["events"]))
    check("the page is small", len(text) < 4 << 20, len(text))
    return path


def make_crowd(folder, n):
    capture = os.path.join(folder, "crowd.pcap")
    path = os.path.join(folder, "crowd.html")
    many_connections(capture, n)
    text = make_page(path, [capture], "--checksum=off")
    same("a row for each", len(json.loads(Page(text).data["rows"])), n)
    return path


class Browser:
    """Headless Chromium, spoken to over its debugging pipe."""

    def __init__(self, program, folder):
        to_child, self.out = os.pipe()
        self.inp, from_child = os.pipe()

        def wire():
            a, b = os.dup(to_child), os.dup(from_child)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.child = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run",
             "--user-data-dir=" + os.path.join(folder, "profile"),
             "--window-size=1300,1000", "--remote-debugging-pipe",
             "about:blank"],
            preexec_fn=wire, close_fds=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.buffer, self.number, self.errors, self.loaded = b"", 0, [], 0
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(t for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=page["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def receive(self):
        end = time.monotonic() + PATIENCE_S
        while b"\0" not in self.buffer:
            if not select.select([self.inp], [], [], end - time.monotonic())[0]:
                raise TimeoutError("the browser does not answer")
            part = os.read(self.inp, 1 << 16)
            if not part:
                raise EOFError("the browser ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        method = message.get("method")
        if method == "Runtime.exceptionThrown":
            self.errors.append(str(message["params"]["exceptionDetails"]))
        elif method == "Log.entryAdded":
            if message["params"]["entry"]["level"] == "error":
                self.errors.append(message["params"]["entry"]["text"])
        elif method == "Page.loadEventFired":
            self.loaded += 1
        return message

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def open(self, path, place=""):
        before = self.loaded
        self.call("Page.navigate", url="about:blank")
        while self.loaded == before:
            self.receive()
        before = self.loaded
        self.call("Page.navigate", url="file://" + path + place)
        while self.loaded == before:
            self.receive()

    def ask(self, code):
        answer = self.call("Runtime.evaluate", expression=code,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def mouse(self, kind, x, y, buttons=0):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y,
                  button="left" if kind != "mouseMoved" else "none",
                  buttons=buttons, clickCount=1)

    def close(self):
        self.child.terminate()
        self.child.wait()


NUMBERS = ("[...document.querySelectorAll('#connections tbody tr')]"
           ".map(r => Number(r.cells[0].textContent))")
SETTLE = ("new Promise(done => requestAnimationFrame(() => "
          "requestAnimationFrame(done)))")


def choose(browser, field, value):
    browser.ask(f"(() => {{ const f = document.getElementById('{field}');"
                f"f.value = '{value}';"
                "f.dispatchEvent(new Event('input', {bubbles: true})); })()")


def check_table(browser, path):
    browser.open(path)
    same("the worst on top", browser.ask(NUMBERS), [2, 3, 4, 1])
    browser.ask("document.querySelectorAll('#connections th button')[0]"
                ".click()")
    same("sorted by number", browser.ask(NUMBERS), [1, 2, 3, 4])
    browser.ask("document.querySelectorAll('#connections th button')[0]"
                ".click()")
    same("and backwards", browser.ask(NUMBERS), [4, 3, 2, 1])
    same("said to all", browser.ask(
        "document.querySelector('#connections th').ariaSort"), "descending")
    for field, value, want in (
            ("query", "10.0.0.9", [3]), ("query", "", [4, 3, 2, 1]),
            ("severity", "warn", [4, 3, 2]), ("severity", "", [4, 3, 2, 1]),
            ("kind", "retransmission-tlp", [2]), ("kind", "", [4, 3, 2, 1]),
            ("verdict", "no-answer", [3]), ("query", "nowhere", [])):
        choose(browser, field, value)
        same(f"{field} {value}", browser.ask(NUMBERS), want)
    browser.open(path, "#o=number&q=10.0.0.2")
    same("the address keeps the place", browser.ask(NUMBERS), [1, 2, 4])


def check_crowd(browser, path):
    """Only what can be seen is drawn of a table with very many rows."""
    count = "document.querySelectorAll('#connections tbody tr').length"
    begin = time.monotonic()
    browser.open(path)
    first = browser.ask(count)
    took = time.monotonic() - begin
    check("many connections open", took < 20, f"{took:.1f} s")
    check("and a part is drawn", 0 < first < 1000, first)
    browser.ask("document.getElementById('more').click()")
    check("more on request", browser.ask(count) > first)
    choose(browser, "query", "10.0.78.32")
    same("all are searched", browser.ask(NUMBERS), [20001])


def check_detail(browser, path):
    browser.open(path, "#c=2")
    browser.ask(SETTLE)
    text = browser.ask("document.getElementById('detail').innerText")
    for part in ("the client reset the connection", "frame 21",
                 "retransmission-tlp", "SYN-RECEIVED", "Server half"):
        check("the detail says " + part, part in text, text[:400])
    drawn = browser.ask("[...document.querySelectorAll('svg.ladder text')]"
                        ".map(t => t.textContent)")
    for part in ("frame 5", "SYN 0", "SYN-ACK 0 ack 1", "SYN-SENT"):
        check("the diagram shows " + part, part in drawn, drawn)
    same("pictures", browser.ask("document.querySelectorAll('canvas').length"),
         4)
    whole = browser.ask("document.getElementById('range').textContent")
    same("the whole is seen", whole, "+0.000000 s to +0.290000 s")
    browser.ask("document.querySelector('.chart').scrollIntoView()")
    browser.ask(SETTLE)
    box = browser.ask(
        "(() => { const b = document.querySelector('.u-over')"
        ".getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()")
    x, y = box[0], box[1] + box[3] / 2
    browser.mouse("mouseMoved", x + 1, y)
    browser.ask(SETTLE)
    said = browser.ask("document.querySelector('.said').textContent")
    check("pointing tells the frame", said.startswith("frame 5 · "), said)
    browser.mouse("mouseMoved", x + .25 * box[2], y)
    browser.mouse("mousePressed", x + .25 * box[2], y, 1)
    browser.mouse("mouseMoved", x + .5 * box[2], y, 1)
    browser.mouse("mouseReleased", x + .5 * box[2], y)
    browser.ask(SETTLE)
    zoomed = browser.ask("document.getElementById('range').textContent")
    check("dragging zooms", zoomed != whole, zoomed)
    browser.ask("document.querySelector('[aria-label=\"Zoom in\"]').click()")
    again = browser.ask("document.getElementById('range').textContent")
    check("so does the button", again != zoomed, again)
    browser.ask("document.querySelector('[aria-label=\"The whole connection\"]'"
                ").click()")
    same("and back", browser.ask(
        "document.getElementById('range').textContent"), whole)


def press(browser, key):
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key=key)


def check_keys(browser, path):
    """All that a mouse does on a picture, keys do."""
    browser.open(path, "#c=2")
    browser.ask(SETTLE)
    browser.ask("document.querySelector('.chart [tabindex]').focus()")
    seen = []
    for _ in range(3):
        press(browser, "ArrowRight")
        seen.append(browser.ask("document.querySelector('.said').textContent")
                    .split(" · ")[0])
    same("arrows go from segment to segment", seen,
         ["frame 5", "frame 9", "frame 10"])
    same("and it is spoken", browser.ask(
        "document.querySelector('.said').ariaLive"), "polite")
    whole = browser.ask("document.getElementById('range').textContent")
    press(browser, "+")
    check("a key zooms", browser.ask(
        "document.getElementById('range').textContent") != whole)
    press(browser, "0")
    same("and back", browser.ask(
        "document.getElementById('range').textContent"), whole)
    nameless = browser.ask(
        "[...document.querySelectorAll('button, select, input, a[href], th, "
        "table, svg, [role=group]')].filter(e => !(e.ariaLabel || "
        "e.textContent.trim() || e.closest('label') || "
        "e.getAttribute('aria-labelledby'))).map(e => e.outerHTML)")
    same("everything has a name", nameless, [])


# The colour that the theme gives to the ACK line is seen in the picture.
ACK_DRAWN = """(() => {
    const probe = document.createElement('canvas').getContext('2d');
    probe.fillStyle = getComputedStyle(document.documentElement)
        .getPropertyValue('--ack').trim();
    probe.fillRect(0, 0, 1, 1);
    const want = probe.getImageData(0, 0, 1, 1).data;
    const c = document.querySelector('.u-wrap canvas');
    const seen = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
    for (let i = 0; i < seen.length; i += 4)
        if (seen[i] === want[0] && seen[i + 1] === want[1] &&
            seen[i + 2] === want[2] && seen[i + 3] === 255)
            return true;
    return false;
})()"""
INK = "getComputedStyle(document.body).color"


def check_themes(browser, path):
    """Pictures follow the theme at once; paper is white in each."""
    inks = []
    browser.open(path, "#c=2")
    for theme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": theme}])
        browser.ask(SETTLE)
        browser.ask(SETTLE)
        inks.append(browser.ask(INK))
        check(f"drawn in {theme}", browser.ask(ACK_DRAWN))
    check("themes differ", inks[0] != inks[1], inks)
    browser.ask("window.dispatchEvent(new Event('beforeprint'))")
    browser.ask(SETTLE)
    same("dark ink on paper", browser.ask(INK), inks[0])
    check("in pictures too", browser.ask(ACK_DRAWN))
    browser.ask("window.dispatchEvent(new Event('afterprint'))")
    browser.ask(SETTLE)
    same("and back on the screen", browser.ask(INK), inks[1])
    check("also the pictures", browser.ask(ACK_DRAWN))
    printed = browser.call("Page.printToPDF")["data"]
    check("it can be printed", base64.b64decode(printed)
          .startswith(b"%PDF"), printed[:20])
    browser.call("Emulation.setEmulatedMedia", features=[])


def check_browser(program, folder, mixed, hostile, long_page, crowd):
    browser = Browser(program, folder)
    try:
        check_table(browser, mixed)
        check_detail(browser, mixed)
        check_keys(browser, mixed)
        check_themes(browser, mixed)
        check_crowd(browser, crowd)
        browser.open(hostile)
        browser.ask(SETTLE)
        same("nothing of a capture runs", browser.ask("typeof pwned"),
             "undefined")
        same("or becomes markup", browser.ask(
            "document.querySelectorAll('img').length"), 0)
        check("it is shown as text", "onerror" in browser.ask(
            "document.getElementById('captures').textContent"))
        begin = time.monotonic()
        browser.open(long_page)
        browser.ask(SETTLE)
        took = time.monotonic() - begin
        check("a long connection opens", took < 20, f"{took:.1f} s")
        check("what is left out is said", "left out" in browser.ask(
            "document.getElementById('detail').textContent"))
        same("no error", browser.errors, [])
    finally:
        browser.close()


def main():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or \
        shutil.which("chromium-browser")
    # processes of the browser may still write when it has ended
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        mixed = os.path.join(folder, "mixed.html")
        text = make_page(mixed, [os.path.join(SAMPLES, "mixed-traffic.pcap")])
        check_file(folder, mixed, text)
        hostile = check_hostile(folder)
        long_page = check_long(folder)
        crowd = make_crowd(folder, 30000)
        if chromium and not failures:
            check_browser(chromium, folder, mixed, hostile, long_page, crowd)
    if failures:
        print(f"{failures} failed")
        return 1
    if not chromium:
        print("SKIP: chromium is not installed: what a browser makes of the "
              "page was not tested (Debian: apt-get install chromium)")
        return SKIPPED
    return 0


sys.exit(main())
