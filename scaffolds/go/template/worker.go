package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// pause is between two pieces of work.
const pause = 5 * time.Second

// work does one piece after the other until INT or TERM; what is begun is finished.
func work() error {
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	logLine("info", "working", map[string]any{})
	for {
		if err := workOnce(); err != nil {
			logLine("error", "a piece of work failed", map[string]any{"error": err.Error()})
		}
		select {
		case <-stop.Done():
			logLine("info", "stopped", map[string]any{})
			return nil
		case <-time.After(pause):
		}
	}
}

// workOnce is where the worker's own work begins: take a message of a queue, say.
func workOnce() error {
	logLine("info", "a piece of work", map[string]any{})
	return nil
}
