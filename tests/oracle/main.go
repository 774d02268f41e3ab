// The oracle: OpenYurt's and Kubernetes' own code, asked on standard input, answering on standard
// output. One JSON object a line each way, in the same order.
//
// A question has "ask", the name of one of the functions in the table below, and what that function
// takes. An answer has what it says, or "error" where the question itself cannot be read.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/klog/v2"
	kjson "sigs.k8s.io/json"
)

// question holds objects as they stand in a manifest; which ones are needed depends on what is asked.
type question struct {
	Ask   string            `json:"ask"`
	Pod   json.RawMessage   `json:"pod"`
	Node  json.RawMessage   `json:"node"`
	Pool  json.RawMessage   `json:"pool"`
	Old   json.RawMessage   `json:"old"`
	New   json.RawMessage   `json:"new"`
	Set   json.RawMessage   `json:"set"`
	Pools []json.RawMessage `json:"pools"`
	Nodes []json.RawMessage `json:"nodes"`

	Namespace json.RawMessage `json:"namespace"`
}

type answer = map[string]any

var functions = map[string]func(question) (answer, error){
	"pod-default":     defaultPod,
	"node-default":    defaultNode,
	"node-update":     updateNode,
	"node-convert":    convertNode,
	"node-start":      startNode,
	"node-attributes": attributesOfNode,
	"node-match":      matchNodes,
	"pod-security":    securePod,
	"pool-create":     createPool,
	"pool-update":     updatePool,
	"pool-delete":     deletePool,
	"set-copies":      copySet,
	"workload-types":  workloadTypes,
}

func main() {
	klog.SetLogger(klog.Logger{}) // what the webhooks log is of no interest here
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	decoder := json.NewDecoder(lines)
	for decoder.More() {
		var asked question
		if err := decoder.Decode(&asked); err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(1)
		}
		if err := answers.Encode(reply(asked)); err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(1)
		}
	}
}

func reply(asked question) answer {
	function, ok := functions[asked.Ask]
	if !ok {
		return answer{"error": "nothing is called " + asked.Ask}
	}
	result, err := function(asked)
	if err != nil {
		return answer{"error": err.Error()}
	}
	return result
}

// read decodes an object as the API server does: field names are case-sensitive.
func read(raw json.RawMessage, into any) error {
	return kjson.UnmarshalCaseSensitivePreserveInts(raw, into)
}
