import type { NewObject } from '../support/kubeAdmin.ts';

const profile = { type: 'string', enum: ['Default', 'WriteRequestBodies', 'AllRequestBodies', 'None'] };

/**
 * APIServer of config.openshift.io/v1, as far as audit goes: written by hand after openshift/api at 2a3d7391
 * (config/v1/types_apiserver.go, payload-manifests/crds/0000_10_config-operator_01_apiservers-Default.crd.yaml), because the
 * one release that the module has, v3.9.0, is older. Fields of `spec` beside `audit` are missing, and so is `status`.
 */
export const OPENSHIFT_API_SERVER: NewObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: 'apiservers.config.openshift.io',
    annotations: { 'api-approved.openshift.io': 'https://github.com/openshift/api/pull/470' },
  },
  spec: {
    group: 'config.openshift.io',
    names: { kind: 'APIServer', listKind: 'APIServerList', plural: 'apiservers', singular: 'apiserver' },
    scope: 'Cluster',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                properties: {
                  audit: {
                    type: 'object',
                    default: { profile: 'Default' },
                    properties: {
                      profile: { ...profile, default: 'Default' },
                      customRules: {
                        type: 'array',
                        'x-kubernetes-list-type': 'map',
                        'x-kubernetes-list-map-keys': ['group'],
                        items: {
                          type: 'object',
                          required: ['group', 'profile'],
                          properties: { group: { type: 'string', minLength: 1 }, profile },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};
