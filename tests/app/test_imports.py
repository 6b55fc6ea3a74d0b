"""What the server of the page does without until it is needed."""

import subprocess
import sys

START = "import sys, app.serve, app.services, app.main, app.frames_http, app.show.http, app.export.http, app.files.http"


def test_the_server_starts_without_the_library_of_networks() -> None:
    asked = f"{START}; print('torch' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False", "networks run in a process of their own; importing PyTorch takes seconds"
