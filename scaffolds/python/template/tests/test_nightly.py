import subprocess
import sys


def test_nightly_ends_well():
    ran = subprocess.run([sys.executable, "-m", "{= package =}", "nightly"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert '"message": "done"' in ran.stdout
