"""scripts/setup says how far it is while pip works, and why it failed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "setup"


@pytest.fixture
def told(tmp_path):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    (function,) = re.findall(r"^told\(\) \{.*?^\}", SCRIPT.read_text("utf-8"), re.DOTALL | re.MULTILINE)

    def run(command):
        script = f"set -euo pipefail\nTOLD_EVERY=1\n{function}\ntold bash -c '{command}'\necho done"
        env = {"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
        return subprocess.run([bash, "-c", script], env=env, capture_output=True, text=True, check=False, timeout=60)

    yield run
    assert list(tmp_path.iterdir()) == []


def test_the_last_line_is_told_now_and_then(told):
    done = told("echo Collecting numpy; sleep 2.5")
    assert done.stdout == "done\n"
    assert re.match(r"  0:01  Collecting numpy\n", done.stderr)


def test_all_is_told_where_it_fails(told):
    done = told("echo why; exit 7")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "why\n安装失败" in done.stderr
