import type { SmsConfig } from '../platform/sms-config.ts';
import { createAlibabaCloudSms } from './alibaba-cloud-sms.ts';
import type { SmsPort } from './sms.ts';
import { createWebhookSms } from './webhook-sms.ts';

/** The way to phones that the configuration names. */
export const createSms = (config: SmsConfig): SmsPort =>
  config.provider === 'webhook' ? createWebhookSms(config) : createAlibabaCloudSms(config);
