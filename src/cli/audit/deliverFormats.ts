/** `yaml`: what is to be applied, and nothing else. `json`: all of the plan. `table`: the losses. */
export const DELIVER_FORMATS = ['yaml', 'json', 'table'] as const;

/** Where `audit deliver` can say how a policy comes to. */
export const DELIVER_TO = ['openshift', 'gardener', 'eks', 'gke', 'aks'] as const;
