// {= name =} is an HTTP service.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Settings is all that the environment decides.
type Settings struct {
	Host  string
	Port  int
	Drain time.Duration
}

// ReadSettings names a wrong setting.
func ReadSettings(env func(string) string) (Settings, error) {
	settings := Settings{Host: "0.0.0.0", Port: {= port =}, Drain: 2 * time.Second}
	if host := env("HOST"); host != "" {
		settings.Host = host
	}
	if text := env("PORT"); text != "" {
		port, err := strconv.Atoi(text)
		if err != nil || port < 0 || port > 65535 {
			return settings, fmt.Errorf("PORT must be a port, not %q", text)
		}
		settings.Port = port
	}
	if text := env("DRAIN_SECONDS"); text != "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || seconds < 0 {
			return settings, fmt.Errorf("DRAIN_SECONDS must be a number of seconds, not %q", text)
		}
		settings.Drain = time.Duration(seconds * float64(time.Second))
	}
	return settings, nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does what the words say; without any, it serves.
func run(words []string) error {
	settings, err := ReadSettings(os.Getenv)
	if err != nil {
		return err
	}
	switch command := strings.Join(words, " "); command {
	case "":
		return serve(settings)
	case "healthcheck":
		return healthcheck(settings)
{~ if worker ~}
	case "worker":
		return work()
{~ endif ~}
{~ if nightly ~}
	case "nightly":
		return nightly()
{~ endif ~}
	default:
		return fmt.Errorf("there is no command %q", command)
	}
}

// serve runs until INT or TERM: then it is not ready any more, waits until traffic has moved away, and
// finishes what it is doing.
func serve(settings Settings) error {
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	service := NewService(ReadIdentity())
	listener, err := net.Listen("tcp", net.JoinHostPort(settings.Host, strconv.Itoa(settings.Port)))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: service.Handler(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	service.SetReady(true)
	logLine("info", "listening", map[string]any{"address": listener.Addr().String()})
	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}
	cancel()
	service.SetReady(false)
	logLine("info", "draining", map[string]any{"seconds": settings.Drain.Seconds()})
	time.Sleep(settings.Drain)
	end, done := context.WithTimeout(context.Background(), 20*time.Second)
	defer done()
	return server.Shutdown(end)
}

// healthcheck asks the service on this machine: the image has no curl.
func healthcheck(settings Settings) error {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://127.0.0.1:" + strconv.Itoa(settings.Port) + "/health")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("unhealthy: %s", response.Status)
	}
	return nil
}
