package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	podwebhook "github.com/openyurtio/openyurt/pkg/yurtmanager/webhook/pod/v1alpha1"
)

// defaultPod answers with the "affinity" that the Pod webhook leaves in "pod".
func defaultPod(asked question) (answer, error) {
	var pod corev1.Pod
	if err := read(asked.Pod, &pod); err != nil {
		return nil, err
	}
	if err := new(podwebhook.PodHandler).Default(context.Background(), &pod); err != nil {
		return nil, err
	}
	return answer{"affinity": pod.Spec.Affinity}, nil
}

// matchNode answers whether the scheduler lets "pod" on "node": "selected" by its nodeSelector and
// required node affinity ("invalid" where these cannot be parsed), and "tolerated" for the taints
// that keep pods off.
func matchNode(asked question) (answer, error) {
	var pod corev1.Pod
	var node corev1.Node
	if err := read(asked.Pod, &pod); err != nil {
		return nil, err
	}
	if err := read(asked.Node, &node); err != nil {
		return nil, err
	}
	selected, err := nodeaffinity.GetRequiredNodeAffinity(&pod).Match(&node)
	_, untolerated := scheduling.FindMatchingUntoleratedTaint(
		node.Spec.Taints, pod.Spec.Tolerations, keepsOff,
	)
	return answer{"selected": selected, "invalid": err != nil, "tolerated": !untolerated}, nil
}

func keepsOff(taint *corev1.Taint) bool {
	return taint.Effect == corev1.TaintEffectNoSchedule || taint.Effect == corev1.TaintEffectNoExecute
}
