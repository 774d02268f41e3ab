// OpenYurt's own manager, as `make cluster-oracle` starts it.
package main

import (
	"os"

	"github.com/openyurtio/openyurt/cmd/yurt-manager/app"
	"k8s.io/component-base/logs"
)

func main() {
	logs.InitLogs()
	defer logs.FlushLogs()
	if err := app.NewYurtManagerCommand().Execute(); err != nil {
		logs.FlushLogs()
		os.Exit(1)
	}
}
