import { list, record, text } from '../../../k8s/json.ts';
import type { PodCheck } from '../check.ts';
import { isUnset } from '../pod.ts';

export const hostPathVolumes: PodCheck = {
  id: 'hostPathVolumes',
  level: 'baseline',
  reason: 'hostPath volumes',
  fix: 'mount an emptyDir, a persistentVolumeClaim or a CSI volume in its place',
  // restrictedVolumes forbids it as well.
  overriddenFrom: 0,
  revisions: [
    {
      since: 0,
      find: ({ spec }) =>
        list(spec.volumes).flatMap((item) => {
          const { name, hostPath } = record(item);
          if (isUnset(hostPath)) return [];
          return [{ container: '', field: `spec.volumes[${text(name)}].hostPath`, value: text(record(hostPath).path) }];
        }),
    },
  ],
};
