module kyaml-printer

go 1.24

require sigs.k8s.io/yaml v1.6.0

require go.yaml.in/yaml/v3 v3.0.4 // indirect
