{{/*
The chart has no objects of its own: it writes the manifests of the repository (files/, copied by `make generate`), and
changes what values change. So what Helm installs is what kustomize installs, and a test compares them.
*/}}

{{/*
Writes the objects of a part of the manifests.
  root  the chart's context
  part  the folder of files/
  pod   the values of its workload
*/}}
{{- define "drawbridge.part" -}}
{{- range $path, $_ := .root.Files.Glob (printf "files/%s/*.yaml" .part) }}
{{- range $text := splitList "\n---\n" (include "drawbridge.file" (dict "root" $.root "path" $path)) }}
{{- $object := $text | replace "drawbridge-system" $.root.Release.Namespace | fromYaml }}
{{- if not $object.kind }}{{ fail (printf "%s is no manifest: %s" $path $object.Error) }}{{ end }}
{{- if not (include "drawbridge.leftOut" (dict "root" $.root "object" $object "pod" $.pod)) }}
{{- include "drawbridge.change" (dict "root" $.root "object" $object "pod" $.pod) }}
---
{{ toYaml $object }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The text of a manifest. Audit-only has another one in the place of some (manifests/overlays/audit-only). */}}
{{- define "drawbridge.file" -}}
{{- $own := "" }}
{{- if and .root.Values.auditOnly (hasPrefix "files/operator/" .path) }}
{{- $own = .root.Files.Get (printf "files/audit-only/%s" (base .path)) }}
{{- end }}
{{- $own | default (.root.Files.Get .path) }}
{{- end }}

{{/* Something, for what is not written with these values. */}}
{{- define "drawbridge.leftOut" -}}
{{- $kind := .object.kind }}
{{- $values := .root.Values }}
{{- if and (eq $kind "NetworkPolicy") (not $values.networkPolicy.enabled) }}left out{{ end }}
{{- if and (eq $kind "PodDisruptionBudget") (not $values.operator.podDisruptionBudget.enabled) }}left out{{ end }}
{{- if and (eq $kind "Namespace") (not .pod.createNamespace) }}left out{{ end }}
{{- /* Nothing is handed out, so the operator needs to hold nothing. */}}
{{- if and (eq $kind "ClusterRoleBinding") (eq .object.metadata.name "drawbridge-grantable") $values.auditOnly }}left out{{ end }}
{{- end }}

{{/* Changes an object in place; writes nothing. */}}
{{- define "drawbridge.change" -}}
{{- $kind := .object.kind }}
{{- include "drawbridge.common" . }}
{{- if eq $kind "Namespace" }}
{{- /* It holds Secrets that are not the chart's. */}}
{{- include "drawbridge.annotate" (dict "object" .object "annotations" (dict "helm.sh/resource-policy" "keep")) }}
{{- else if eq $kind "NetworkPolicy" }}{{ include "drawbridge.networkPolicy" . }}
{{- else if eq $kind "PodDisruptionBudget" }}
{{- $_ := set .object.spec "maxUnavailable" .root.Values.operator.podDisruptionBudget.maxUnavailable }}
{{- else if and (eq $kind "Service") .pod.clusterIP }}
{{- $_ := set .object.spec "clusterIP" .pod.clusterIP }}
{{- else if or (eq $kind "Deployment") (eq $kind "DaemonSet") }}{{ include "drawbridge.workload" . }}
{{- end }}
{{- end }}

{{- define "drawbridge.common" -}}
{{- with .root.Values.commonLabels }}
{{- $_ := set $.object.metadata "labels" (merge (dict) ($.object.metadata.labels | default dict) .) }}
{{- end }}
{{- include "drawbridge.annotate" (dict "object" .object "annotations" .root.Values.commonAnnotations) }}
{{- end }}

{{- define "drawbridge.annotate" -}}
{{- with .annotations }}
{{- $_ := set $.object.metadata "annotations" (merge (dict) ($.object.metadata.annotations | default dict) .) }}
{{- end }}
{{- end }}

{{- define "drawbridge.networkPolicy" -}}
{{- $values := .root.Values.networkPolicy }}
{{- if and (eq .object.metadata.name "operator-egress") $values.apiServerCidrs }}
{{- $peers := list }}
{{- range $values.apiServerCidrs }}{{ $peers = append $peers (dict "ipBlock" (dict "cidr" .)) }}{{ end }}
{{- $_ := set (first .object.spec.egress) "to" $peers }}
{{- end }}
{{- /* Nobody comes to a page on loopback but by the kubelet. */}}
{{- $page := .root.Values.statusPage }}
{{- if and (eq .object.metadata.name "operator-ingress") $page.enabled $page.viewers }}
{{- $from := list (dict "namespaceSelector" (dict "matchLabels" $page.viewers)) }}
{{- $rule := dict "from" $from "ports" (list (dict "protocol" "TCP" "port" 9080)) }}
{{- $_ := set .object.spec "ingress" (append .object.spec.ingress $rule) }}
{{- end }}
{{- /* Which namespaces may scrape. An empty set of labels would let in all of them. */}}
{{- range .object.spec.ingress }}
{{- range .from }}
{{- if hasKey ((.namespaceSelector | default dict).matchLabels | default dict) "metrics" }}
{{- if not $values.scrapers }}{{ fail "networkPolicy.scrapers is empty, which would let every namespace scrape: name a label, such as {metrics: enabled}" }}{{ end }}
{{- $_ := set .namespaceSelector "matchLabels" $values.scrapers }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
