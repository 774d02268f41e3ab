// Applies a JSON patch to the YAML on standard input with kyaml, the library of kustomize.
//
//	kyaml-edit PATCH [KIND/NAMESPACE/NAME]
//
// It reads and writes as Flux's image automation does: by kio, which is told to keep the indentation
// of lists. Of JSON patches it knows what the edits of `make splice-table` need.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type operation struct {
	Op    string
	Path  string
	Value any
}

func main() {
	log.SetFlags(0)
	operations, err := operationsIn(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	target := strings.Join(os.Args[2:], "")
	file := &kio.ByteReadWriter{Reader: os.Stdin, Writer: os.Stdout, PreserveSeqIndent: true}
	edit := func(objects []*yaml.RNode) ([]*yaml.RNode, error) {
		for _, object := range objects {
			if target != "" && target != nameOf(object) {
				continue
			}
			for _, one := range operations {
				if err := apply(object, one); err != nil {
					return nil, fmt.Errorf("%s %s: %w", one.Op, one.Path, err)
				}
			}
		}
		return objects, nil
	}
	err = kio.Pipeline{
		Inputs:  []kio.Reader{file},
		Filters: []kio.Filter{kio.FilterFunc(edit)},
		Outputs: []kio.Writer{file},
	}.Execute()
	if err != nil {
		log.Fatal(err)
	}
}

func nameOf(object *yaml.RNode) string {
	return object.GetKind() + "/" + object.GetNamespace() + "/" + object.GetName()
}

func operationsIn(path string) ([]operation, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var operations []operation
	return operations, yaml.Unmarshal(text, &operations)
}

func apply(object *yaml.RNode, one operation) error {
	if one.Op == "test" {
		return nil
	}
	tokens := strings.Split(strings.TrimPrefix(one.Path, "/"), "/")
	for i, token := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
	}
	last := tokens[len(tokens)-1]
	parent, err := object.Pipe(yaml.Lookup(tokens[:len(tokens)-1]...))
	if err != nil {
		return err
	}
	if one.Op == "remove" {
		return parent.PipeE(yaml.Clear(last))
	}
	text, err := yaml.Marshal(one.Value)
	if err != nil {
		return err
	}
	value, err := yaml.Parse(string(text))
	if err != nil {
		return err
	}
	if last == "-" {
		return parent.PipeE(yaml.Append(value.YNode()))
	}
	if field := parent.Field(last); field != nil { // else its comments would go
		old, new := field.Value.YNode(), value.YNode()
		new.HeadComment, new.LineComment, new.FootComment = old.HeadComment, old.LineComment, old.FootComment
	}
	return parent.PipeE(yaml.SetField(last, value))
}
