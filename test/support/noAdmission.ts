import type { AdmissionQuestions } from '../../src/operator/admission/obstacle.ts';

/** No policies at admission are left, and none are served; those that are written all the same are in force. */
export const NO_ADMISSION: AdmissionQuestions = {
  obstacle: async () => 'NotServed',
  anyLeft: async () => false,
  probe: async () => 'refused',
};
