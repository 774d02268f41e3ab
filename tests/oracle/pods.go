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

// matchNodes answers whether the scheduler lets "pod" on each of "nodes": "selected" by its
// nodeSelector and required node affinity, and "tolerated" for the taints that keep pods off; and
// whether it would be "uncordoned", on a cordoned node.
func matchNodes(asked question) (answer, error) {
	var pod corev1.Pod
	if err := read(asked.Pod, &pod); err != nil {
		return nil, err
	}
	affinity := nodeaffinity.GetRequiredNodeAffinity(&pod)
	selected, tolerated := make([]bool, len(asked.Nodes)), make([]bool, len(asked.Nodes))
	for index, raw := range asked.Nodes {
		var node corev1.Node
		if err := read(raw, &node); err != nil {
			return nil, err
		}
		// What cannot be parsed matches no node, as for the scheduler.
		selected[index], _ = affinity.Match(&node)
		_, untolerated := scheduling.FindMatchingUntoleratedTaint(
			node.Spec.Taints, pod.Spec.Tolerations, keepsOff,
		)
		tolerated[index] = !untolerated
	}
	cordon := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
	uncordoned := scheduling.TolerationsTolerateTaint(pod.Spec.Tolerations, &cordon)
	return answer{"selected": selected, "tolerated": tolerated, "uncordoned": uncordoned}, nil
}

func keepsOff(taint *corev1.Taint) bool {
	return taint.Effect == corev1.TaintEffectNoSchedule || taint.Effect == corev1.TaintEffectNoExecute
}
