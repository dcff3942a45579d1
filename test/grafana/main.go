// Reads dashboards by Grafana's own types, and says what these do not know, lack, or do not take.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	failed := false
	for _, path := range os.Args[1:] {
		for _, mistake := range mistakesIn(path) {
			fmt.Printf("%s: %v\n", path, mistake)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func mistakesIn(path string) []error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return []error{err}
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return []error{err}
	}
	// The word about who made the file, which Grafana drops.
	delete(fields, "__comment")
	raw, err = json.Marshal(fields)
	if err != nil {
		return []error{err}
	}
	var strict, read dashboard.Dashboard
	mistakes := listed(strict.UnmarshalJSONStrict(raw))
	// The strict reading leaves out what it has read without a mistake, so that the bounds are looked at in another.
	if err := json.Unmarshal(raw, &read); err != nil {
		return append(mistakes, err)
	}
	mistakes = append(mistakes, listed(read.Validate())...)
	for _, panel := range read.Panels {
		if panel.Panel == nil {
			continue
		}
		if _, known := cog.ConfigForPanelcfgVariant(panel.Panel.Type); !known {
			mistakes = append(mistakes, fmt.Errorf("there is no panel of type '%s'", panel.Panel.Type))
		}
	}
	return mistakes
}

// Without a mistake the strict reading returns an empty list, which is no nil.
func listed(err error) []error {
	var all cog.BuildErrors
	if !errors.As(err, &all) {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	mistakes := make([]error, 0, len(all))
	for _, one := range all {
		mistakes = append(mistakes, one)
	}
	return mistakes
}
