"""The first paint of the hub's page of sessions, over a year with one reading a second.

Arguments: the program strapline-hub, a folder for the database, the number of days, the number of rounds, the file
for the table. It needs the environment of IntegrationTests/Page.
"""

import json
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "IntegrationTests/Page"))
from browser import SCREENSHOTS, Browser  # noqa: E402  the folder is known only now

DAY_SECONDS = 86_400
# The strap is off for eleven minutes a day: without them the year would be one session.
WORN_SECONDS = DAY_SECONDS - 660
SLOT_MS = 300_000
DAYS_WITH_INTERVALS = 100
AIM_SECONDS = 1.0


def administer(program, database, *arguments):
    output = subprocess.run([program, *arguments, "--json", "--database", database], check=True,
                            stdout=subprocess.PIPE, text=True)
    return json.loads(output.stdout)


def fill(database, days):
    """Writes the readings past the hub, day by day, and sums them up as the hub does."""
    now = int(time.time()) // DAY_SECONDS * DAY_SECONDS
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    for day in range(days):
        start = (now - (days - day) * DAY_SECONDS) * 1000
        with connection:
            connection.executemany(
                "INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (1, ?, ?)",
                ((start + second * 1000, 60 + second // 60 % 100) for second in range(WORN_SECONDS)))
            if days - day <= DAYS_WITH_INTERVALS:
                connection.execute(
                    "INSERT INTO reading_detail (user_id, measured_at_ms, contact, rr) SELECT user_id, measured_at_ms,"
                    " 3, (900 + heart_rate % 40) || '' FROM reading WHERE user_id = 1 AND measured_at_ms >= ?",
                    (start,))
    with connection:
        bits = " + ".join(f"max(CASE WHEN measured_at_ms / 60000 % 5 = {minute} THEN {1 << minute} ELSE 0 END)"
                          for minute in range(5))
        connection.execute(
            f"INSERT INTO reading_slot (user_id, slot, first_ms, last_ms, readings, rate_sum, lowest_rate,"
            f" highest_rate, minute_bits, intervals) SELECT 1, measured_at_ms / {SLOT_MS} AS number,"
            f" min(measured_at_ms), max(measured_at_ms), count(*), sum(heart_rate), min(heart_rate),"
            f" max(heart_rate), {bits}, 0 FROM reading WHERE user_id = 1 GROUP BY number")
        connection.execute(
            f"UPDATE reading_slot SET intervals = readings WHERE slot >= (SELECT min(measured_at_ms) / {SLOT_MS}"
            " FROM reading_detail)")
    rows = connection.execute("SELECT count(*) FROM reading").fetchone()[0]
    connection.close()
    return rows


def paint(browser, address, token):
    """Seconds until the newest session is painted, and until the whole page is."""
    browser.driver.get(f"{address}/page/icon.svg")
    browser.script("sessionStorage.setItem('strapline.token', arguments[0])", token)
    browser.command("Network.clearBrowserCache")
    browser.driver.get(f"{address}/sessions")
    browser.until_script("return performance.getEntriesByName('strapline-year').length === 1")
    return browser.script("""
        const seconds = (name) => performance.getEntriesByName(name)[0].startTime / 1000;
        return [seconds("strapline-session"), seconds("strapline-year")];
        """)


def main():
    program, folder, days, rounds, output = sys.argv[1:]
    database = pathlib.Path(folder) / "year.sqlite"
    for path in pathlib.Path(folder).glob("year.sqlite*"):
        path.unlink()
    administer(program, database, "user", "add", "Anna")
    token = administer(program, database, "token", "issue", "--user", "Anna", "--scope",
                       "data:room:read,data:statistics:read")["access_token"]
    rows = fill(database, int(days))
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen([program, "serve", "--port", "0", "--database", database], stdout=subprocess.PIPE,
                          text=True) as hub:
        try:
            address = hub.stdout.readline().strip()
            lines = ["| Screen | newest session | whole page |", "| --- | ---: | ---: |"]
            slowest = 0.0
            for name, size in [("desktop", (1280, 800, False)), ("phone", (390, 844, True))]:
                browser = Browser()
                try:
                    browser.resize(*size)
                    times = [paint(browser, address, token) for _ in range(int(rounds))]
                    browser.screenshot(f"year-{name}")
                finally:
                    browser.close()
                session, whole = (statistics.median(column) for column in zip(*times))
                slowest = max(slowest, session)
                lines.append(f"| {name} | {session:.2f} s | {whole:.2f} s |")
        finally:
            hub.terminate()
    lines += ["", f"{rows} readings. Aim: the newest session within {AIM_SECONDS:.0f} s: "
              + ("met." if slowest <= AIM_SECONDS else "missed.")]
    pathlib.Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
