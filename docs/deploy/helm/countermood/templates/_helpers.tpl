{{- define "countermood.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "countermood.labels" -}}
{{ include "countermood.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "countermood.selector" -}}
app.kubernetes.io/name: countermood
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "countermood.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* The container without its command: image, settings, limits of rights, and writable folders. */}}
{{- define "countermood.container" -}}
image: {{ include "countermood.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - configMapRef: {name: {{ include "countermood.name" . }}}
  - secretRef: {name: {{ .Values.existingSecret }}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: data, mountPath: /data}
  - {name: tmp, mountPath: /tmp}
  {{- if .Values.music.existingClaim }}
  - {name: music, mountPath: /music, readOnly: true}
  {{- end }}
{{- end }}

{{/* Waits for the migrate job, so that no process sees tables of another version. */}}
{{- define "countermood.wait" -}}
initContainers:
  - name: wait-for-migrations
    command: [sh, -c, "until python manage.py migrate --check; do sleep 3; done"]
    {{- include "countermood.container" . | nindent 4 }}
    resources:
      requests: {cpu: 50m, memory: 128Mi}
      limits: {memory: 384Mi}
{{- end }}

{{- define "countermood.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* `scratch` is the size of the folder that may be lost with the pod; with a common volume there is none. */}}
{{- define "countermood.volumes" -}}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 1Gi}
  - name: data
    {{- if .root.Values.settings.S3_BUCKET }}
    emptyDir: {sizeLimit: {{ .scratch }}}
    {{- else }}
    persistentVolumeClaim: {claimName: {{ .root.Values.persistence.existingClaim | default (include "countermood.name" .root) }}}
    {{- end }}
  {{- with .root.Values.music.existingClaim }}
  - name: music
    persistentVolumeClaim: {claimName: {{ . }}, readOnly: true}
  {{- end }}
{{- end }}
