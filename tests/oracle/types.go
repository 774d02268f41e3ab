package main

import (
	"encoding/json"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
)

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// workloadTypes answers with the "types" of which Deployments and StatefulSets consist: by name, the
// fields of each in Go's notation ("*int32", "[]Container", "map[string]"), by their names in JSON and
// with the options of their tags. Types that read JSON themselves have no fields.
func workloadTypes(question) (answer, error) {
	types := map[string]map[string]string{}
	for _, object := range []any{appsv1.Deployment{}, appsv1.StatefulSet{}} {
		describe(reflect.TypeOf(object), types, map[string]reflect.Type{})
	}
	return answer{"types": types}, nil
}

func describe(of reflect.Type, types map[string]map[string]string, named map[string]reflect.Type) string {
	switch of.Kind() {
	case reflect.Pointer:
		return "*" + describe(of.Elem(), types, named)
	case reflect.Slice:
		return "[]" + describe(of.Elem(), types, named)
	case reflect.Map:
		if of.Key().Kind() != reflect.String {
			panic(of)
		}
		return "map[" + describe(of.Elem(), types, named) + "]"
	case reflect.Struct:
		if known, ok := named[of.Name()]; ok && known != of {
			panic("two types are called " + of.Name())
		}
		named[of.Name()] = of
		if _, ok := types[of.Name()]; !ok && !reflect.PointerTo(of).Implements(unmarshaler) {
			types[of.Name()] = map[string]string{}
			addFields(of, types[of.Name()], types, named)
		}
		return of.Name()
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64:
		if reflect.PointerTo(of).Implements(unmarshaler) {
			panic(of)
		}
		return of.Kind().String()
	}
	panic(of)
}

// addFields adds the fields of a struct, and of the structs that it embeds.
func addFields(
	of reflect.Type, into map[string]string, types map[string]map[string]string, named map[string]reflect.Type,
) {
	for index := range of.NumField() {
		field := of.Field(index)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			addFields(field.Type, into, types, named)
			continue
		}
		if _, ok := into[name]; ok || name == "" || name == "-" {
			panic(of.Name() + "." + field.Name)
		}
		into[name] = strings.TrimSuffix(describe(field.Type, types, named)+","+options, ",")
	}
}
