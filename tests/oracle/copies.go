package main

import (
	"encoding/json"
	"fmt"
	"sort"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/openyurtio/openyurt/pkg/apis/apps/v1alpha1"
	"github.com/openyurtio/openyurt/pkg/apis/apps/v1beta1"
	"github.com/openyurtio/openyurt/pkg/yurtmanager/controller/yurtappset/workloadmanager"
)

// The hash of a revision of a YurtAppSet, which becomes a label of its pods.
const revision = ""

// copySet answers with the workloads that the controller makes of the YurtAppSet "set" in a cluster
// with "pools": by the name of the pool the "spec" of one, or why it "fails". Where not even the pools
// can be told, "fails" is in the answer itself. "refused" are the numbers of the tweaks for which the
// YurtAppSet webhook refuses the set, because it applies each one alone.
func copySet(asked question) (answer, error) {
	set, err := storedSet(asked.Set)
	if err != nil {
		return nil, err
	}
	if set == nil {
		return answer{"fails": "the conversion panics"}, nil
	}
	inside, err := cluster(asked.Pools)
	if err != nil {
		return nil, err
	}
	pools, err := workloadmanager.GetNodePoolsFromYurtAppSet(inside, set)
	if err != nil {
		return answer{"fails": err.Error()}, nil
	}
	names := pools.UnsortedList()
	sort.Strings(names)
	copies := answer{}
	for _, name := range names {
		spec, err := copyFor(set.DeepCopy(), name, inside)
		if err != nil {
			copies[name] = answer{"fails": err.Error()}
		} else {
			copies[name] = answer{"spec": spec}
		}
	}
	return answer{"copies": copies, "refused": refusedTweaks(set)}, nil
}

// copyFor returns the spec of the workload for one pool. The set must be a copy of its own: a patch of
// replicas is written into the tweak that set them, and so, now and then, into the next workload.
func copyFor(set *v1beta1.YurtAppSet, pool string, inside client.Client) (spec any, err error) {
	err = guarded(func() error {
		if set.Spec.StatefulSetTemplate != nil {
			made := new(appsv1.StatefulSet)
			manager := workloadmanager.StatefulSetManager{Client: inside, Scheme: scheme}
			err := manager.ApplyTemplate(set, pool, revision, made)
			spec = made.Spec
			return err
		}
		made := new(appsv1.Deployment)
		manager := workloadmanager.DeploymentManager{Client: inside, Scheme: scheme}
		err := manager.ApplyTemplate(set, pool, revision, made)
		spec = made.Spec
		return err
	})
	return spec, err
}

// refusedTweaks returns which tweaks the webhook cannot apply to the bare template.
func refusedTweaks(set *v1beta1.YurtAppSet) []int {
	refused := []int{}
	for index := range set.Spec.WorkloadTweaks {
		tweaks := []*v1beta1.Tweaks{&set.DeepCopy().Spec.WorkloadTweaks[index].Tweaks}
		err := guarded(func() error {
			if template := set.Spec.StatefulSetTemplate; template != nil {
				bare := &appsv1.StatefulSet{Spec: *template.Spec.DeepCopy()}
				return workloadmanager.ApplyTweaksToStatefulSet(bare, tweaks)
			}
			bare := &appsv1.Deployment{Spec: *set.Spec.DeploymentTemplate.Spec.DeepCopy()}
			return workloadmanager.ApplyTweaksToDeployment(bare, tweaks)
		})
		if err != nil {
			refused = append(refused, index)
		}
	}
	return refused
}

// storedSet returns a YurtAppSet of any version in the storage version, or nil where the conversion
// panics.
func storedSet(raw json.RawMessage) (*v1beta1.YurtAppSet, error) {
	var meta metav1.TypeMeta
	if err := read(raw, &meta); err != nil {
		return nil, err
	}
	set := new(v1beta1.YurtAppSet)
	if meta.APIVersion != "apps.openyurt.io/v1alpha1" {
		return set, read(raw, set)
	}
	source := new(v1alpha1.YurtAppSet)
	if err := read(raw, source); err != nil {
		return nil, err
	}
	if guarded(func() error { return source.ConvertTo(set) }) != nil {
		return nil, nil
	}
	return set, nil
}

// guarded returns the error of a function, or its panic as an error.
func guarded(function func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	return function()
}
