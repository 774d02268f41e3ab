package main

import (
	"context"
	"encoding/json"
	"reflect"
	"unsafe"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/openyurtio/openyurt/pkg/apis/apps/v1beta1"
	"github.com/openyurtio/openyurt/pkg/apis/apps/v1beta2"
	poolcontroller "github.com/openyurtio/openyurt/pkg/yurtmanager/controller/nodepool"
	poolconfig "github.com/openyurtio/openyurt/pkg/yurtmanager/controller/nodepool/config"
	nodewebhook "github.com/openyurtio/openyurt/pkg/yurtmanager/webhook/node/v1"
)

var scheme = func() *runtime.Scheme {
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, batchv1.AddToScheme, v1beta1.AddToScheme, v1beta2.AddToScheme,
	} {
		if err := add(known); err != nil {
			panic(err)
		}
	}
	return known
}()

// cluster returns a client to a cluster that holds pools, as the API server stores them, and nodes.
func cluster(pools []json.RawMessage, nodes ...*corev1.Node) (client.Client, error) {
	builder := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&v1beta2.NodePool{})
	for _, raw := range pools {
		pool, err := stored(raw)
		if err != nil {
			return nil, err
		}
		builder = builder.WithObjects(pool)
	}
	for _, node := range nodes {
		builder = builder.WithObjects(node)
	}
	return builder.Build(), nil
}

// defaultNode answers with the "labels" that the Node webhook leaves on "node" in a cluster with
// "pools", or with the "reason" for which it refuses the node.
func defaultNode(asked question) (answer, error) {
	node, err := readNode(asked.Node)
	if err != nil {
		return nil, err
	}
	inside, err := cluster(asked.Pools)
	if err != nil {
		return nil, err
	}
	webhook := nodewebhook.NodeHandler{Client: inside}
	if err := webhook.Default(context.Background(), node); err != nil {
		return answer{"reason": apierrors.ReasonForError(err)}, nil
	}
	return answer{"labels": node.Labels}, nil
}

// updateNode answers which fields the Node webhook refuses when "old" becomes "new" in a cluster with
// "pools": "refused" with both states defaulted before, as they are where the webhooks always run;
// "unrepaired" with neither, and "late" with only the new one, since the webhooks may fail open.
// "reason" is there where defaulting refuses the new state.
func updateNode(asked question) (answer, error) {
	before, err := readNode(asked.Old)
	if err != nil {
		return nil, err
	}
	after, err := readNode(asked.New)
	if err != nil {
		return nil, err
	}
	inside, err := cluster(asked.Pools)
	if err != nil {
		return nil, err
	}
	webhook := nodewebhook.NodeHandler{Client: inside}
	refused := func() []string {
		_, err := webhook.ValidateUpdate(context.Background(), before, after)
		return fields(err)
	}
	result := answer{"unrepaired": refused()}
	if err := webhook.Default(context.Background(), after); err != nil {
		result["reason"] = apierrors.ReasonForError(err)
	}
	result["late"] = refused()
	_ = webhook.Default(context.Background(), before) // it is there, so it was let in
	result["refused"] = refused()
	return result, nil
}

// attributesOfNode answers with the "labels", "annotations" and "taints" of "node" after the nodepool
// controller has looked at the first of "pools".
func attributesOfNode(asked question) (answer, error) {
	node, err := readNode(asked.Node)
	if err != nil {
		return nil, err
	}
	pool, err := stored(asked.Pools[0])
	if err != nil {
		return nil, err
	}
	inside, err := cluster(asked.Pools, node)
	if err != nil {
		return nil, err
	}
	controller := poolcontroller.ReconcileNodePool{Client: inside}
	setUnexported(&controller, "cfg", poolconfig.NodePoolControllerConfiguration{
		EnableSyncNodePoolConfigurations: true,
	})
	request := reconcile.Request{NamespacedName: types.NamespacedName{Name: pool.Name}}
	if _, err := controller.Reconcile(context.Background(), request); err != nil {
		return nil, err
	}
	var after corev1.Node
	if err := inside.Get(context.Background(), client.ObjectKeyFromObject(node), &after); err != nil {
		return nil, err
	}
	return answer{
		"labels": after.Labels, "annotations": after.Annotations, "taints": after.Spec.Taints,
	}, nil
}

// setUnexported sets a field that only OpenYurt's own packages can set otherwise.
func setUnexported(of any, name string, value any) {
	field := reflect.ValueOf(of).Elem().FieldByName(name)
	reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
}

func readNode(raw json.RawMessage) (*corev1.Node, error) {
	node := new(corev1.Node)
	return node, read(raw, node)
}
