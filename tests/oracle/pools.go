package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/conversion"

	"github.com/openyurtio/openyurt/pkg/apis/apps/v1alpha1"
	"github.com/openyurtio/openyurt/pkg/apis/apps/v1beta1"
	"github.com/openyurtio/openyurt/pkg/apis/apps/v1beta2"
	nodewebhook "github.com/openyurtio/openyurt/pkg/yurtmanager/webhook/node/v1"
	poolwebhook "github.com/openyurtio/openyurt/pkg/yurtmanager/webhook/nodepool/v1beta2"
)

// createPool answers whether "pool" may be created: the "refused" field, at most one, and what of it
// is then "stored": converted to the storage version and defaulted.
func createPool(asked question) (answer, error) {
	pool, err := stored(asked.Pool)
	if err != nil {
		return nil, err
	}
	_, err = new(poolwebhook.NodePoolHandler).ValidateCreate(context.Background(), pool)
	return answer{
		"refused": fields(err),
		"stored": answer{
			"hostNetwork":       pool.Spec.HostNetwork,
			"interConnectivity": pool.Spec.InterConnectivity,
			"type":              pool.Spec.Type,
			"labels":            pool.Labels,
			"nodes": answer{
				"labels": pool.Spec.Labels, "annotations": pool.Spec.Annotations, "taints": pool.Spec.Taints,
			},
		},
	}, nil
}

// updatePool answers whether the pool "old" may become "new": the "refused" field, at most one.
// Defaults are set on creation only; kubectl apply keeps those of fields that no manifest ever had.
func updatePool(asked question) (answer, error) {
	before, err := stored(asked.Old)
	if err != nil {
		return nil, err
	}
	after, err := converted(asked.New)
	if err != nil {
		return nil, err
	}
	if !has(asked.Old, "type") && !has(asked.New, "type") {
		after.Spec.Type = before.Spec.Type
	}
	if !has(asked.Old, "leaderElectionStrategy") && !has(asked.New, "leaderElectionStrategy") {
		after.Spec.LeaderElectionStrategy = before.Spec.LeaderElectionStrategy
	}
	_, err = new(poolwebhook.NodePoolHandler).ValidateUpdate(context.Background(), before, after)
	return answer{"refused": fields(err)}, nil
}

// deletePool answers whether "pool" may be deleted from a cluster with "pools" and "nodes", which are
// defaulted first: the "refused" field, at most one.
func deletePool(asked question) (answer, error) {
	pool, err := stored(asked.Pool)
	if err != nil {
		return nil, err
	}
	withPools, err := cluster(asked.Pools)
	if err != nil {
		return nil, err
	}
	webhook := nodewebhook.NodeHandler{Client: withPools}
	var nodes []*corev1.Node
	for _, raw := range asked.Nodes {
		node, err := readNode(raw)
		if err != nil {
			return nil, err
		}
		if err := webhook.Default(context.Background(), node); err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
	}
	inside, err := cluster(asked.Pools, nodes...)
	if err != nil {
		return nil, err
	}
	_, err = (&poolwebhook.NodePoolHandler{Client: inside}).ValidateDelete(context.Background(), pool)
	return answer{"refused": fields(err)}, nil
}

// stored returns a NodePool of any version in the storage version, defaulted.
func stored(raw json.RawMessage) (*v1beta2.NodePool, error) {
	pool, err := converted(raw)
	if err != nil {
		return nil, err
	}
	return pool, new(poolwebhook.NodePoolHandler).Default(context.Background(), pool)
}

// has returns whether the spec of a manifest has a field that is not null.
func has(raw json.RawMessage, field string) bool {
	var manifest struct{ Spec map[string]any }
	return json.Unmarshal(raw, &manifest) == nil && manifest.Spec[field] != nil
}

func converted(raw json.RawMessage) (*v1beta2.NodePool, error) {
	var meta metav1.TypeMeta
	if err := read(raw, &meta); err != nil {
		return nil, err
	}
	pool := new(v1beta2.NodePool)
	var source conversion.Convertible
	switch meta.APIVersion {
	case "apps.openyurt.io/v1beta2":
		return pool, read(raw, pool)
	case "apps.openyurt.io/v1beta1":
		source = new(v1beta1.NodePool)
	case "apps.openyurt.io/v1alpha1":
		source = new(v1alpha1.NodePool)
	default:
		return nil, fmt.Errorf("no version of NodePool: %q", meta.APIVersion)
	}
	if err := read(raw, source); err != nil {
		return nil, err
	}
	return pool, source.ConvertTo(pool)
}

// fields returns the fields for which a request is refused, none if it is not.
func fields(err error) []string {
	found := []string{}
	var status *apierrors.StatusError
	switch {
	case err == nil:
	case !errors.As(err, &status):
		panic(err)
	case status.ErrStatus.Reason == metav1.StatusReasonForbidden:
		_, text, _ := strings.Cut(err.Error(), "is forbidden: ")
		field, _, _ := strings.Cut(text, ": ")
		found = append(found, field)
	default:
		for _, cause := range status.ErrStatus.Details.Causes {
			found = append(found, cause.Field)
		}
	}
	return found
}
