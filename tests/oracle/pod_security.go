package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// hostChecks are the checks of Pod Security Admission for what pods use of the network of the host.
var hostChecks = []policy.Check{policy.CheckHostNamespaces(), policy.CheckHostPorts()}

// securePod answers which "level" "namespace" enforces, and what of "pod" each of the checks of this
// level refuses, in its words: "namespaces" and "ports" (empty: nothing).
func securePod(asked question) (answer, error) {
	var pod corev1.Pod
	var namespace corev1.Namespace
	if err := read(asked.Pod, &pod); err != nil {
		return nil, err
	}
	if err := read(asked.Namespace, &namespace); err != nil {
		return nil, err
	}
	open := api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}
	// A value that is no level is an error, and yet it is enforced as the level that is returned.
	enforced, _ := api.PolicyToEvaluate(namespace.Labels, api.Policy{Enforce: open})
	result := answer{"level": enforced.Enforce.Level}
	for index, name := range []string{"namespaces", "ports"} {
		evaluator, err := policy.NewEvaluator(hostChecks[index : index+1])
		if err != nil {
			return nil, err
		}
		result[name] = ""
		for _, check := range evaluator.EvaluatePod(enforced.Enforce, &pod.ObjectMeta, &pod.Spec) {
			if !check.Allowed {
				result[name] = check.ForbiddenDetail
			}
		}
	}
	return result, nil
}
