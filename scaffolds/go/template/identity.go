package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// Identity tells which build this is.
type Identity struct {
	Version, Revision, BuildDate string
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
	return Identity{
		Version:   first(os.Getenv("VERSION"), os.Getenv("INSTEP_VERSION")),
		Revision:  first(os.Getenv("REVISION"), os.Getenv("INSTEP_GIT_SHA"), vcs["vcs.revision"]),
		BuildDate: first(os.Getenv("BUILD_DATE"), vcs["vcs.time"]),
	}
}

func (id Identity) info() map[string]any {
	return map[string]any{
		"name":    "{= name =}",
		"version": id.Version,
		"git":     map[string]string{"sha": id.Revision},
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
