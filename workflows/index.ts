/** All workflows: what the worker's bundle is made of. */
export { takeInCarrierEvents } from './carrier-events/workflow.ts';
export { importUsers } from './import/workflow.ts';
export { deliverMail } from './mail/workflow.ts';
export { deliverNotice } from './notice/workflow.ts';
export { numberLife } from './number/workflow.ts';
export { registerOnVerdict } from './registration/workflow.ts';
export { sweep } from './sweep/workflow.ts';
export { changePhone } from './user/change-phone.ts';
export { closeUser } from './user/close-user.ts';
