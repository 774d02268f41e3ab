// Prints YAML from standard input as KYAML, with the library behind `kubectl -o kyaml`.
//
// Each line of standard input is one text as a JSON string, each line of standard output the KYAML
// of it as a JSON string, or null where the library refuses the text.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"log"
	"os"
	"strings"

	"sigs.k8s.io/yaml/kyaml"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<30)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			log.Fatal(err)
		}
		if err := answers.Encode(printed(text)); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}

func printed(text string) *string {
	var out bytes.Buffer
	if err := (&kyaml.Encoder{}).FromYAML(strings.NewReader(text), &out); err != nil {
		return nil
	}
	answer := out.String()
	return &answer
}
