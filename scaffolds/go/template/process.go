package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var started = time.Now()

// writeProcess tells what the process uses, under the names that all clients of Prometheus have
// (prometheus.io/docs/instrumenting/writing_clientlibs). What the system does not tell is left out: /proc is Linux's.
func writeProcess(out io.Writer) {
	write := func(name, kind string, value float64) {
		fmt.Fprintf(out, "# TYPE %s %s\n%s %s\n", name, kind, name, strconv.FormatFloat(value, 'f', -1, 64))
	}
	write("go_goroutines", "gauge", float64(runtime.NumGoroutine()))
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) == nil {
		seconds, micros := used.Utime.Sec+used.Stime.Sec, used.Utime.Usec+used.Stime.Usec
		write("process_cpu_seconds_total", "counter", float64(seconds)+float64(micros)/1e6)
	}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		write("process_open_fds", "gauge", float64(len(files)))
	}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 1 {
			if pages, err := strconv.Atoi(fields[1]); err == nil {
				write("process_resident_memory_bytes", "gauge", float64(pages*os.Getpagesize()))
			}
		}
	}
	write("process_start_time_seconds", "gauge", float64(started.UnixMilli())/1000)
}
