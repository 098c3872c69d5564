package main

// nightly is the job of every night; an error makes it a failed one.
func nightly() error {
	logLine("info", "begin", map[string]any{"job": "nightly"})
	logLine("info", "done", map[string]any{"job": "nightly"})
	return nil
}
