/**
 * Which province a number belongs to where the registry says nothing: the ten area codes of two digits, one for each of
 * the largest cities (the national numbering plan, 电信网编号计划). They hold for a province of that id that the
 * registry has, and lead to its system for fixed lines if that is a single one.
 *
 * There are no mobile segments here. Which province a mobile number is from shows only in its first seven digits, some
 * half a million segments that change every month; each installation configures those of the provinces that it serves.
 */
export const areaCodes: readonly { prefix: string; province: string }[] = [
  { prefix: '+8610', province: 'beijing' },
  { prefix: '+8620', province: 'guangdong' },
  { prefix: '+8621', province: 'shanghai' },
  { prefix: '+8622', province: 'tianjin' },
  { prefix: '+8623', province: 'chongqing' },
  { prefix: '+8624', province: 'liaoning' },
  { prefix: '+8625', province: 'jiangsu' },
  { prefix: '+8627', province: 'hubei' },
  { prefix: '+8628', province: 'sichuan' },
  { prefix: '+8629', province: 'shaanxi' },
];
