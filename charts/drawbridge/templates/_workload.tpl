{{/* Changes a Deployment or DaemonSet in place. */}}
{{- define "drawbridge.workload" -}}
{{- $template := .object.spec.template }}
{{- $pod := $template.spec }}
{{- $container := first $pod.containers }}
{{- $values := .pod }}
{{- if eq .object.metadata.name "drawbridge" }}{{ include "drawbridge.operator" . }}{{ end }}
{{- if eq .object.metadata.name "drawbridge-audit-agent" }}{{ include "drawbridge.auditAgent" . }}{{ end }}
{{- include "drawbridge.image" (dict "root" .root "pod" $pod "container" $container) }}
{{- $_ := set $container "resources" $values.resources }}
{{- with $values.extraArgs }}{{ $_ := set $container "args" (concat $container.args .) }}{{ end }}
{{- with $values.nodeSelector }}{{ $_ := set $pod "nodeSelector" (merge (dict) ($pod.nodeSelector | default dict) .) }}{{ end }}
{{- with $values.tolerations }}{{ $_ := set $pod "tolerations" (concat ($pod.tolerations | default list) .) }}{{ end }}
{{- with $values.affinity }}{{ $_ := set $pod "affinity" . }}{{ end }}
{{- with $values.priorityClassName }}{{ $_ := set $pod "priorityClassName" . }}{{ end }}
{{- /* Those that selectors read win. */}}
{{- with $values.podLabels }}{{ $_ := set $template.metadata "labels" (merge (dict) $template.metadata.labels .) }}{{ end }}
{{- with $values.podAnnotations }}
{{- $_ := set $template.metadata "annotations" (merge (dict) ($template.metadata.annotations | default dict) .) }}
{{- end }}
{{- end }}

{{- define "drawbridge.image" -}}
{{- $image := .root.Values.image }}
{{- $tag := $image.tag | default .root.Chart.AppVersion }}
{{- $reference := ternary (printf "%s@%s" $image.repository $image.digest) (printf "%s:%s" $image.repository $tag) (ne $image.digest "") }}
{{- $_ := set .container "image" $reference }}
{{- $_ := set .container "imagePullPolicy" $image.pullPolicy }}
{{- with $image.pullSecrets }}{{ $_ := set $.pod "imagePullSecrets" . }}{{ end }}
{{- end }}

{{/* What only the operator has. */}}
{{- define "drawbridge.operator" -}}
{{- $pod := .object.spec.template.spec }}
{{- $_ := set .object.spec "replicas" .pod.replicas }}
{{- $spread := .pod.topologySpread }}
{{- $constraint := first $pod.topologySpreadConstraints }}
{{- $constraints := list }}
{{- range $spread.topologyKeys }}
{{- $own := dict "topologyKey" . "whenUnsatisfiable" $spread.whenUnsatisfiable }}
{{- $constraints = append $constraints (merge $own $constraint) }}
{{- end }}
{{- if and $spread.enabled $constraints }}
{{- $_ := set $pod "topologySpreadConstraints" $constraints }}
{{- else }}
{{- $_ := unset $pod "topologySpreadConstraints" }}
{{- end }}
{{- include "drawbridge.auditProof" . }}
{{- include "drawbridge.statusPage" . }}
{{- end }}

{{/* What only the agent has. */}}
{{- define "drawbridge.auditAgent" -}}
{{- $container := first .object.spec.template.spec.containers }}
{{- if .pod.metrics.enabled }}
{{- /* manifests/overlays/audit-agent-metrics says all flags anew. */}}
{{- $overlay := .root.Files.Get "files/audit-agent-metrics/daemonset.yaml" | fromYaml }}
{{- $served := first $overlay.spec.template.spec.containers }}
{{- $_ := set $container "args" $served.args }}
{{- $_ := set $container "env" (concat $served.env $container.env) }}
{{- $_ := set $container "ports" $served.ports }}
{{- end }}
{{- if ne .root.Release.Namespace "drawbridge-system" }}
{{- $_ := set $container "args" (append $container.args (printf "--operator-namespace=%s" .root.Release.Namespace)) }}
{{- end }}
{{- end }}

{{- define "drawbridge.auditProof" -}}
{{- $pod := .object.spec.template.spec }}
{{- if .root.Values.auditProof.enabled }}
{{- /* manifests/overlays/audit-proof says all flags anew. */}}
{{- $proof := (.root.Files.Get "files/audit-proof/deployment.yaml" | fromYaml).spec.template.spec }}
{{- $container := first $pod.containers }}
{{- $connected := first $proof.containers }}
{{- $_ := set $container "args" $connected.args }}
{{- $_ := set $container "volumeMounts" (concat ($container.volumeMounts | default list) $connected.volumeMounts) }}
{{- $_ := set $pod "volumes" (concat ($pod.volumes | default list) $proof.volumes) }}
{{- end }}
{{- end }}

{{/* On loopback, where it answers port-forward alone, unless namespaces are named that may reach it. */}}
{{- define "drawbridge.statusPage" -}}
{{- $page := .root.Values.statusPage }}
{{- $container := first .object.spec.template.spec.containers }}
{{- if $page.enabled }}
{{- $address := ternary "0.0.0.0:9080" ":9080" (gt (len $page.viewers) 0) }}
{{- $_ := set $container "args" (append $container.args (printf "--status-page-bind-address=%s" $address)) }}
{{- $port := dict "name" "status" "containerPort" 9080 "protocol" "TCP" }}
{{- $_ := set $container "ports" (append $container.ports $port) }}
{{- end }}
{{- end }}
