package main

import "testing"

func TestNightlyEndsWell(t *testing.T) {
	if err := run([]string{"nightly"}); err != nil {
		t.Fatal(err)
	}
}
