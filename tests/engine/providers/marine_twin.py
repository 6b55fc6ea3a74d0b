"""A twin of Copernicus Marine for its own toolbox: account, catalogue and Zarr stores behind a proxy that is all hosts."""

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

HOST = "http://marine.twin"
USER, PASSWORD = "somebody", "a password"
PRODUCT, VERSION = "TWIN_PRODUCT_001", "202311"


def publish(folder: Path, datasets: Mapping[str, xr.Dataset]) -> None:
    """Write the catalogue and a store with chunks for maps of each data set (depth as ascending elevation, as they are kept)."""
    links = []
    for name, data in datasets.items():
        item = f"{name}_{VERSION}"
        links.append({"rel": "item", "href": f"{item}/dataset.stac.json", "type": "application/json"})
        store = f"arco/{item}/timeChunked.zarr"
        chunks = {str(each): {"chunks": (1,) * (data[each].ndim - 2) + data[each].shape[-2:]} for each in data.data_vars}
        data.to_zarr(folder / store, zarr_format=2, consolidated=True, encoding=chunks)
        path = folder / "metadata" / PRODUCT / item / "dataset.stac.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(_item(item, data, f"{HOST}/{store}")))
    root = f"{HOST}/metadata"
    collection = {
        "type": "Collection", "id": PRODUCT, "stac_version": "1.0.0", "description": "twin", "license": "proprietary",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["1993-01-01T00:00:00Z", None]]}},
        "links": links,
    }  # fmt: skip
    (folder / "metadata" / PRODUCT / "product.stac.json").write_text(json.dumps(collection))
    (folder / "metadata" / "ids.json").write_text(json.dumps(dict.fromkeys(datasets, PRODUCT)))
    services = ("mds", "mds/serverlessArco", "mds/serverlessArco/meta", "mds/serverlessNative")
    config = {
        "clientVersions": dict.fromkeys(services, ">=1.0.0"),
        "catalogues": [{"stac": f"{root}/catalog.stac.json", "idMapping": f"{root}/ids.json", "stacRoot": root}],
    }
    (folder / "config.json").write_text(json.dumps(config))


def _item(name: str, data: xr.Dataset, href: str) -> dict[str, Any]:
    axes = {"time": "t", "elevation": "z", "latitude": "y", "longitude": "x"}
    view = {}
    for axis in (axis for axis in axes if axis in data.dims):
        values = data[axis].values
        if axis == "time":
            numbers = (values - np.datetime64("1970-01-01")) / np.timedelta64(1, "ms")
            coords = {"min": int(numbers[0]), "max": int(numbers[-1]), "step": 86_400_000}
        else:
            coords = {"min": float(values[0]), "max": float(values[-1]), "values": [float(each) for each in values]}
        view[axis] = {
            "units": "milliseconds since 1970-01-01" if axis == "time" else "m" if axis == "elevation" else "degrees",
            "coords": coords,
            "chunkLen": {str(each): 1 if axis in ("time", "elevation") else values.size for each in data.data_vars},
        }
    return {
        "type": "Feature", "id": name, "stac_version": "1.0.0", "collection": PRODUCT, "geometry": None, "links": [],
        "bbox": [-180, -90, 180, 90],
        "properties": {
            "datetime": "2012-01-01T00:00:00Z",
            "title": name,
            "cube:dimensions": {axis: {"type": "temporal" if axis == "time" else "spatial", "axis": axes[axis]} for axis in view},
            "cube:variables": {
                str(each): {
                    "id": str(each), "standardName": data[each].attrs.get("standard_name", ""),
                    "unit": data[each].attrs.get("units", ""), "dimensions": list(data[each].dims),
                }
                for each in data.data_vars
            },
        },
        "assets": {"timeChunked": {"href": href, "type": "application/vnd+zarr", "roles": ["data"], "viewDims": view}},
    }  # fmt: skip


@contextmanager
def marine(folder: Path) -> Iterator[dict[str, str]]:
    """Serve what was published and give the environment in which the toolbox finds it, with an account that is accepted."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder, _certificate(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    proxy = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield {
            "HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "http_proxy": proxy, "https_proxy": proxy, "NO_PROXY": "", "no_proxy": "",
            "COPERNICUSMARINE_CONFIG_URL": f"{HOST}/config.json",
            "REQUESTS_CA_BUNDLE": str(folder / "certificate.pem"),
            "COPERNICUSMARINE_SERVICE_USERNAME": USER,
            "COPERNICUSMARINE_SERVICE_PASSWORD": PASSWORD,
        }  # fmt: skip
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(folder: Path, context: ssl.SSLContext) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_CONNECT(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
            self.close_connection = False

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if f"username={USER}" in body and "password=a+password" in body:
                self._send(200, json.dumps({"access_token": "token"}).encode())
            else:
                self._send(400, json.dumps({"error": "invalid_grant"}).encode())

        def do_GET(self) -> None:
            path = self.path.removeprefix(HOST).partition("?")[0]
            if path.endswith("/userinfo"):
                self._send(200, json.dumps({"preferred_username": USER}).encode())
                return
            file = folder / path.lstrip("/")
            if file.is_file():
                self._send(200, file.read_bytes())
            else:
                self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _certificate(folder: Path) -> ssl.SSLContext:
    """Return a context with a certificate made for this test, for the server that checks accounts."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, host = ec.generate_private_key(ec.SECP256R1()), "auth.marine.copernicus.eu"
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = folder / "certificate.pem"
    file.write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
