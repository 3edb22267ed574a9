"""Reads a registry's TUF repository with python-tuf, over HTTP on the loopback, and checks what it finds. See python-tuf.sh."""

import functools
import http.server
import json
import sys
import tempfile
import threading
from pathlib import Path

from tuf.ngclient import Updater


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main(folder: str) -> None:
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/tuf/"
    with tempfile.TemporaryDirectory() as work:
        metadata, targets = Path(work, "metadata"), Path(work, "targets")
        metadata.mkdir()
        targets.mkdir()
        pinned = Path(folder, "tuf", "1.root.json").read_bytes()
        updater = Updater(str(metadata), base, str(targets), base + "targets/", bootstrap=pinned)
        updater.refresh()
        contents = {}
        for name in ["registry.json", "checkpoint", "map-root"]:
            info = updater.get_targetinfo(name)
            assert info is not None, f"{name} is listed by no role"
            contents[name] = Path(updater.download_target(info)).read_text()
            inlined = info.unrecognized_fields["custom"]["inline"]
            assert inlined == contents[name], f"{name} is inlined otherwise than it is served"
        size = int(contents["checkpoint"].splitlines()[1])
        assert json.loads(contents["map-root"])["size"] == size
        root = json.loads(Path(metadata, "root.json").read_bytes())["signed"]["version"]
        print(f"python-tuf read root {root}, log size {size}, and all 3 targets")
    server.shutdown()


main(sys.argv[1])
