package main

import (
	"context"
	"maps"
	"reflect"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/openyurtio/openyurt/pkg/apis/apps/v1beta2"
	nodeservant "github.com/openyurtio/openyurt/pkg/node-servant"
	"github.com/openyurtio/openyurt/pkg/yurtmanager/controller/yurtnodeconversion"
	nodewebhook "github.com/openyurtio/openyurt/pkg/yurtmanager/webhook/node/v1"
	webhookutil "github.com/openyurtio/openyurt/pkg/yurtmanager/webhook/util"
)

const conversionFailed corev1.NodeConditionType = "YurtNodeConversionFailed"

// convertNode answers what becomes of a node when `kubectl apply` turns the manifest "old" into "new"
// in a cluster with "pools". The node has the labels of "node", if there is one, and those of "old";
// the conversion controller has looked at it for so long that nothing is left to do ("before" are its
// labels then). "after" are the labels that the API server is asked to store: those that "new" no
// longer has are gone. "reason" is there where defaulting refuses them, and "refused" are the fields
// that the Node webhook refuses to an ordinary user; "byController" and "byNode" are those that it
// refuses to the conversion controller and to the node itself. If the update is not refused,
// "cordoned" says whether the controller then cordons the node, and "doing" what its condition says.
func convertNode(asked question) (answer, error) {
	node, labels, err := manifests(asked)
	if err != nil {
		return nil, err
	}
	inside, err := clusterOf(asked)
	if err != nil {
		return nil, err
	}
	webhook := nodewebhook.NodeHandler{Client: inside}
	if err := webhook.Default(context.Background(), node); err != nil {
		return nil, err
	}
	if err := inside.Create(context.Background(), node); err != nil {
		return nil, err
	}
	controller := yurtnodeconversion.ReconcileYurtNodeConversion{Client: inside}
	setUnexported(&controller, "nodeServantImage", "node-servant")
	if err := settle(&controller, node); err != nil {
		return nil, err
	}
	after := node.DeepCopy()
	after.Labels = labels(node.Labels)
	result := answer{"before": node.Labels, "after": maps.Clone(after.Labels), "cordoned": false}
	if err := webhook.Default(context.Background(), after); err != nil {
		result["reason"] = apierrors.ReasonForError(err)
	}
	for name, user := range users {
		_, err := webhook.ValidateUpdate(requestOf(user), node, after)
		result[name] = fields(err)
	}
	if result["reason"] != nil || len(result["refused"].([]string)) != 0 {
		return result, nil
	}
	if err := inside.Update(context.Background(), after); err != nil {
		return nil, err
	}
	if err := reconciled(&controller, after); err != nil {
		return nil, err
	}
	result["cordoned"], result["doing"] = after.Spec.Unschedulable, doing(after)
	return result, nil
}

// startNode answers with "cordoned" and "doing" of "node", a node of a cluster with "pools", once the
// conversion controller starts and looks at it for the first time.
func startNode(asked question) (answer, error) {
	node, err := readNode(asked.Node)
	if err != nil {
		return nil, err
	}
	node.Name = "node-a" // it becomes a part of the Job's name
	inside, err := clusterOf(asked)
	if err != nil {
		return nil, err
	}
	if err := inside.Create(context.Background(), node); err != nil {
		return nil, err
	}
	controller := yurtnodeconversion.ReconcileYurtNodeConversion{Client: inside}
	setUnexported(&controller, "nodeServantImage", "node-servant")
	err = reconciled(&controller, node)
	if err != nil && !apierrors.IsNotFound(err) { // its pool, and the controller tries again later
		return nil, err
	}
	return answer{"cordoned": node.Spec.Unschedulable, "doing": doing(node)}, nil
}

var users = map[string]string{
	"refused":      "kubernetes-admin",
	"byController": "system:serviceaccount:kube-system:yurt-manager-yurt-node-conversion-controller",
	"byNode":       "system:node:node-a",
}

func requestOf(user string) context.Context {
	webhookutil.SetNamespace("kube-system")
	return admission.NewContextWithRequest(context.Background(), admission.Request{
		AdmissionRequest: admissionv1.AdmissionRequest{
			UserInfo: authenticationv1.UserInfo{Username: user},
		},
	})
}

// manifests returns the node in the cluster, and what `kubectl apply` makes of its labels.
func manifests(asked question) (*corev1.Node, func(map[string]string) map[string]string, error) {
	before, err := readNode(asked.Old)
	if err != nil {
		return nil, nil, err
	}
	after, err := readNode(asked.New)
	if err != nil {
		return nil, nil, err
	}
	node := before.DeepCopy()
	if asked.Node != nil {
		if node, err = readNode(asked.Node); err != nil {
			return nil, nil, err
		}
	}
	merged := map[string]string{}
	node.Name = "node-a" // it becomes a part of the Job's name
	maps.Copy(merged, node.Labels)
	maps.Copy(merged, before.Labels)
	node.Labels = merged
	return node, func(live map[string]string) map[string]string {
		result := map[string]string{}
		for key, value := range live {
			_, had := before.Labels[key]
			if _, has := after.Labels[key]; has || !had {
				result[key] = value
			}
		}
		maps.Copy(result, after.Labels)
		return result
	}, nil
}

func clusterOf(asked question) (client.Client, error) {
	builder := fake.NewClientBuilder().WithScheme(scheme).
		WithStatusSubresource(&v1beta2.NodePool{}, &corev1.Node{}, &batchv1.Job{})
	for _, raw := range asked.Pools {
		pool, err := stored(raw)
		if err != nil {
			return nil, err
		}
		builder = builder.WithObjects(pool)
	}
	return builder.Build(), nil
}

// settle lets the controller work, and its Jobs succeed and go, until the node stays as it is.
func settle(controller *yurtnodeconversion.ReconcileYurtNodeConversion, node *corev1.Node) error {
	for {
		before := node.DeepCopy()
		if err := reconciled(controller, node); err != nil {
			return err
		}
		job := batchv1.Job{}
		job.Namespace = nodeservant.DefaultConversionJobNamespace
		job.Name = nodeservant.ConversionJobNameBase + "-" + node.Name
		err := controller.Get(context.Background(), client.ObjectKeyFromObject(&job), &job)
		if apierrors.IsNotFound(err) {
			if reflect.DeepEqual(before, node) {
				return nil
			}
			continue
		}
		if err != nil {
			return err
		}
		job.Status.Succeeded = 1
		if err := controller.Status().Update(context.Background(), &job); err != nil {
			return err
		}
		if err := reconciled(controller, node); err != nil {
			return err
		}
		if err := controller.Delete(context.Background(), &job); err != nil {
			return err
		}
	}
}

// reconciled lets the controller look at a node once, and reads it again.
func reconciled(
	controller *yurtnodeconversion.ReconcileYurtNodeConversion, node *corev1.Node,
) error {
	request := reconcile.Request{NamespacedName: types.NamespacedName{Name: node.Name}}
	if _, err := controller.Reconcile(context.Background(), request); err != nil {
		return err
	}
	return controller.Get(context.Background(), client.ObjectKeyFromObject(node), node)
}

func doing(node *corev1.Node) string {
	for _, condition := range node.Status.Conditions {
		if condition.Type == conversionFailed {
			return condition.Reason
		}
	}
	return ""
}
