import signal
import subprocess
import sys


def test_the_worker_ends_with_0_on_sigterm():
    command = [sys.executable, "-m", "{= package =}", "worker"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        try:
            for line in worker.stdout:
                if "a piece of work" in line:
                    break
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=10) == 0
        finally:
            worker.kill()
