"""One global day in the exact layout of HYCOM's bucket, from a server of this machine to a finished day at 1/4 degree.

`python -m tests.benchmarks.fetching FOLDER` needs 5 GB there; it prints seconds, bytes sent and the largest memory.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import netCDF4
import numpy as np

from engine.providers.catalogue import CATALOGUE
from engine.providers.fetching import fetch
from engine.providers.protocols.provider import levels_needed
from engine.providers.protocols.request import request_of

DAY = "2012-03-01"
KEY = "2012/hycom_GLBv0.08_537_2012030112_t000.nc"
NAMES = {"water_temp": 20.0, "salinity": 20.0, "water_u": 0.0, "water_v": 0.0}
LIST = """<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>
<Contents><Key>{key}</Key><ETag>"1"</ETag><Size>{size}</Size></Contents></ListBucketResult>"""


def write_day(path: Path) -> None:
    """Write a file of 4.83 GB; the levels that the schema does not need stay holes."""
    hycom = CATALOGUE["hycom"]
    lat, lon, depth = hycom.lat.values, hycom.lon.values, np.array(hycom.depths, dtype=float)
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as data:
        data.set_fill_off()
        noon = (np.datetime64(DAY) - np.datetime64("2000-01-01")) / np.timedelta64(1, "h") + 12
        axes = {"time": ([noon], "hours since 2000-01-01 00:00:00"), "depth": (depth, "m")}
        axes |= {"lat": (lat, "degrees_north"), "lon": (lon, "degrees_east")}
        for name, (values, units) in axes.items():
            data.createDimension(name, len(values))
            axis = data.createVariable(name, "f8", (name,))
            axis.units = units
            axis[:] = values
        made = {}
        for name, offset in (NAMES | {"surf_el": 0.0}).items():
            dimensions = ("time", "depth", "lat", "lon") if name != "surf_el" else ("time", "lat", "lon")
            made[name] = data.createVariable(name, "i2", dimensions, fill_value=-30000)
            made[name].scale_factor, made[name].add_offset = np.float32(0.001), np.float32(offset)
            made[name].units = {"water_temp": "degC", "salinity": "psu", "surf_el": "m"}.get(name, "m/s")
            made[name].set_auto_maskandscale(False)
        wave = np.sin(np.deg2rad(5 * lon))[None] * np.cos(np.deg2rad(3 * lat))[:, None]
        base = {"water_temp": -8000, "salinity": 14500, "water_u": 0, "water_v": 0, "surf_el": 0}
        for name, variable in made.items():
            for level in levels_needed(depth) if name != "surf_el" else (0,):
                numbers = (base[name] + 500 * wave + level).astype("i2")
                numbers[:, ::9] = -30000
                variable[(0, level) if name != "surf_el" else 0] = numbers


def serve(path: Path) -> ThreadingHTTPServer:
    """Return a server that lists the file and answers ranges of it."""
    size = path.stat().st_size

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if "list-type" in self.path:
                content = LIST.format(key=KEY, size=size).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return
            first, last = (int(each) for each in self.headers["Range"].removeprefix("bytes=").split("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            self.send_header("Content-Length", str(last - first + 1))
            self.end_headers()
            with path.open("rb") as file:
                file.seek(first)
                self.wfile.write(file.read(last - first + 1))

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def main(folder: Path) -> None:
    """Write, serve and fetch the day; the fetch runs in a process of its own, whose memory is told."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "day.nc"
        write_day(path)
        server = serve(path)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        environment = os.environ | {"GOMS_HOME": place, "GOMS_ADDRESS_HYCOM": address}
        subprocess.run([sys.executable, "-m", "tests.benchmarks.fetching", "--fetch"], env=environment, check=True)
        server.shutdown()


def fetch_once() -> None:
    """Fetch the day and print what it took."""
    asked = request_of(CATALOGUE["hycom"], DAY, DAY, None, None)
    began = time.perf_counter()
    found = fetch(asked, "one")
    seconds, memory = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    told = {"new_days": found["new_days"], "seconds": round(seconds, 1), "gigabytes_sent": round(asked.bytes_a_day() / 1e9, 2)}
    print(json.dumps(told | {"gigabytes_of_memory": round(memory, 2)}))


if __name__ == "__main__":
    fetch_once() if sys.argv[1] == "--fetch" else main(Path(sys.argv[1]))
