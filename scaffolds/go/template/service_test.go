package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func ask(service *Service, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	service.Handler().ServeHTTP(answer, httptest.NewRequest("GET", path, nil))
	return answer
}

func service() *Service {
	service := NewService(Identity{Version: "1.2.3", Revision: "abc", BuildDate: "2026-01-01T00:00:00Z"})
	service.SetReady(true)
	return service
}

func TestRootSaysHello(t *testing.T) {
	answer := ask(service(), "/")
	if answer.Code != 200 || !strings.Contains(answer.Body.String(), `"message":"Hello from {= name =}!"`) {
		t.Fatal(answer.Code, answer.Body)
	}
}

func TestHealthAndReady(t *testing.T) {
	service := NewService(Identity{})
	for _, path := range []string{"/health", "/health/live", "/livez"} {
		if code := ask(service, path).Code; code != 200 {
			t.Fatal(path, code)
		}
	}
	for _, path := range []string{"/ready", "/readyz"} {
		service.SetReady(false)
		if code := ask(service, path).Code; code != 503 {
			t.Fatal(path, "before start", code)
		}
		service.SetReady(true)
		if code := ask(service, path).Code; code != 200 {
			t.Fatal(path, code)
		}
	}
}

func TestInfoNamesTheBuild(t *testing.T) {
	var info struct {
		Name, Version string
		Git           struct {
			Sha   string
			Dirty *bool
		}
		Runtime       struct{ Language string }
	}
	if err := json.Unmarshal(ask(service(), "/info").Body.Bytes(), &info); err != nil {
		t.Fatal(err)
	}
	if info.Name != "{= name =}" || info.Version != "1.2.3" || info.Git.Sha != "abc" || info.Git.Dirty == nil || *info.Git.Dirty || info.Runtime.Language != "go" {
		t.Fatal(info)
	}
}

func TestMetricsCountByRoute(t *testing.T) {
	service := service()
	for _, path := range []string{"/", "/", "/nowhere", "/health", "/livez"} {
		ask(service, path)
	}
	text := ask(service, "/metrics").Body.String()
	for _, line := range []string{
		`http_requests_total{method="GET",route="/",status="200"} 2`,
		`http_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`http_request_duration_seconds_count{method="GET",route="/",status="200"} 2`,
		`app_build_info{revision="abc",version="1.2.3"} 1`,
		"process_cpu_seconds_total ",
		"process_start_time_seconds ",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%s\nis not in\n%s", line, text)
		}
	}
	if strings.Contains(text, "/health") || strings.Contains(text, "/livez") {
		t.Error("own endpoints are counted")
	}
}

func TestAWrongSettingIsNamed(t *testing.T) {
	_, err := ReadSettings(func(name string) string { return map[string]string{"PORT": "http"}[name] })
	if err == nil || err.Error() != `PORT must be a port, not "http"` {
		t.Fatal(err)
	}
}

// TestMain lets the test binary be the service itself.
func TestMain(m *testing.M) {
	if os.Getenv("BE_THE_SERVICE") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestSigtermDrainsThenExitsWith0(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(free.Addr().(*net.TCPAddr).Port)
	free.Close()
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), "BE_THE_SERVICE=1", "HOST=127.0.0.1", "PORT="+port, "DRAIN_SECONDS=1")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Process.Kill()
	wait(t, port, 200)
	if err := healthcheck(Settings{Port: must(strconv.Atoi(port))}); err != nil {
		t.Fatal(err)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	wait(t, port, 503)
	if err := server.Wait(); err != nil {
		t.Fatal(err)
	}
}

func must(value int, err error) int {
	if err != nil {
		panic(err)
	}
	return value
}

func wait(t *testing.T, port string, status int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if response, err := http.Get("http://127.0.0.1:" + port + "/ready"); err == nil {
			response.Body.Close()
			if response.StatusCode == status {
				return
			}
		}
	}
	t.Fatal("waited too long for", status)
}
