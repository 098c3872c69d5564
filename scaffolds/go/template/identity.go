package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Identity tells which build this is, and whether files were changed since its commit.
type Identity struct {
	Version, Revision, BuildDate string
	Dirty                        bool
}

// ReadIdentity reads the environment that the image sets, then what `instep run-local` tells, then what the
// compiler has noted; "unknown" is the last resort.
func ReadIdentity() Identity {
	vcs := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			vcs[setting.Key] = setting.Value
		}
	}
	version := first(os.Getenv("VERSION"), os.Getenv("INSTEP_VERSION"))
	return Identity{
		Version:   version,
		Revision:  first(os.Getenv("REVISION"), os.Getenv("INSTEP_GIT_SHA"), vcs["vcs.revision"]),
		BuildDate: first(os.Getenv("BUILD_DATE"), vcs["vcs.time"]),
		Dirty:     strings.HasSuffix(version, "-dirty") || version == "unknown" && vcs["vcs.modified"] == "true",
	}
}

func (id Identity) info() map[string]any {
	return map[string]any{
		"name":    "{= name =}",
		"version": id.Version,
		"git":     map[string]any{"sha": id.Revision, "dirty": id.Dirty},
		"build":   map[string]string{"date": id.BuildDate},
		"runtime": map[string]string{"language": "go", "version": runtime.Version()},
	}
}

func first(values ...string) string {
	for _, value := range values {
		if value != "" && value != "unknown" {
			return value
		}
	}
	return "unknown"
}
