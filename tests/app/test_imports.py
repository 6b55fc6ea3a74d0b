"""What the server of the page does without until it is needed."""

import subprocess
import sys

PARTS = ("server.serve", "services.services", "session.session", "frames.http", "show.http", "export.http", "uploads.http")
START = "import sys" + "".join(f", app.{part}" for part in PARTS)


def test_the_server_starts_without_the_library_of_networks() -> None:
    asked = f"{START}; print('torch' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False", "networks run in a process of their own; importing PyTorch takes seconds"
