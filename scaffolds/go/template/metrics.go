package main

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"
)

var buckets = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// Metrics counts requests and their durations by method, route and status.
type Metrics struct {
	mutex  sync.Mutex
	series map[string]*series
}

type series struct {
	count   uint64
	seconds float64
	buckets []uint64
}

// NewMetrics has counted nothing yet.
func NewMetrics() *Metrics {
	return &Metrics{series: map[string]*series{}}
}

// Observe counts one request.
func (m *Metrics) Observe(method, route string, status int, elapsed time.Duration) {
	labels := fmt.Sprintf(`method=%q,route=%q,status="%d"`, method, route, status)
	m.mutex.Lock()
	defer m.mutex.Unlock()
	one := m.series[labels]
	if one == nil {
		one = &series{buckets: make([]uint64, len(buckets))}
		m.series[labels] = one
	}
	one.count++
	one.seconds += elapsed.Seconds()
	for i, limit := range buckets {
		if elapsed.Seconds() <= limit {
			one.buckets[i]++
		}
	}
}

// Write prints the text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats).
func (m *Metrics) Write(out io.Writer, id Identity) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	labels := make([]string, 0, len(m.series))
	for label := range m.series {
		labels = append(labels, label)
	}
	sort.Strings(labels)
	var text strings.Builder
	fmt.Fprintf(&text, "# TYPE app_build_info gauge\napp_build_info{revision=%q,version=%q} 1\n", id.Revision, id.Version)
	text.WriteString("# TYPE http_requests_total counter\n")
	for _, label := range labels {
		fmt.Fprintf(&text, "http_requests_total{%s} %d\n", label, m.series[label].count)
	}
	text.WriteString("# TYPE http_request_duration_seconds histogram\n")
	for _, label := range labels {
		one := m.series[label]
		for i, limit := range buckets {
			fmt.Fprintf(&text, "http_request_duration_seconds_bucket{%s,le=\"%g\"} %d\n", label, limit, one.buckets[i])
		}
		fmt.Fprintf(&text, "http_request_duration_seconds_bucket{%s,le=\"+Inf\"} %d\n", label, one.count)
		fmt.Fprintf(&text, "http_request_duration_seconds_sum{%s} %g\n", label, one.seconds)
		fmt.Fprintf(&text, "http_request_duration_seconds_count{%s} %d\n", label, one.count)
	}
	writeProcess(&text)
	io.WriteString(out, text.String())
}
