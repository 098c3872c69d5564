package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestTheWorkerEndsWith0OnSigterm(t *testing.T) {
	worker := exec.Command(os.Args[0], "worker")
	worker.Env = append(os.Environ(), "BE_THE_SERVICE=1")
	output, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	defer worker.Process.Kill()
	lines := bufio.NewScanner(output)
	for lines.Scan() && !strings.Contains(lines.Text(), `"message":"a piece of work"`) {
	}
	if err := worker.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	if err := worker.Wait(); err != nil {
		t.Fatal(err)
	}
}
