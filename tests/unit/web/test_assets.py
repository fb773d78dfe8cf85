"""What is served beside the pages: as it was fetched, with its licence, and nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "docintel" / "web" / "static"


def test_vendored_files_are_as_they_were_fetched():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "vendor_assets", "--check"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_vendored_script_has_its_licence_beside_it():
    for script in (STATIC / "vendor").glob("*.js"):
        assert (STATIC / "vendor" / f"{script.name.split('.')[0]}.LICENSE.txt").is_file()


def test_our_own_files_load_nothing_from_elsewhere():
    for path in (*STATIC.glob("*.css"), *STATIC.glob("*.js")):
        text = path.read_text("utf-8")
        assert not re.search(r"https?://|//[a-z]+\.|@import|url\(|eval\(|innerHTML|insertAdjacentHTML", text), path
