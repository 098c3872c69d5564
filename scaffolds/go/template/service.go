package main

import (
	"encoding/json"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Service is the application as a value: its handler takes requests, no port needed.
type Service struct {
	identity Identity
	metrics  *Metrics
	ready    int32
}

// NewService is not ready yet.
func NewService(identity Identity) *Service {
	return &Service{identity: identity, metrics: NewMetrics()}
}

// SetReady says whether traffic may come.
func (s *Service) SetReady(ready bool) {
	var value int32
	if ready {
		value = 1
	}
	atomic.StoreInt32(&s.ready, value)
}

// Handler is all that the service answers. Own endpoints are left out of metrics and logs.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	// Each with the other names that people know it by.
	for _, path := range []string{"/health", "/health/live", "/livez"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusOK, map[string]string{"status": "ok"})
		})
	}
	for _, path := range []string{"/ready", "/readyz"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			if atomic.LoadInt32(&s.ready) == 1 {
				answer(w, http.StatusOK, map[string]string{"status": "ok"})
			} else {
				answer(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready"})
			}
		})
	}
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		s.metrics.Write(w, s.identity)
	})
	mux.HandleFunc("/info", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, s.identity.info())
	})
	mux.Handle("/", s.observed(s.routes()))
	return mux
}

// routes is where the service's own work begins.
func (s *Service) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			answer(w, http.StatusNotFound, map[string]string{"error": "not found"})
			return
		}
		answer(w, http.StatusOK, map[string]string{"message": "Hello from {= name =}!", "version": s.identity.Version})
	})
	return mux
}

// observed counts and logs each request, by the pattern of its route.
func (s *Service) observed(routes *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		noted := &noting{ResponseWriter: w, status: http.StatusOK}
		routes.ServeHTTP(noted, r)
		_, route := routes.Handler(r)
		if noted.status == http.StatusNotFound {
			route = "unmatched"
		}
		elapsed := time.Since(start)
		s.metrics.Observe(methodLabel(r.Method), route, noted.status, elapsed)
		level := "info"
		if noted.status >= http.StatusInternalServerError {
			level = "error"
		}
		logLine(level, "request", map[string]any{
			"method": r.Method, "path": r.URL.Path, "route": route, "status": noted.status,
			"duration_ms": float64(elapsed.Microseconds()) / 1000,
		})
	})
}

// methodLabel: anybody can send any word as a method; a label must have few values.
func methodLabel(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return method
	}
	return "OTHER"
}

// noting remembers the status of an answer.
type noting struct {
	http.ResponseWriter
	status int
}

func (n *noting) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

var logMutex sync.Mutex

// logLine writes one JSON object as one line to stdout.
func logLine(level, message string, fields map[string]any) {
	fields["time"] = time.Now().UTC().Format(time.RFC3339Nano)
	fields["level"], fields["message"] = level, message
	logMutex.Lock()
	defer logMutex.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(fields)
}
